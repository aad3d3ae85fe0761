// Cases of products of computed matrices: every tile remainder, every layout of either operand, batches that broadcast.
import type { Shape } from '../../src/graph/graph.js';
import { EPSILON, greatest, type TestCase } from './testCase.js';

const SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33];

const PAIRS: readonly [a: Shape, b: Shape][] = [
  ...SIZES.map((size, i): [Shape, Shape] => [
    [size, SIZES.at(-1 - i)!],
    [SIZES.at(-1 - i)!, SIZES[(i + 4) % SIZES.length]!],
  ]),
  ...SIZES.map((size, i): [Shape, Shape] => [
    [2, size, 5],
    [2, 5, SIZES.at(-1 - i)!],
  ]),
  ...SIZES.map((size, i): [Shape, Shape] => [
    [1, 3, SIZES.at(-1 - i)!, 6],
    [1, 3, 6, size],
  ]),
  [
    [2, 1, 4, 5],
    [3, 5, 7],
  ],
  [
    [3, 4],
    [2, 3, 4, 9],
  ],
  [
    [2, 3, 4],
    [4, 5],
  ],
  [
    [6, 2, 7, 1],
    [1, 2, 1, 6],
  ],
  [
    [1, 8, 49, 32],
    [1, 8, 32, 49],
  ],
  [
    [2, 3, 1, 5, 6],
    [4, 6, 3],
  ],
  [
    [2, 1, 2, 1, 3, 4],
    [1, 3, 1, 2, 4, 5],
  ],
];

/** n - 1 sums and each product round. */
export const cases: TestCase[] = PAIRS.flatMap(([a, b]) =>
  [undefined, 0, 1].map((constant): TestCase => {
    const depth = a.at(-1)!;
    return {
      name: `matMul [${a}] [${b}]${constant === undefined ? '' : ` constant ${constant}`}`,
      node: { op: 'matMul', attributes: {} },
      inputs: [a, b].map((shape, i) => ({ shape, constant: i === constant })),
      tolerance: {
        relative: 0,
        absolute: (inputs) => EPSILON * (depth + 1) * depth * greatest(inputs, 0) * greatest(inputs, 1),
      },
    };
  }),
);
