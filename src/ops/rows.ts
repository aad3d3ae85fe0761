// Element-wise work as rows: axes that lie alike in every operand become one, so that kernels loop over few and long rows.
import type { Shape } from '../graph/graph.js';
import type { View } from './op.js';

export interface RowAxis {
  size: number;
  /** In elements, one for each view. */
  readonly strides: number[];
}

/** Rows at least this long are not merged further: they are the grain in which work is split. */
const LONG_ROW = 1024;

/**
 * The axes of views of one shape of at most 6 axes, outermost first, padded in front to 6. They descend by the stride in the last view; axes
 * of size 1 are dropped and neighbours merged where every view permits.
 */
export function rowAxes(views: readonly View[]): RowAxis[] {
  const target = views.length - 1;
  const inwards = views[target]!.shape.map((size, axis): RowAxis => ({ size, strides: views.map((view) => view.strides[axis]!) }))
    .filter((axis) => axis.size > 1)
    .sort((a, b) => Math.abs(a.strides[target]!) - Math.abs(b.strides[target]!));
  const merged: RowAxis[] = [];
  for (const axis of inwards) {
    const inner = merged.at(-1);
    const mergeable = inner && (merged.length > 1 || inner.size < LONG_ROW);
    if (mergeable && axis.strides.every((stride, i) => stride === inner.strides[i]! * inner.size)) inner.size *= axis.size;
    else merged.push(axis);
  }
  while (merged.length < 6) merged.push({ size: 1, strides: views.map(() => 0) });
  return merged.reverse();
}

/** How many rows: the product of all axes but the innermost. */
export function rowCount(axes: readonly RowAxis[]): number {
  return axes.slice(0, -1).reduce((product, axis) => product * axis.size, 1);
}

/** The shape of the rows, outermost first. */
export function rowSizes(axes: readonly RowAxis[]): Shape {
  return axes.map((axis) => axis.size);
}

/** The strides of view `i` in bytes, outermost first. */
export function rowStrides(axes: readonly RowAxis[], i: number): number[] {
  return axes.map((axis) => 4 * axis.strides[i]!);
}
