// What a reference is: an op computed in f64 by plain loops from its definition, independent of everything in src/ops.
import type { Shape } from '../../src/graph/graph.js';

/** A value in row-major order of its logical (NCHW) shape. */
export interface Values {
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
}

/** `attributes` are complete with defaults; an omitted optional input is undefined. */
// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export type Reference<A = any> = (
  inputs: readonly (Values | undefined)[],
  attributes: A,
) => { shape: Shape; data: Float64Array }[];

/** Calls `visit` with every index of `shape`, in row-major order; the array is reused. */
export function forEachIndex(shape: Shape, visit: (index: readonly number[], position: number) => void): void {
  const index = shape.map(() => 0);
  const count = shape.reduce((product, size) => product * size, 1);
  for (let position = 0; position < count; position++) {
    visit(index, position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** The element at a full index. */
export function at(x: Values, index: readonly number[]): number {
  return x.data[index.reduce((position, i, axis) => position * x.shape[axis]! + i, 0)]!;
}

/** A value computed element by element. */
export function tabulate(shape: Shape, element: (index: readonly number[]) => number): { shape: Shape; data: Float64Array } {
  const data = new Float64Array(shape.reduce((product, size) => product * size, 1));
  forEachIndex(shape, (index, position) => {
    data[position] = element(index);
  });
  return { shape, data };
}
