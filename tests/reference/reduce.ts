// Reductions and arg max from their definitions: all elements that share the kept part of the index.
import type { Shape } from '../../src/graph/graph.js';
import { at, forEachIndex, type Reference, tabulate, type Values } from './reference.js';

interface Attributes {
  axes: readonly number[];
  keepDims: boolean;
}

function reduce(x: Values, { axes, keepDims }: Attributes, combine: (values: readonly number[]) => number) {
  const rank = x.shape.length;
  const reduced = new Set(axes.map((axis) => (axis + rank) % rank));
  const kept = [...x.shape.keys()].filter((axis) => !reduced.has(axis));
  const sizes: Shape = x.shape.filter((_, axis) => reduced.has(axis));
  const shape = keepDims ? x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size)) : kept.map((axis) => x.shape[axis]!);
  return tabulate(shape, (index) => {
    const values: number[] = [];
    forEachIndex(sizes, (position) => {
      let nextKept = 0;
      let nextReduced = 0;
      const full = x.shape.map((_, axis) => {
        if (reduced.has(axis)) return position[nextReduced++]!;
        return keepDims ? index[axis]! : index[nextKept++]!;
      });
      values.push(at(x, full));
    });
    return combine(values);
  });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export const reduceSum: Reference<Attributes> = ([x], a) => [reduce(x!, a, sum)];
export const reduceMean: Reference<Attributes> = ([x], a) => [reduce(x!, a, (values) => sum(values) / values.length)];
export const reduceMax: Reference<Attributes> = ([x], a) => [reduce(x!, a, (values) => Math.max(...values))];

export const reduceMin: Reference<Attributes> = ([x], a) => [reduce(x!, a, (values) => Math.min(...values))];
export const reduceL1: Reference<Attributes> = ([x], a) => [reduce(x!, a, (values) => sum(values.map(Math.abs)))];
export const reduceSumSquare: Reference<Attributes> = ([x], a) => [reduce(x!, a, (values) => sum(values.map((v) => v * v)))];
export const reduceL2: Reference<Attributes> = ([x], a) => [reduce(x!, a, (values) => Math.hypot(...values))];

export const globalMaxPool: Reference = ([x]) => reduceMax([x], { axes: [2, 3], keepDims: true });
export const globalAveragePool: Reference = ([x]) => reduceMean([x], { axes: [2, 3], keepDims: true });

export const argMax: Reference<{ axis: number; keepDims: boolean; last: boolean }> = ([x], { axis, keepDims, last }) => [
  reduce(x!, { axes: [axis], keepDims }, (values) => {
    const isGreatest = values.some(Number.isNaN) ? Number.isNaN : (value: number) => value === Math.max(...values);
    return last ? values.findLastIndex(isGreatest) : values.findIndex(isGreatest);
  }),
];
