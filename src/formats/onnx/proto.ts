// The part of ONNX's protobuf messages that inference needs, decoded to plain objects. Field numbers: onnx.proto of the ONNX project.
import { PbfReader } from 'pbf';
import { HetConvError } from '../../graph/error.js';

export interface OnnxTensor {
  name: string;
  dims: number[];
  /** TensorProto.DataType: 1 FLOAT, 6 INT32, 7 INT64, 10 FLOAT16, 11 DOUBLE, 16 BFLOAT16 … */
  dataType: number;
  /** Little-endian; a view into the file. Without it the values are in one of the lists. */
  raw?: Uint8Array;
  floats: number[];
  /** int32_data: INT32, and the bits of FLOAT16 and BFLOAT16. */
  int32s: number[];
  int64s: number[];
  doubles: number[];
  /** The data is in another file. */
  external: boolean;
}

export interface OnnxAttribute {
  name: string;
  float?: number;
  int?: number;
  string?: string;
  tensor?: OnnxTensor;
  floats: number[];
  ints: number[];
}

export interface OnnxNode {
  name: string;
  opType: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, OnnxAttribute>;
}

export interface OnnxValue {
  name: string;
  elementType: number;
  /** 0 where the file gives no fixed size. */
  dims: number[];
}

export interface OnnxGraph {
  name: string;
  nodes: OnnxNode[];
  initializers: OnnxTensor[];
  inputs: OnnxValue[];
  outputs: OnnxValue[];
}

/** Throws `bad-file`. */
export function decodeOnnx(bytes: Uint8Array): OnnxGraph {
  const reader = new PbfReader(bytes);
  try {
    const model = fields(reader, bytes.length, { graph: undefined as OnnxGraph | undefined }, (tag, into) => {
      if (tag === 7) into.graph = message(reader, emptyGraph(), readGraph);
    });
    if (model.graph) return model.graph;
  } catch (cause) {
    throw new HetConvError(
      'bad-file',
      `damaged ONNX file, near byte ${Math.min(reader.pos, bytes.length)} of ${bytes.length}: get it again`,
      {
        cause,
      },
    );
  }
  throw new HetConvError('bad-file', 'the ONNX file holds no graph: it is empty or truncated');
}

type ReadField<T> = (tag: number, into: T, reader: PbfReader) => void;

/** Reads fields up to `end` exactly: a value that reaches beyond it means that the file is damaged. */
function fields<T>(reader: PbfReader, end: number, into: T, readField: ReadField<T>): T {
  reader.readFields(readField, into, end);
  if (reader.pos !== end) throw new RangeError(`a message that should end at byte ${end} ends at ${reader.pos}`);
  return into;
}

function message<T>(reader: PbfReader, into: T, readField: ReadField<T>): T {
  const length = reader.readVarint();
  const end = reader.pos + length;
  if (end > reader.length) throw new RangeError(`a message of ${length} bytes reaches beyond the file`);
  return fields(reader, end, into, readField);
}

function emptyGraph(): OnnxGraph {
  return { name: '', nodes: [], initializers: [], inputs: [], outputs: [] };
}

function readGraph(tag: number, graph: OnnxGraph, reader: PbfReader): void {
  if (tag === 1) {
    graph.nodes.push(
      message(reader, { name: '', opType: '', domain: '', inputs: [], outputs: [], attributes: new Map() }, readNode),
    );
  } else if (tag === 2) graph.name = reader.readString();
  else if (tag === 5) graph.initializers.push(message(reader, emptyTensor(), readTensor));
  else if (tag === 11) graph.inputs.push(message(reader, { name: '', elementType: 0, dims: [] }, readValue));
  else if (tag === 12) graph.outputs.push(message(reader, { name: '', elementType: 0, dims: [] }, readValue));
}

function readNode(tag: number, node: OnnxNode, reader: PbfReader): void {
  if (tag === 1) node.inputs.push(reader.readString());
  else if (tag === 2) node.outputs.push(reader.readString());
  else if (tag === 3) node.name = reader.readString();
  else if (tag === 4) node.opType = reader.readString();
  else if (tag === 5) {
    const attribute = message<OnnxAttribute>(reader, { name: '', floats: [], ints: [] }, readAttribute);
    node.attributes.set(attribute.name, attribute);
  } else if (tag === 7) node.domain = reader.readString();
}

function readAttribute(tag: number, attribute: OnnxAttribute, reader: PbfReader): void {
  if (tag === 1) attribute.name = reader.readString();
  else if (tag === 2) attribute.float = reader.readFloat();
  else if (tag === 3) attribute.int = reader.readVarint(true);
  else if (tag === 4) attribute.string = reader.readString();
  else if (tag === 5) attribute.tensor = message(reader, emptyTensor(), readTensor);
  else if (tag === 7) reader.readPackedFloat(attribute.floats);
  else if (tag === 8) reader.readPackedVarint(attribute.ints, true);
}

function emptyTensor(): OnnxTensor {
  return { name: '', dims: [], dataType: 0, floats: [], int32s: [], int64s: [], doubles: [], external: false };
}

function readTensor(tag: number, tensor: OnnxTensor, reader: PbfReader): void {
  if (tag === 1) reader.readPackedVarint(tensor.dims, true);
  else if (tag === 2) tensor.dataType = reader.readVarint();
  else if (tag === 4) reader.readPackedFloat(tensor.floats);
  else if (tag === 5) reader.readPackedVarint(tensor.int32s, true);
  else if (tag === 7) reader.readPackedVarint(tensor.int64s, true);
  else if (tag === 8) tensor.name = reader.readString();
  else if (tag === 9) tensor.raw = reader.readBytes();
  else if (tag === 10) reader.readPackedDouble(tensor.doubles);
  else if (tag === 14) tensor.external = reader.readVarint() === 1;
}

/** ValueInfoProto: name, and through TypeProto and its tensor_type the element type and the dimensions. */
function readValue(tag: number, value: OnnxValue, reader: PbfReader): void {
  if (tag === 1) value.name = reader.readString();
  else if (tag === 2) message(reader, value, readType);
}

function readType(tag: number, value: OnnxValue, reader: PbfReader): void {
  if (tag === 1) message(reader, value, readTensorType);
}

function readTensorType(tag: number, value: OnnxValue, reader: PbfReader): void {
  if (tag === 1) value.elementType = reader.readVarint();
  else if (tag === 2) message(reader, value.dims, readShape);
}

function readShape(tag: number, dims: number[], reader: PbfReader): void {
  if (tag === 1) dims.push(message(reader, { size: 0 }, readDimension).size);
}

function readDimension(tag: number, dimension: { size: number }, reader: PbfReader): void {
  if (tag === 1) dimension.size = reader.readVarint(true);
}
