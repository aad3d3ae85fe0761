// The element types of stored tensors, as safetensors spells them: their bytes, and how they become f32.
import { expandBf16, expandF16 } from './half.js';

interface ElementType {
  readonly bytes: number;
  /** Little-endian bytes that begin at a multiple of `bytes`. */
  readonly expand: (buffer: ArrayBufferLike, offset: number, count: number) => Float32Array;
}

/** Large integers and doubles are rounded to the nearest f32. */
const TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['F64', { bytes: 8, expand: (b, o, n) => Float32Array.from(new Float64Array(b, o, n)) }],
  ['F32', { bytes: 4, expand: (b, o, n) => new Float32Array(b, o, n) }],
  ['F16', { bytes: 2, expand: (b, o, n) => expandF16(new Uint16Array(b, o, n)) }],
  ['BF16', { bytes: 2, expand: (b, o, n) => expandBf16(new Uint16Array(b, o, n)) }],
  ['I64', { bytes: 8, expand: (b, o, n) => numbers(new BigInt64Array(b, o, n)) }],
  ['I32', { bytes: 4, expand: (b, o, n) => Float32Array.from(new Int32Array(b, o, n)) }],
  ['I16', { bytes: 2, expand: (b, o, n) => Float32Array.from(new Int16Array(b, o, n)) }],
  ['I8', { bytes: 1, expand: (b, o, n) => Float32Array.from(new Int8Array(b, o, n)) }],
  ['U64', { bytes: 8, expand: (b, o, n) => numbers(new BigUint64Array(b, o, n)) }],
  ['U32', { bytes: 4, expand: (b, o, n) => Float32Array.from(new Uint32Array(b, o, n)) }],
  ['U16', { bytes: 2, expand: (b, o, n) => Float32Array.from(new Uint16Array(b, o, n)) }],
  ['U8', { bytes: 1, expand: (b, o, n) => Float32Array.from(new Uint8Array(b, o, n)) }],
  ['BOOL', { bytes: 1, expand: (b, o, n) => Float32Array.from(new Uint8Array(b, o, n)) }],
]);

export const elementTypes: readonly string[] = [...TYPES.keys()];

/** Bytes of an element, undefined for an unknown type. */
export function elementBytes(type: string): number | undefined {
  return TYPES.get(type)?.bytes;
}

/** The values in f32; aligned F32 data is not copied. `type` is one of `elementTypes`. */
export function toF32(type: string, bytes: Uint8Array): Float32Array {
  const { bytes: size, expand } = TYPES.get(type)!;
  // Not bytes.slice(), which in Node's Buffer is another view.
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return expand(buffer, byteOffset, byteLength / size);
}

function numbers(values: BigInt64Array | BigUint64Array): Float32Array {
  return Float32Array.from({ length: values.length }, (_, i) => Number(values[i]));
}
