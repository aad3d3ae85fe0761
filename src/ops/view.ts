// Views of the same memory under other shapes: what slices, transposes, broadcasts and reshapes are before anything moves.

import { elementCount, type Node, type Shape } from '../graph/graph.js';
import { nodeError } from './nodeError.js';
import type { View } from './op.js';

/** The axes of a value from outermost to innermost in memory: channels last for ranks 3 and 4, else as they come. */
export function memoryOrder(rank: number): readonly number[] {
  if (rank === 4) return [0, 2, 3, 1];
  if (rank === 3) return [0, 2, 1];
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** Strides of a value without gaps whose axes lie in memory as `order` says, outermost first. */
export function denseStrides(shape: Shape, order = memoryOrder(shape.length)): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (const axis of order.toReversed()) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** The value at `address`, row-major whatever its rank. */
export function rowMajorView(address: number, shape: Shape): View {
  return { address, shape, strides: denseStrides(shape, [...shape.keys()]) };
}

/** Elements start, start + step, … (`size` of them) of one axis; the step may be negative or zero. */
export function sliceView(view: View, axis: number, start: number, size: number, step = 1): View {
  const stride = view.strides[axis]!;
  return {
    address: view.address + 4 * start * stride,
    shape: view.shape.with(axis, size),
    strides: view.strides.with(axis, step * stride),
  };
}

/** Axis `i` of the result is axis `perm[i]` of the view. */
export function transposeView(view: View, perm: readonly number[]): View {
  return {
    address: view.address,
    shape: perm.map((axis) => view.shape[axis]!),
    strides: perm.map((axis) => view.strides[axis]!),
  };
}

/** NumPy broadcasting: trailing axes aligned, axes of size 1 repeated with stride 0. */
export function broadcastView(view: View, shape: Shape): View {
  const lead = shape.length - view.shape.length;
  const strides = shape.map((size, i) => {
    const own = i < lead ? 1 : view.shape[i - lead]!;
    return own === 1 && size !== 1 ? 0 : (view.strides[i - lead] ?? 0);
  });
  return { address: view.address, shape, strides };
}

/** One axis as several, whose sizes multiply to its own. */
export function splitAxis(view: View, axis: number, sizes: readonly number[]): View {
  const strides = denseStrides(sizes, [...sizes.keys()]).map((stride) => stride * view.strides[axis]!);
  return {
    address: view.address,
    shape: view.shape.toSpliced(axis, 1, ...sizes),
    strides: view.strides.toSpliced(axis, 1, ...strides),
  };
}

/** Axes split so that the shape becomes `refined`: the factors, none of them 1, of the view's own axes in order. */
export function splitView(view: View, refined: Shape): View {
  const strides: number[] = new Array(refined.length);
  let at = refined.length;
  for (let axis = view.shape.length - 1; axis >= 0; axis--) {
    let stride = view.strides[axis]!;
    for (let left = view.shape[axis]!; left > 1; left /= refined[at]!) {
      at--;
      strides[at] = stride;
      stride *= refined[at]!;
    }
  }
  return { address: view.address, shape: refined, strides };
}

/** The coarsest shape without axes of size 1 that splits the axes of both shapes, or undefined: [6, 4] and [2, 12] -> [2, 3, 4]; [2, 3] and [3, 2] -> none. */
export function commonRefinement(a: Shape, b: Shape): number[] | undefined {
  const marks = new Set<number>();
  for (const shape of [a, b]) {
    let count = 1;
    for (const size of shape.toReversed()) {
      count *= size;
      marks.add(count);
    }
  }
  marks.delete(1);
  const refined: number[] = [];
  let previous = 1;
  for (const mark of [...marks].sort((x, y) => x - y)) {
    if (mark % previous !== 0) return undefined;
    refined.unshift(mark / previous);
    previous = mark;
  }
  return refined;
}

/** NumPy broadcasting of two inputs' shapes. Throws `bad-shape`. */
export function broadcastShape(node: Node, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw nodeError(node, `shapes [${a}] and [${b}] do not broadcast`);
    return x === 1 ? y : x;
  });
}

/** Whether two shapes put the same elements at the same places, when neither has gaps. */
export function sameOrder(a: Shape, b: Shape): boolean {
  const refined = commonRefinement(a, b);
  if (!refined || elementCount(a) !== elementCount(b)) return false;
  const [x, y] = [a, b].map((shape) => splitView({ address: 0, shape, strides: denseStrides(shape) }, refined).strides);
  return x!.every((stride, i) => stride === y![i]);
}
