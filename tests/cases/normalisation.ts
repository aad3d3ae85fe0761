// Cases of normalisation by the statistics of each picture, and by those of neighbouring channels.
import type { Shape } from '../../src/graph/graph.js';
import { groupStatistics } from '../reference/normalisation.js';
import { EPSILON, greatest, MANY_CHANNELS, roundings, type TestCase, type Tolerance } from './testCase.js';

/**
 * Of n elements up to m in magnitude, of deviation s: the mean is off by EPSILON n m, so each difference d by EPSILON (n + 2) m; |d| / s is
 * at most sqrt n. The variance is off by n roundings and what the differences' errors make of it, 2 (n + 2) EPSILON m / s relative; its root
 * by half of that. The quotient by s, the scale and the shift round.
 */
function statisticsTolerance(groups: number, epsilon: number): Tolerance {
  return {
    relative: 2 * EPSILON,
    absolute: (inputs) => {
      const x = inputs[0]!;
      const count = x.data.length / x.shape[0]! / groups;
      const variance = Math.min(...groupStatistics(x, groups).map((statistic) => statistic.variance));
      const difference = (EPSILON * (count + 2) * greatest(inputs, 0)) / Math.sqrt(variance + epsilon);
      const quotient = difference + Math.sqrt(count) * (EPSILON * (count / 2 + 4) + difference);
      return greatest(inputs, 1) * quotient + 2 * EPSILON * greatest(inputs, 2);
    },
  };
}

function statisticsCase(shape: Shape, groups: number | undefined, epsilon: number, constant: boolean): TestCase {
  const op = groups ? 'groupNorm' : 'instanceNorm';
  const perChannel = { shape: [shape[1]!], constant };
  return {
    name: `${op} [${shape}] ${groups ?? ''} ${epsilon}${constant ? '' : ' computed'}`,
    node: { op, attributes: groups ? { groups, epsilon } : { epsilon } },
    inputs: [{ shape, values: groups ? 'positive' : 'normal' }, perChannel, perChannel],
    tolerance: statisticsTolerance(groups ?? shape[1]!, epsilon),
  };
}

const SHAPES: readonly Shape[] = [
  [1, 4],
  [3, 6],
  [2, 3, 7],
  [1, 8, 1],
  [1, 1, 1, 1],
  [2, 12, 5, 3],
  [1, 17, 3, 4],
  [3, 33, 2, 2],
  [2, 32, 8, 9],
  [1, 16, 40, 40],
  [2, 4, 2, 3, 5],
  [2, 6, 1, 2, 3, 2],
  [2, MANY_CHANNELS, 3, 2],
];
const divisors = (count: number): number[] => [1, 2, 3, 4, 8, 11, 16, 17].filter((divisor) => count % divisor === 0);

const byStatistics = SHAPES.flatMap((shape, i) => [
  statisticsCase(shape, undefined, i % 2 === 0 ? 1e-5 : 1e-3, i % 3 !== 0),
  ...divisors(shape[1]!).map((groups) => statisticsCase(shape, groups, 1e-5, i % 3 !== 1)),
]);

/** Sums of size squares, all of one sign, the bias and the product with alpha / size round; the power and the product once more. */
function lrnCase(shape: Shape, size: number, alpha: number, beta: number, bias: number): TestCase {
  return {
    name: `lrn [${shape}] ${size} ${alpha} ${beta} ${bias}`,
    node: { op: 'lrn', attributes: { size, alpha, beta, bias } },
    inputs: [{ shape }],
    tolerance: roundings(beta * (size + 3) + 3),
  };
}

const byNeighbours = [1, 2, 3, 4, 5, 7, 8, 17, 33, MANY_CHANNELS].flatMap((channels, i) =>
  [1, 2, 3, 5, 8, 11].map((size, j) => {
    const shape = j % 2 === 0 ? [1 + (i % 2), channels, 3, 5] : [2, channels, 5];
    return lrnCase(shape, size, j % 3 === 0 ? 1e-4 : 0.7, j % 2 === 0 ? 0.75 : 0.5, j % 3 === 1 ? 2 : 1);
  }),
);

export const cases: TestCase[] = [...byStatistics, ...byNeighbours, lrnCase([1, 64, 4, 4], 1000, 2, 1.3, 0.5)];
