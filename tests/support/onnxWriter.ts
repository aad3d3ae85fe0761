// A writer of small ONNX files for tests; field numbers as in onnx.proto.
import { PbfWriter } from 'pbf';

export interface TensorSpec {
  name: string;
  dims: number[];
  type?: number;
  raw?: Uint8Array;
  floats?: number[];
  int32s?: number[];
  int64s?: number[];
  doubles?: number[];
  /** In another file; which, where it is text. */
  external?: boolean | string;
}
export type AttributeSpec =
  | { i: number }
  | { f: number }
  | { s: string }
  | { ints: number[] }
  | { floats: number[] }
  | { t: TensorSpec }
  | { g: GraphSpec };
export interface NodeSpec {
  op: string;
  name?: string;
  domain?: string;
  inputs?: string[];
  outputs?: string[];
  attributes?: Record<string, AttributeSpec>;
}
export interface GraphSpec {
  nodes: NodeSpec[];
  inputs?: { name: string; dims: (number | string)[]; type?: number }[];
  outputs?: (string | { name: string; type: number })[];
  tensors?: TensorSpec[];
  /** Edition of the standard operators; 13 unless told otherwise. */
  opset?: number;
}

/** Reads `x` of shape [1, 2, 4, 4] and gives `y`, unless told otherwise. */
export function writeOnnx({ inputs = [{ name: 'x', dims: [1, 2, 4, 4] }], opset = 13, ...graph }: GraphSpec): Uint8Array {
  const file = new PbfWriter();
  file.writeVarintField(1, 8);
  file.writeMessage(7, writeGraph, { inputs, ...graph });
  file.writeMessage(8, (_, edition: PbfWriter) => edition.writeVarintField(2, opset), undefined);
  return file.finish();
}

function writeGraph({ nodes, inputs = [], outputs = ['y'], tensors = [] }: GraphSpec, pbf: PbfWriter): void {
  for (const node of nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, 'test');
  for (const tensor of tensors) pbf.writeMessage(5, writeTensor, tensor);
  for (const input of inputs) pbf.writeMessage(11, writeValue, input);
  for (const output of outputs) pbf.writeMessage(12, writeValue, typeof output === 'string' ? { name: output } : output);
}

function writeNode(
  { op, name = '', domain = '', inputs = ['x'], outputs = ['y'], attributes = {} }: NodeSpec,
  pbf: PbfWriter,
): void {
  for (const input of inputs) pbf.writeStringField(1, input);
  for (const output of outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, name);
  pbf.writeStringField(4, op);
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute);
  pbf.writeStringField(7, domain);
}

/** AttributeProto.AttributeType by the field of the specification. */
const ATTRIBUTE_TYPES = { f: 1, i: 2, s: 3, t: 4, g: 5, floats: 6, ints: 7 } as const;

function writeAttribute([name, value]: [string, AttributeSpec], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if ('f' in value) pbf.writeFloatField(2, value.f);
  if ('i' in value) pbf.writeVarintField(3, value.i);
  if ('s' in value) pbf.writeStringField(4, value.s);
  if ('t' in value) pbf.writeMessage(5, writeTensor, value.t);
  if ('g' in value) pbf.writeMessage(6, writeGraph, value.g);
  if ('floats' in value) for (const item of value.floats) pbf.writeFloatField(7, item);
  if ('ints' in value) for (const item of value.ints) pbf.writeVarintField(8, item);
  pbf.writeVarintField(20, ATTRIBUTE_TYPES[Object.keys(value)[0] as keyof typeof ATTRIBUTE_TYPES]);
}

function writeTensor({ name, dims, type = 1, raw, floats, int32s, int64s, doubles, external }: TensorSpec, pbf: PbfWriter): void {
  pbf.writePackedVarint(1, dims);
  pbf.writeVarintField(2, type);
  if (floats) pbf.writePackedFloat(4, floats);
  if (int32s) pbf.writePackedVarint(5, int32s);
  if (int64s) pbf.writePackedVarint(7, int64s);
  pbf.writeStringField(8, name);
  if (raw) pbf.writeBytesField(9, raw);
  if (doubles) pbf.writePackedDouble(10, doubles);
  if (typeof external === 'string') pbf.writeMessage(13, writeEntry, ['location', external]);
  if (external) pbf.writeVarintField(14, 1);
}

function writeEntry([key, value]: [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

interface ValueSpec {
  name: string;
  /** Left out: the file says nothing of the shape. */
  dims?: (number | string)[];
  type?: number;
}

function writeValue({ name, dims, type = 1 }: ValueSpec, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  const dimension = (size: number | string, to: PbfWriter) => {
    if (typeof size === 'string') to.writeStringField(2, size);
    else to.writeVarintField(1, size);
  };
  const shape = (_: unknown, to: PbfWriter) => {
    for (const size of dims ?? []) to.writeMessage(1, dimension, size);
  };
  const tensorType = (_: unknown, to: PbfWriter) => {
    to.writeVarintField(1, type);
    if (dims) to.writeMessage(2, shape, undefined);
  };
  pbf.writeMessage(2, (_, to: PbfWriter) => to.writeMessage(1, tensorType, undefined), undefined);
}
