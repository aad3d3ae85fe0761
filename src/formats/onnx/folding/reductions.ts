// Sums, means and extremes of known tensors along axes; accumulated in f64.
import { elementCount, type Shape } from '../../../graph/graph.js';
import type { Known, Values } from '../operand.js';
import { arrayOf, type Fold, type FoldContext } from './fold.js';
import { pick, rowMajorStrides } from './strided.js';

/** `combine` over all elements that share their other coordinates, beginning with `first`; then `finish`, given how many they were. */
export function reduceKnown(
  x: Known,
  axes: readonly number[],
  keepDims: boolean,
  { derive }: FoldContext,
  [first, combine, finish = (value: number) => value]: Reduction,
): Known {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const strides = rowMajorStrides(x.shape);
  const inner = elementCount(axes.map((axis) => x.shape[axis]!));
  const shape: Shape = keepDims
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : kept.map((axis) => x.shape[axis]!);
  return derive(x.type, shape, (): Values => {
    const values = pick(
      x.type,
      x.read(),
      order.map((axis) => x.shape[axis]!),
      order.map((axis) => strides[axis]!),
    );
    const result = arrayOf(x.type, elementCount(shape));
    for (let i = 0; i < result.length; i++) {
      let value = first;
      for (let j = i * inner; j < (i + 1) * inner; j++) value = combine(value, values[j]!);
      result[i] = finish(value, inner);
    }
    return result;
  });
}

export type Reduction = readonly [
  first: number,
  combine: (total: number, value: number) => number,
  finish?: (total: number, count: number) => number,
];

const fold =
  (reduction: Reduction): Fold =>
  ([x], { axes, keepDims }, context) =>
    x!.type === 'bool' ? undefined : reduceKnown(x!, axes as number[], keepDims as boolean, context, reduction);

const add = (total: number, value: number) => total + value;

export const reductions: Readonly<Record<string, Fold>> = {
  reduceMax: fold([-Infinity, Math.max]),
  reduceMean: ([x], attributes, context) =>
    x!.type === 'int' ? undefined : fold([0, add, (total, count) => total / count])([x!], attributes, context),
  reduceMin: fold([Infinity, Math.min]),
  reduceSum: fold([0, add]),
};
