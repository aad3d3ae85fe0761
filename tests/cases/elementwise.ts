// Cases of element-wise functions: every tail length, every rank, every way to broadcast.
import type { Attribute, Shape } from '../../src/graph/graph.js';
import {
  EPSILON,
  exact,
  MANY_CHANNELS,
  roundings,
  type TestCase,
  type TestInput,
  type Tolerance,
  type ValueKind,
} from './testCase.js';

const SMALLEST = 2 ** -149;
const KINDS: readonly ValueKind[] = ['normal', 'special', 'positive', 'integers'];

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33];
const SHAPES: readonly Shape[] = [
  ...LENGTHS.map((length) => [length]),
  [3, 5],
  [1, 17],
  [2, 1500],
  [2, 3, 5],
  [1, 4, 7],
  [3, 1, 6],
  [1, 1, 1, 1],
  [1, 3, 5, 7],
  [2, 4, 3, 3],
  [1, 5, 4, 6],
  [2, 17, 2, 3],
  [1, 33, 1, 4],
  [1, 1, 7, 5],
  [1, 40, 8, 9],
  [2, 3, 2, 3, 4],
  [1, 2, 3, 1, 2, 5],
  [2, MANY_CHANNELS, 3, 2],
];

/** The clamps and products of ± round once; an attribute that f32 does not hold is one rounding more, and each ulp of assembly/math.ts is two. */
const UNARY: readonly [op: string, attributes: Record<string, Attribute>, tolerance: Tolerance][] = [
  ['relu', {}, roundings(0)],
  ['clip', { min: 0, max: 6 }, roundings(0)],
  ['clip', { min: -0.1 }, roundings(1)],
  ['clip', { min: 1, max: -1 }, roundings(0)],
  ['leakyRelu', {}, roundings(2)],
  ['leakyRelu', { alpha: 0.2 }, roundings(2)],
  // e^x - 1 within 1 ulp, alpha, product.
  ['elu', {}, roundings(4)],
  ['elu', { alpha: 1.67 }, roundings(4)],
  ['sigmoid', {}, roundings(6)],
  ['tanh', {}, roundings(6)],
  // Sum, 1/6, two products.
  ['hardSwish', {}, roundings(4)],
  // Where the sum is not clamped, |alpha x| <= 1 + |beta|: two roundings of that, two of beta and the sum.
  ['hardSigmoid', {}, { relative: 0, absolute: () => 5 * EPSILON }],
  ['hardSigmoid', { alpha: 0.2, beta: -0.3 }, { relative: 0, absolute: () => 5 * EPSILON }],
  // The sigmoid within 3 ulp, the product; a subnormal sigmoid is off by up to one SMALLEST, times |x| < 104.
  ['silu', {}, { relative: 7 * EPSILON, absolute: () => 104 * SMALLEST }],
  // The distribution within 8 ulp, the product; a subnormal one is off by up to three SMALLEST, times |x| < 15.
  ['gelu', {}, { relative: 17 * EPSILON, absolute: () => 45 * SMALLEST }],
  // The sigmoid's argument v has 7 roundings: they move x sigmoid(v) by 7 EPSILON |x v| sigmoid(v) sigmoid(-v), at most 2 EPSILON for x < 0
  // and 2 EPSILON of the result for x > 0.
  ['gelu', { approximate: 'tanh' }, { relative: 9 * EPSILON, absolute: () => 2 * EPSILON }],
  // e^x - 1 within 1 ulp, gamma alpha, product; gamma, product.
  ['selu', {}, roundings(4)],
  ['selu', { alpha: 1.5, gamma: 0.7 }, roundings(4)],
  ['exp', {}, roundings(2)],
  ['log', {}, roundings(2)],
  ['sqrt', {}, roundings(1)],
  ['abs', {}, exact],
  ['neg', {}, exact],
  ['reciprocal', {}, roundings(1)],
  ['erf', {}, roundings(8)],
  // A subnormal e^x is off by up to one SMALLEST.
  ['softplus', {}, { relative: 8 * EPSILON, absolute: () => SMALLEST }],
  ['softsign', {}, roundings(2)],
  ['floor', {}, exact],
  ['ceil', {}, exact],
  ['round', {}, exact],
  ['sign', {}, exact],
  ['cast', { to: 'i32' }, exact],
  ['cast', { to: 'f32' }, exact],
];

const unaryCases = UNARY.flatMap(([op, attributes, tolerance], k) =>
  SHAPES.map((shape, i): TestCase => {
    const values = KINDS[(i + k) % 4]!;
    return {
      name: `${op} ${JSON.stringify(attributes)} [${shape}] ${values}`,
      node: { op, attributes },
      inputs: [{ shape, values }],
      tolerance,
    };
  }),
);

/** Operand shapes; either side may be the constant. */
const PAIRS: readonly [a: Shape, b: Shape][] = [
  ...LENGTHS.map((length): [Shape, Shape] => [
    [1, length, 2, 3],
    [1, length, 2, 3],
  ]),
  ...LENGTHS.map((length): [Shape, Shape] => [[length], [length]]),
  [[2, 5], [5]],
  [
    [2, 5],
    [2, 1],
  ],
  [
    [5, 1],
    [1, 7],
  ],
  [[1], [1, 3, 4, 5]],
  [
    [2, 3, 4, 5],
    [1, 1, 1, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 1],
  ],
  [
    [2, 17, 4, 5],
    [1, 17, 1, 1],
  ],
  [
    [2, 17, 4, 5],
    [2, 17, 1, 1],
  ],
  [
    [2, 17, 4, 5],
    [2, 1, 4, 5],
  ],
  [
    [1, 17, 4, 1],
    [2, 1, 1, 5],
  ],
  [[2, 3, 4, 5], [5]],
  [
    [2, 3, 4, 5],
    [4, 5],
  ],
  [
    [2, 3, 4, 5],
    [4, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 4, 5],
  ],
  [
    [2, 6, 5],
    [6, 1],
  ],
  [[2, 6, 5], [5]],
  [
    [2, 6, 5],
    [1, 6, 5],
  ],
  [
    [2, 6, 5],
    [3, 1, 1, 5],
  ],
  [
    [1, 8, 16, 16],
    [1, 8, 16, 16],
  ],
  [
    [1, 1, 6, 7],
    [1, 1, 6, 7],
  ],
  [
    [2, 3, 2, 3, 4],
    [3, 1, 3, 1],
  ],
  [
    [2, 1, 2, 3, 1, 4],
    [1, 3, 1, 3, 2, 1],
  ],
  [
    [4, 5],
    [1, 2, 3, 2, 4, 5],
  ],
  [
    [2, MANY_CHANNELS, 3, 2],
    [2, MANY_CHANNELS, 3, 2],
  ],
  [
    [2, MANY_CHANNELS, 3, 2],
    [MANY_CHANNELS, 1, 1],
  ],
];

const BINARY: readonly [op: string, attributes: Record<string, Attribute>][] = [
  ['add', {}],
  ['add', { clampMin: 0, clampMax: 1.5 }],
  ['sub', {}],
  ['mul', {}],
  ['div', {}],
  ['pow', {}],
  ['min', {}],
  ['max', {}],
];

/** All others round once. */
const BINARY_TOLERANCE: Readonly<Record<string, Tolerance>> = { pow: roundings(1.02), min: exact, max: exact };

const binaryCases = BINARY.flatMap(([op, attributes], k) =>
  PAIRS.map(([a, b], i): TestCase => {
    const values = KINDS[(i + k) % 4]!;
    const constants = (i + k) % 3;
    const operands: TestInput[] = [
      { shape: a, values, constant: constants === 1 },
      { shape: b, values, constant: constants === 2 },
    ];
    const swapped = (i + k) % 2 === 1;
    const name = `${op} ${JSON.stringify(attributes)} [${swapped ? b : a}] [${swapped ? a : b}] ${values} constant ${constants}`;
    return {
      name,
      node: { op, attributes },
      inputs: swapped ? operands.toReversed() : operands,
      tolerance: BINARY_TOLERANCE[op] ?? roundings(1),
    };
  }),
);

const SLOPES: readonly [x: Shape, slope: Shape][] = [
  [[9], [1]],
  [[9], [9]],
  [[3, 9], [9]],
  [[2, 3, 7], [3]],
  [[2, 3, 7], [7]],
  [[1, 5, 4, 3], [1]],
  [[1, 5, 4, 3], [5]],
  [[2, 17, 3, 3], [17]],
  [
    [2, 17, 3, 3],
    [17, 1, 1],
  ],
  [
    [2, 4, 3, 5],
    [1, 4, 1, 1],
  ],
  [[2, 4, 3, 5], [5]],
  [
    [2, 4, 3, 5],
    [2, 4, 3, 5],
  ],
  [[1, 5, 5, 5], [5]],
  [[2, MANY_CHANNELS, 3, 2], [MANY_CHANNELS]],
  [[2, 3, 2, 3, 4], [3]],
  [
    [2, 3, 2, 3, 2, 2],
    [3, 1, 1, 1, 1],
  ],
];

const preluCases = SLOPES.flatMap(([x, slope]) =>
  KINDS.map(
    (values): TestCase => ({
      name: `prelu [${x}] [${slope}] ${values}`,
      node: { op: 'prelu', attributes: {} },
      inputs: [
        { shape: x, values },
        { shape: slope, constant: values !== 'normal' },
      ],
      tolerance: roundings(1),
    }),
  ),
);

export const cases: TestCase[] = [...unaryCases, ...binaryCases, ...preluCases];
