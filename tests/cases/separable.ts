// Cases of depthwise separable convolution: pictures of one strip and of several, whose last is smaller.
import type { Attribute } from '../../src/graph/graph.js';
import { EPSILON, greatest, MANY_CHANNELS, type TestCase, type Tolerance } from './testCase.js';

interface Separable {
  /** Images, channels, rows and columns. */
  readonly shape: readonly [number, number, number, number];
  readonly filters: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly dilation?: number;
  /** top, left, bottom, right; absent: as much as keeps the size. */
  readonly padding?: readonly number[];
  readonly biases?: boolean;
  readonly residual?: boolean;
  readonly clamps?: Readonly<Record<string, number>>;
}

/** What is between is off by a sum's error; the second sum adds its own and all of these. */
const twoSums = (taps: number, channels: number): Tolerance => ({
  relative: 2 * EPSILON,
  absolute: (inputs) => {
    const [x, weight, pointwise, depthwiseBias, bias, residual] = [0, 1, 2, 3, 4, 5].map((i) => greatest(inputs, i)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const product = x * weight;
    const first = (taps + 1) * product + 2 * depthwiseBias;
    const second = (channels + 1) * (taps * product + depthwiseBias) * pointwise + 2 * (bias + residual);
    return EPSILON * (channels * pointwise * first + second);
  },
});

function separableCase(c: Separable): TestCase {
  const { shape, filters, kernel = 3, stride = 1, dilation = 1, biases = true, residual = false, clamps = {} } = c;
  const [images, channels, ...size] = shape;
  const reach = (dilation * (kernel - 1)) / 2;
  const padding = c.padding ?? [reach, reach, reach, reach];
  const output = size.map((pixels, i) =>
    Math.floor((pixels + padding[i]! + padding[2 + i]! - dilation * (kernel - 1) - 1) / stride + 1),
  );
  const attributes: Record<string, Attribute> = {
    stride: [stride, stride],
    dilation: [dilation, dilation],
    padding: [...padding],
    ...clamps,
  };
  return {
    name: `separableConv [${shape}] ${kernel}×${kernel} to ${filters} ${JSON.stringify(attributes)}${biases ? ' biases' : ''}${residual ? ' residual' : ''}`,
    node: { op: 'separableConv', attributes },
    inputs: [
      { shape },
      { shape: [channels, 1, kernel, kernel], constant: true },
      { shape: [filters, channels, 1, 1], constant: true },
      biases ? { shape: [channels], constant: true } : undefined,
      biases ? { shape: [filters], constant: true } : undefined,
      residual ? { shape: [images, filters, ...output] } : undefined,
    ],
    tolerance: twoSums(kernel * kernel, channels),
  };
}

const RELU6 = { depthwiseMin: 0, depthwiseMax: 6 };

export const cases: TestCase[] = [
  ...[1, 3, 5, 17, 68].flatMap((channels) =>
    [1, 2].flatMap((stride) => [
      separableCase({ shape: [1, channels, 7, 9], filters: 5, stride, clamps: { ...RELU6, clampMin: 0 } }),
      separableCase({ shape: [2, channels, 8, 5], filters: 17, stride, biases: false, residual: true }),
      separableCase({ shape: [1, channels, 9, 8], filters: 8, stride, kernel: 5, clamps: { clampMax: 1, depthwiseMin: -0.5 } }),
      separableCase({ shape: [1, channels, 11, 6], filters: 3, stride, dilation: 2, residual: true, clamps: RELU6 }),
      separableCase({ shape: [1, channels, 6, 7], filters: 9, stride, padding: [0, 1, 2, 0], residual: true }),
    ]),
  ),
  separableCase({ shape: [2, 12, 1, 1], filters: 20 }),
  separableCase({ shape: [1, 12, 3, 2], filters: 4, kernel: 1, padding: [0, 0, 0, 0] }),
  // Of several strips: a smaller last one, equal ones, of each image, of a row each.
  separableCase({ shape: [1, 68, 31, 33], filters: 5, clamps: RELU6 }),
  separableCase({ shape: [1, 17, 67, 40], filters: 12, residual: true, clamps: { ...RELU6, clampMin: 0 } }),
  separableCase({ shape: [2, 64, 26, 25], filters: 6, residual: true }),
  separableCase({ shape: [1, 68, 62, 67], filters: 5, stride: 2 }),
  separableCase({ shape: [2, MANY_CHANNELS, 17, 19], filters: MANY_CHANNELS, residual: true }),
  separableCase({ shape: [2, 33, 41, 36], filters: 7, dilation: 2, residual: true }),
  separableCase({ shape: [1, 33, 37, 33], filters: 7, kernel: 5, padding: [2, 0, 1, 2], biases: false }),
  separableCase({ shape: [1, 5, 3, 4000], filters: 3, residual: true }),
  separableCase({ shape: [1, 3, 3, 11000], filters: 2 }),
];
