// A weight of a graph: its shape, and its values on demand. A bare architecture has shapes only.
import { HetConvError } from './error.js';
import type { Shape } from './graph.js';

export interface Constant {
  readonly shape: Shape;
  /** The values in row-major order; absent in a bare architecture. Never write into the result. */
  readonly read?: () => Float32Array;
  /** Drops the values that `read` keeps to give them again; it computes them anew then. */
  readonly forget?: () => void;
  /** The same values as the file holds them, where a kernel can take them from there. */
  readonly stored?: StoredValues;
}

/** IEEE binary32 or binary16, little-endian, at any offset of a file. */
export interface StoredValues {
  readonly type: 'F32' | 'F16';
  readonly bytes: Uint8Array;
}

export function constant(shape: Shape, values: Float32Array): Constant {
  return { shape, read: () => values };
}

/** A constant computed from others when first read; shape only if one of them is. */
export function derive(
  shape: Shape,
  sources: readonly Constant[],
  compute: (...values: Float32Array[]) => Float32Array,
): Constant {
  if (!sources.every(hasValues)) return { shape };
  let values: Float32Array | undefined;
  return {
    shape,
    read: () => {
      values ??= compute(...sources.map((source) => source.read!()));
      return values;
    },
    forget: () => {
      values = undefined;
      for (const source of sources) source.forget?.();
    },
  };
}

export function hasValues(source: Constant): source is Required<Constant> {
  return source.read !== undefined;
}

export function valuesOf(source: Constant, name: string): Float32Array {
  if (source.read) return source.read();
  throw new HetConvError(
    'bad-graph',
    `tensor "${name}" has a shape but no values: this is a bare architecture, load weights for it`,
  );
}
