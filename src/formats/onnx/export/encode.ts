// ONNX's protobuf messages as bytes. Field numbers: onnx.proto of the ONNX project. Weights are copied once, into the file itself.
import { PbfWriter } from 'pbf';

/** A number is an integer, unless it is wrapped. */
export type OnnxAttributeValue = number | readonly number[] | string | { readonly float: number };

export interface NodeProto {
  readonly name: string;
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttributeValue>>;
}

/** TensorProto.DataType of what is written. */
export const DATA_TYPES = { FLOAT: 1, INT64: 7, FLOAT16: 10 } as const;
export type DataType = keyof typeof DATA_TYPES;

export interface TensorProto {
  readonly name: string;
  readonly type: DataType;
  readonly dims: readonly number[];
  /** Little-endian, row-major. */
  readonly raw: Uint8Array;
}

export interface ValueProto {
  readonly name: string;
  readonly type: DataType;
  /** A name stands for a size that the data decides. */
  readonly dims: readonly (number | string)[];
}

export interface ModelProto {
  readonly opset: number;
  readonly producer: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graphName: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueProto[];
  readonly outputs: readonly ValueProto[];
}

/** Of the schema: the first that has everything up to opset 17. */
const IR_VERSION = 8;

export function encodeModel(model: ModelProto): Uint8Array {
  const initializers = model.initializers.flatMap((tensor) => {
    const head = written((pbf) => writeTensorHead(tensor, pbf));
    return field(5, [head, ...field(9, [tensor.raw])]);
  });
  const graph = [
    written((pbf) => {
      for (const node of model.nodes) pbf.writeMessage(1, writeNode, node);
      pbf.writeStringField(2, model.graphName);
    }),
    ...initializers,
    written((pbf) => {
      for (const input of model.inputs) pbf.writeMessage(11, writeValue, input);
      for (const output of model.outputs) pbf.writeMessage(12, writeValue, output);
    }),
  ];
  const head = written((pbf) => {
    pbf.writeVarintField(1, IR_VERSION);
    pbf.writeStringField(2, model.producer);
  });
  const tail = written((pbf) => {
    pbf.writeMessage(8, (opset, to) => to.writeVarintField(2, opset), model.opset);
    for (const entry of model.metadata) pbf.writeMessage(14, writeEntry, entry);
  });
  return joined([head, ...field(7, graph), tail]);
}

function written(write: (pbf: PbfWriter) => void): Uint8Array {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish();
}

/** A field of bytes: its tag, its length, and the parts that it is made of. */
function field(number: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = written((pbf) => {
    pbf.writeTag(number, 2);
    pbf.writeVarint(length);
  });
  return [head, ...parts];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    file.set(part, position);
    position += part.length;
  }
  return file;
}

function writeNode({ name, opType, inputs, outputs, attributes }: NodeProto, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input);
  for (const output of outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, name);
  pbf.writeStringField(4, opType);
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute);
}

function writeAttribute([name, value]: [string, OnnxAttributeValue], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  const type = (code: number) => pbf.writeVarintField(20, code);
  if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    type(3);
  } else if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    type(2);
  } else if ('float' in value) {
    pbf.writeFloatField(2, value.float);
    type(1);
  } else {
    for (const item of value) pbf.writeVarintField(8, item);
    type(7);
  }
}

function writeTensorHead({ name, type, dims }: TensorProto, pbf: PbfWriter): void {
  for (const size of dims) pbf.writeVarintField(1, size);
  pbf.writeVarintField(2, DATA_TYPES[type]);
  pbf.writeStringField(8, name);
}

/** ValueInfoProto: the name, and in it a TypeProto, a tensor type and a shape. */
function writeValue({ name, type, dims }: ValueProto, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  const writeSize = (size: number | string, to: PbfWriter) =>
    typeof size === 'string' ? to.writeStringField(2, size) : to.writeVarintField(1, size);
  const writeShape = (sizes: ValueProto['dims'], to: PbfWriter) => {
    for (const size of sizes) to.writeMessage(1, writeSize, size);
  };
  const writeTensorType = (sizes: ValueProto['dims'], to: PbfWriter) => {
    to.writeVarintField(1, DATA_TYPES[type]);
    to.writeMessage(2, writeShape, sizes);
  };
  pbf.writeMessage(2, (sizes, to) => to.writeMessage(1, writeTensorType, sizes), dims);
}

function writeEntry([key, value]: [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}
