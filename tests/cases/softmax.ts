// Cases of softmax and its logarithm along every axis of every rank.
import { EPSILON, MANY_CHANNELS, type TestCase, type Tolerance, type ValueKind } from './testCase.js';

/**
 * With n elements of spread d = max - min: x - max is rounded (relative error EPSILON, so EPSILON · d in e^x), e^x is within 1 ulp
 * (2 EPSILON), the sum adds n roundings to errors of the same size as its terms', the quotient one. In the logarithm relative errors
 * of the sum become absolute ones; ln n <= n, within 1 ulp; two differences round.
 */
function tolerance(op: string, count: number, spread: number): Tolerance {
  if (op === 'softmax') return { relative: EPSILON * (2 * (spread + 2) + count + 1) };
  return { relative: EPSILON, absolute: () => EPSILON * (2 * spread + 2 + 3 * count) };
}

/** Spread beyond which e^(x - max) is 0 in f32 whatever its error. */
const LARGEST_SPREAD = 104;
const SPREAD: Readonly<Record<ValueKind, number>> = { normal: 14, positive: 3, integers: 6, special: LARGEST_SPREAD };

function softmaxCase(op: string, shape: readonly number[], axis: number, values: ValueKind): TestCase {
  return {
    name: `${op} [${shape}] along ${axis} ${values}`,
    node: { op, attributes: { axis } },
    inputs: [{ shape, values }],
    tolerance: tolerance(op, shape.at(axis)!, SPREAD[values]),
  };
}

const SHAPES = [
  [1],
  [9],
  [1, 1],
  [1, 10],
  [1, 1000],
  [4, 7],
  [3, 16],
  [2, 5, 6],
  [1, 33, 3],
  [2, 3, 1],
  [1, 21, 4, 5],
  [2, 16, 3, 3],
  [2, 1, 5, 6],
  [1, 4, 1, 17],
  [2, 3, 2, 5, 4],
  [1, 2, 3, 1, 2, 9],
  [2, MANY_CHANNELS, 3, 2],
];
const KINDS: readonly ValueKind[] = ['normal', 'special', 'positive', 'integers'];

export const cases: TestCase[] = ['softmax', 'logSoftmax'].flatMap((op) =>
  SHAPES.flatMap((shape) =>
    shape.flatMap((_, axis) => [
      softmaxCase(op, shape, axis, KINDS[axis % 4]!),
      softmaxCase(op, shape, axis - shape.length, KINDS[(axis + 1) % 4]!),
    ]),
  ),
);
