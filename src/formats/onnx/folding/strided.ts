// Elements of a known tensor picked by strides: what transposes, slices and broadcasts have in common.
import { elementCount, type Shape } from '../../../graph/graph.js';
import type { KnownType, Values } from '../operand.js';
import { arrayOf } from './fold.js';

export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Strides that repeat a tensor as NumPy broadcasts it to `shape`. */
export function broadcastStrides(from: Shape, shape: Shape): number[] {
  const strides = rowMajorStrides(from);
  const lead = shape.length - from.length;
  return shape.map((_, axis) => (axis < lead || from[axis - lead] === 1 ? 0 : strides[axis - lead]!));
}

/** Element [i, j, …] of the result is element start + i strides[0] + j strides[1] + … of the source. */
export function pick(type: KnownType, source: Values, shape: Shape, strides: readonly number[], start = 0): Values {
  const result = arrayOf(type, elementCount(shape));
  if (result.length === 0) return result;
  const inner = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 0;
  const index = shape.slice(0, -1).map(() => 0);
  let from = start;
  for (let at = 0; ; ) {
    for (let i = 0; i < inner; i++) result[at++] = source[from + i * step]!;
    if (at === result.length) return result;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}
