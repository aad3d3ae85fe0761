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
  /** float_data, double_data: little-endian, a view into the file where they are packed. */
  floats?: Uint8Array;
  doubles?: Uint8Array;
  /** int32_data: integers of up to 32 bits, and the bits of FLOAT16 and BFLOAT16. */
  int32s: number[];
  int64s: number[];
  /** uint64_data: UINT32 and UINT64. */
  uint64s: number[];
  /** The data is in another file: location, offset, length. */
  external?: Map<string, string>;
}

export interface OnnxAttribute {
  name: string;
  float?: number;
  int?: number;
  string?: string;
  tensor?: OnnxTensor;
  graph?: OnnxGraph;
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
  /** Sizes; where the file fixes none, their symbol, which may be ''. Undefined where it does not even say how many axes there are. */
  dims?: (number | string)[];
}

export interface OnnxGraph {
  name: string;
  nodes: OnnxNode[];
  initializers: OnnxTensor[];
  /** How many initialisers are stored sparsely; their values are not read. */
  sparseInitializers: number;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
}

export interface OnnxModel {
  graph?: OnnxGraph;
  /** Of the standard operators. */
  opset: number;
  metadata: Map<string, string>;
}

/** Subgraphs of `If` within `If`. */
const MAX_DEPTH = 8;

/** Throws `bad-file`. */
export function decodeOnnx(bytes: Uint8Array): OnnxModel & { graph: OnnxGraph } {
  const decoder = new Decoder(bytes);
  try {
    const { graph, ...model } = decoder.model();
    if (graph) return { graph, ...model };
  } catch (cause) {
    if (cause instanceof HetConvError) throw cause;
    throw new HetConvError('bad-file', `damaged ONNX file, near byte ${decoder.position} of ${bytes.length}: get it again`, {
      cause,
    });
  }
  throw new HetConvError('bad-file', 'the ONNX file holds no graph: it is empty or truncated');
}

/** The bytes of a TensorProto, as data sets store tensors. Throws `bad-file`. */
export function decodeTensor(bytes: Uint8Array): OnnxTensor {
  const decoder = new Decoder(bytes);
  try {
    return decoder.tensor();
  } catch (cause) {
    throw new HetConvError('bad-file', `damaged tensor, near byte ${decoder.position} of ${bytes.length}`, { cause });
  }
}

type ReadField<T> = (tag: number, into: T) => void;

class Decoder {
  readonly #reader: PbfReader;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#reader = new PbfReader(bytes);
  }

  get position(): number {
    return Math.min(this.#reader.pos, this.#reader.length);
  }

  model(): OnnxModel {
    return this.#fields<OnnxModel>(this.#reader.length, { opset: 1, metadata: new Map() }, (tag, model) => {
      if (tag === 7) model.graph = this.#message(emptyGraph(), this.#graph);
      else if (tag === 8) {
        const { domain, version } = this.#message({ domain: '', version: 1 }, this.#opset);
        if (domain === '' || domain === 'ai.onnx') model.opset = version;
      } else if (tag === 14) {
        const { key, value } = this.#message({ key: '', value: '' }, this.#entry);
        model.metadata.set(key, value);
      }
    });
  }

  tensor(): OnnxTensor {
    return this.#fields(this.#reader.length, emptyTensor(), this.#tensor);
  }

  /** Reads fields up to `end` exactly: a value that reaches beyond it means that the file is damaged. */
  #fields<T>(end: number, into: T, readField: ReadField<T>): T {
    this.#reader.readFields(readField, into, end);
    if (this.#reader.pos !== end) throw new RangeError(`a message that should end at byte ${end} ends at ${this.#reader.pos}`);
    return into;
  }

  #message<T>(into: T, readField: ReadField<T>): T {
    const length = this.#reader.readVarint();
    const end = this.#reader.pos + length;
    if (end > this.#reader.length) throw new RangeError(`a message of ${length} bytes reaches beyond the file`);
    return this.#fields(end, into, readField);
  }

  readonly #opset: ReadField<{ domain: string; version: number }> = (tag, opset) => {
    if (tag === 1) opset.domain = this.#reader.readString();
    else if (tag === 2) opset.version = this.#reader.readVarint();
  };

  readonly #graph: ReadField<OnnxGraph> = (tag, graph) => {
    if (tag === 1) {
      const node: OnnxNode = { name: '', opType: '', domain: '', inputs: [], outputs: [], attributes: new Map() };
      graph.nodes.push(this.#message(node, this.#node));
    } else if (tag === 2) graph.name = this.#reader.readString();
    else if (tag === 5) graph.initializers.push(this.#message(emptyTensor(), this.#tensor));
    else if (tag === 11) graph.inputs.push(this.#message({ name: '', elementType: 0 }, this.#value));
    else if (tag === 12) graph.outputs.push(this.#message({ name: '', elementType: 0 }, this.#value));
    else if (tag === 15) graph.sparseInitializers++;
  };

  readonly #node: ReadField<OnnxNode> = (tag, node) => {
    if (tag === 1) node.inputs.push(this.#reader.readString());
    else if (tag === 2) node.outputs.push(this.#reader.readString());
    else if (tag === 3) node.name = this.#reader.readString();
    else if (tag === 4) node.opType = this.#reader.readString();
    else if (tag === 5) {
      const attribute = this.#message<OnnxAttribute>({ name: '', floats: [], ints: [] }, this.#attribute);
      node.attributes.set(attribute.name, attribute);
    } else if (tag === 7) node.domain = this.#reader.readString();
  };

  readonly #attribute: ReadField<OnnxAttribute> = (tag, attribute) => {
    if (tag === 1) attribute.name = this.#reader.readString();
    else if (tag === 2) attribute.float = this.#reader.readFloat();
    else if (tag === 3) attribute.int = this.#reader.readVarint(true);
    else if (tag === 4) attribute.string = this.#reader.readString();
    else if (tag === 5) attribute.tensor = this.#message(emptyTensor(), this.#tensor);
    else if (tag === 6) {
      if (++this.#depth > MAX_DEPTH)
        throw new HetConvError('too-large', `the ONNX graph is nested more than ${MAX_DEPTH} subgraphs deep`);
      attribute.graph = this.#message(emptyGraph(), this.#graph);
      this.#depth--;
    } else if (tag === 7) this.#reader.readPackedFloat(attribute.floats);
    else if (tag === 8) this.#reader.readPackedVarint(attribute.ints, true);
  };

  readonly #tensor: ReadField<OnnxTensor> = (tag, tensor) => {
    if (tag === 1) this.#reader.readPackedVarint(tensor.dims, true);
    else if (tag === 2) tensor.dataType = this.#reader.readVarint();
    else if (tag === 4) tensor.floats = this.#elements(tensor.floats, 4);
    else if (tag === 5) this.#reader.readPackedVarint(tensor.int32s, true);
    else if (tag === 7) this.#reader.readPackedVarint(tensor.int64s, true);
    else if (tag === 8) tensor.name = this.#reader.readString();
    else if (tag === 9) tensor.raw = this.#reader.readBytes();
    else if (tag === 10) tensor.doubles = this.#elements(tensor.doubles, 8);
    else if (tag === 11) this.#reader.readPackedVarint(tensor.uint64s);
    else if (tag === 13) {
      const { key, value } = this.#message({ key: '', value: '' }, this.#entry);
      tensor.external ??= new Map();
      tensor.external.set(key, value);
    } else if (tag === 14 && this.#reader.readVarint() === 1) tensor.external ??= new Map();
  };

  readonly #entry: ReadField<{ key: string; value: string }> = (tag, entry) => {
    if (tag === 1) entry.key = this.#reader.readString();
    else if (tag === 2) entry.value = this.#reader.readString();
  };

  /** A repeated field of `size` bytes an element: packed, as everybody writes it, or element by element. */
  #elements(before: Uint8Array | undefined, size: number): Uint8Array {
    const packed = this.#reader.type === 2;
    const begin = this.#reader.pos;
    const next = packed ? this.#reader.readBytes() : this.#reader.buf.subarray(begin, begin + size);
    if (!packed) this.#reader.pos = begin + size;
    if (!before) return next;
    const joined = new Uint8Array(before.length + next.length);
    joined.set(before);
    joined.set(next, before.length);
    return joined;
  }

  /** ValueInfoProto: name, and through TypeProto and its tensor_type the element type and the dimensions. */
  readonly #value: ReadField<OnnxValue> = (tag, value) => {
    if (tag === 1) value.name = this.#reader.readString();
    else if (tag === 2) this.#message(value, this.#type);
  };

  readonly #type: ReadField<OnnxValue> = (tag, value) => {
    if (tag === 1) this.#message(value, this.#tensorType);
  };

  readonly #tensorType: ReadField<OnnxValue> = (tag, value) => {
    if (tag === 1) value.elementType = this.#reader.readVarint();
    else if (tag === 2) {
      value.dims = [];
      this.#message(value.dims, this.#shape);
    }
  };

  readonly #shape: ReadField<(number | string)[]> = (tag, dims) => {
    if (tag === 1) dims.push(this.#message<{ size: number | string }>({ size: '' }, this.#dimension).size);
  };

  readonly #dimension: ReadField<{ size: number | string }> = (tag, dimension) => {
    if (tag === 1) dimension.size = this.#reader.readVarint(true);
    else if (tag === 2) dimension.size = this.#reader.readString();
  };
}

function emptyGraph(): OnnxGraph {
  return { name: '', nodes: [], initializers: [], sparseInitializers: 0, inputs: [], outputs: [] };
}

function emptyTensor(): OnnxTensor {
  return { name: '', dims: [], dataType: 0, int32s: [], int64s: [], uint64s: [] };
}
