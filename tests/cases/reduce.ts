// Cases of reductions and arg max along every set of axes, for each rank and thus each layout.
import { EPSILON, exact, greatest, MANY_CHANNELS, type TestCase, type Tolerance, type ValueKind } from './testCase.js';

const SHAPES = [
  [1],
  [5],
  [67],
  [1, 17],
  [3, 16],
  [7, 1],
  [2, 5, 6],
  [1, 33, 1],
  [3, 1, 8],
  [1, 3, 4, 5],
  [2, 16, 3, 3],
  [1, 17, 2, 9],
  [2, 1, 5, 4],
  [2, 3, 2, 5, 4],
  [1, 2, 3, 1, 17],
  [2, 3, 1, 4, 2, 5],
  [2, MANY_CHANNELS, 3, 2],
];

/** All sets of axes of a rank, the empty one left out. */
const subsets = (rank: number): number[][] =>
  Array.from({ length: 2 ** rank - 1 }, (_, i) =>
    Array.from({ length: rank }, (_, axis) => axis).filter((axis) => ((i + 1) >> axis) & 1),
  );

const countOf = (shape: readonly number[], axes: readonly number[]): number =>
  axes.reduce((count, axis) => count * shape.at(axis)!, 1);

/** Sums of terms of one sign: n - 1 sums are rounded and each square, relative to the result. */
const sumOfPositive = (count: number): Tolerance => ({ relative: EPSILON * count });

/** n - 1 sums are rounded, none larger than n · max|x|; a mean divides both by n and rounds once more. */
const sumOf = (count: number): Tolerance => ({
  relative: 0,
  absolute: (inputs) => EPSILON * count * count * greatest(inputs, 0),
});
const meanOf = (count: number): Tolerance => ({ relative: 0, absolute: (inputs) => EPSILON * count * greatest(inputs, 0) });

const TOLERANCES: Readonly<Record<string, (count: number) => Tolerance>> = {
  reduceMean: meanOf,
  reduceSum: sumOf,
  reduceMax: () => exact,
  reduceMin: () => exact,
  reduceL1: sumOfPositive,
  reduceSumSquare: sumOfPositive,
  // The root halves the relative error and rounds once.
  reduceL2: (count) => ({ relative: EPSILON * (count / 2 + 1) }),
};

function reduceCase(
  op: string,
  shape: readonly number[],
  axes: readonly number[],
  keepDims: boolean,
  values: ValueKind,
): TestCase {
  const count = countOf(shape, axes);
  return {
    name: `${op} [${shape}] over [${axes}]${keepDims ? ' kept' : ''} ${values}`,
    node: { op, attributes: { axes, keepDims } },
    inputs: [{ shape, values }],
    tolerance: TOLERANCES[op]!(count),
  };
}

function argMaxCase(shape: readonly number[], axis: number, keepDims: boolean, values: ValueKind, last = false): TestCase {
  return {
    name: `argMax [${shape}] along ${axis}${keepDims ? ' kept' : ''} ${values}${last ? ' last' : ''}`,
    node: { op: 'argMax', attributes: { axis, keepDims, last } },
    inputs: [{ shape, values }],
    tolerance: exact,
  };
}

/** Each set of axes once for each op; kept and dropped axes take turns. */
const everySubset = SHAPES.flatMap((shape) =>
  subsets(shape.length).flatMap((axes, i) => [
    reduceCase('reduceMean', shape, axes, i % 2 === 0, 'normal'),
    reduceCase('reduceSum', shape, axes, i % 2 === 1, 'normal'),
    reduceCase('reduceMax', shape, axes, i % 2 === 0, i % 4 < 2 ? 'special' : 'normal'),
    reduceCase('reduceMin', shape, axes, i % 2 === 1, i % 4 < 2 ? 'special' : 'normal'),
    reduceCase('reduceL1', shape, axes, i % 2 === 0, 'normal'),
    reduceCase('reduceSumSquare', shape, axes, i % 2 === 1, 'normal'),
    reduceCase('reduceL2', shape, axes, i % 2 === 0, 'normal'),
  ]),
);

const globalPools = [
  [1, 1, 1, 1],
  [1, 3, 7, 7],
  [2, 8, 4, 4],
  [1, 16, 1, 9],
  [1, 33, 8, 8],
  [3, 64, 2, 2],
  [1, 130, 3, 5],
].flatMap((shape): TestCase[] => [
  {
    name: `globalAveragePool [${shape}]`,
    node: { op: 'globalAveragePool', attributes: {} },
    inputs: [{ shape }],
    tolerance: meanOf(shape[2]! * shape[3]!),
  },
  {
    name: `globalMaxPool [${shape}]`,
    node: { op: 'globalMaxPool', attributes: {} },
    inputs: [{ shape, values: shape[0] === 2 ? 'special' : 'normal' }],
    tolerance: exact,
  },
]);

const argMaxima = [...SHAPES, [1, 10], [1, 1000], [2, 21, 6, 5], [9, 4], [2, 2, 2]].flatMap((shape) =>
  shape.flatMap((_, axis) => [
    argMaxCase(shape, axis, axis % 2 === 0, 'integers'),
    argMaxCase(shape, axis - shape.length, axis % 2 === 1, 'special'),
    argMaxCase(shape, axis, axis % 2 === 1, 'integers', true),
    argMaxCase(shape, axis, axis % 2 === 0, 'special', true),
  ]),
);

export const cases: TestCase[] = [
  ...everySubset,
  ...globalPools,
  ...argMaxima,
  reduceCase('reduceMean', [2, 5, 3, 3], [-1, -2], true, 'positive'),
  reduceCase('reduceSum', [1, 3, 40, 40], [2, 3], false, 'positive'),
  reduceCase('reduceMean', [2, 5, 3, 3], [1, 1], true, 'normal'),
];
