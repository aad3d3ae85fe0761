// Protobuf's wire format without a schema, for tests: a message becomes a tree of fields, and a tree, true or lying, a message.
import { joined } from './mutator.js';

export interface Field {
  number: number;
  wire: number;
  /** Of wire type 0. */
  varint?: bigint;
  /** Of wire types 1, 5 and, unless it reads as a message, 2. */
  bytes?: Uint8Array;
  /** Of wire type 2, where it reads as a message. */
  children?: Field[];
  /** The length that is written instead of the true one. */
  lie?: bigint;
}

const MAX_DEPTH = 12;
/** ONNX numbers no field higher. */
const MAX_NUMBER = 32;

/** Undefined where the bytes are no message. */
export function parseMessage(bytes: Uint8Array, depth = MAX_DEPTH): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | undefined => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined) return undefined;
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (number < 1 || number > MAX_NUMBER) return undefined;
    if (wire === 0) {
      const value = varint();
      if (value === undefined) return undefined;
      fields.push({ number, wire, varint: value });
      continue;
    }
    const length = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? Number(varint() ?? Infinity) : Infinity;
    if (length > bytes.length - at) return undefined;
    const content = bytes.slice(at, at + length);
    at += length;
    const children = wire === 2 && length > 1 && depth > 0 ? parseMessage(content, depth - 1) : undefined;
    fields.push({ number, wire, ...(children ? { children } : { bytes: content }) });
  }
  return fields;
}

export function encodeVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}

export function encodeMessage(fields: readonly Field[]): Uint8Array {
  return joined(
    ...fields.flatMap(({ number, wire, varint, bytes, children, lie }) => {
      const tag = encodeVarint(BigInt((number << 3) | wire));
      if (varint !== undefined) return [tag, encodeVarint(varint)];
      const content = children ? encodeMessage(children) : bytes!;
      return wire === 2 ? [tag, encodeVarint(lie ?? BigInt(content.length)), content] : [tag, content];
    }),
  );
}

/** Every list of fields in the tree that has one, with the fields of all depths reachable by index. */
export function* listsOf(fields: Field[]): Generator<Field[]> {
  if (fields.length > 0) yield fields;
  for (const { children } of fields) if (children) yield* listsOf(children);
}
