// Weights as bytes of a model file: in half precision where that keeps them.
import type { Shape } from '../graph/graph.js';
import { roundToF16 } from './roundToF16.js';

/** 'f16' halves the file; biases and whatever F16 would spoil stay in F32. */
export type Precision = 'f16' | 'f32';

export interface EncodedWeights {
  readonly dtype: 'F16' | 'F32';
  /** Little-endian; a view of `values` in F32. */
  readonly bytes: Uint8Array;
}

/** Smallest normal number of F16: below it digits are lost. */
const F16_NORMAL = 2 ** -14;
/** Numbers from here on round to infinity in F16. */
const F16_OVERFLOW = 65520;

/** F16 only for weights of rank 2 and more whose largest magnitude is within its normal range. */
export function encodeWeights(shape: Shape, values: Float32Array, precision: Precision): EncodedWeights {
  const compact = precision === 'f16' && shape.length >= 2 && fitsF16(values);
  const { buffer, byteOffset, byteLength } = compact ? roundToF16(values) : values;
  return { dtype: compact ? 'F16' : 'F32', bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

function fitsF16(values: Float32Array): boolean {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest === 0 || (largest >= F16_NORMAL && largest < F16_OVERFLOW);
}
