// Cases of depthwise convolution and of batch norm, which share a kernel.
import { seededRandom } from '../../src/bench/random.js';
import { dotProduct } from './convolutions.js';
import { EPSILON, greatest, MANY_CHANNELS, type TestCase, type Tolerance } from './testCase.js';

interface Depthwise {
  readonly shape: readonly number[];
  readonly kernel: readonly number[];
  readonly multiplier?: number;
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
  readonly bias?: boolean;
  /** Shape of the output, where a residual is added. */
  readonly residual?: readonly number[];
}

function depthwiseCase({ shape, kernel, multiplier = 1, attributes = {}, bias = false, residual }: Depthwise): TestCase {
  const channels = shape[1]!;
  const filters = channels * multiplier;
  const extras = `${bias ? ' bias' : ''}${residual ? ' residual' : ''}`;
  return {
    name: `depthwise conv [${shape}] ${kernel.join('×')}, ${filters} filters ${JSON.stringify(attributes)}${extras}`,
    node: { op: 'conv', attributes: { ...attributes, groups: channels } },
    inputs: [
      { shape },
      { shape: [filters, 1, ...kernel], constant: true },
      bias ? { shape: [filters], constant: true } : undefined,
      residual ? { shape: residual } : undefined,
    ],
    tolerance: dotProduct(kernel[0]! * kernel[1]!, [1], [2, 3]),
  };
}

/** Shapes, windows and extras drawn at random; windows that do not fit are left out. */
function randomCases(count: number): TestCase[] {
  const random = seededRandom('depthwise');
  const from = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const oneOf = <T>(list: readonly T[]): T => list[from(0, list.length - 1)]!;
  const cases: TestCase[] = [];
  while (cases.length < count) {
    const shape = [from(1, 2), oneOf([1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 24, 31, 33]), from(1, 16), from(1, 16)];
    const kernel = [oneOf([1, 2, 3, 3, 4, 5]), oneOf([1, 2, 3, 3, 5, 7])];
    const stride = [from(1, 3), from(1, 3)];
    const dilation = [oneOf([1, 1, 1, 2, 3]), oneOf([1, 1, 1, 2, 4])];
    const padding = [from(0, 3), from(0, 3), from(0, 3), from(0, 3)];
    const multiplier = oneOf([1, 1, 1, 2, 3, 4]);
    const [height, width] = [0, 1].map((i) => {
      const free = shape[2 + i]! + padding[i]! + padding[2 + i]! - dilation[i]! * (kernel[i]! - 1) - 1;
      return Math.floor(free / stride[i]!) + 1;
    }) as [number, number];
    if (height < 1 || width < 1) continue;
    cases.push(
      depthwiseCase({
        shape,
        kernel,
        multiplier,
        attributes: { stride, dilation, padding, ...oneOf([{}, { clampMin: 0 }, { clampMin: 0, clampMax: 6 }, { clampMax: 1 }]) },
        bias: random() < 0.5,
        ...(random() < 0.5 ? { residual: [shape[0]!, shape[1]! * multiplier, height, width] } : {}),
      }),
    );
  }
  return cases;
}

const SAME = { padding: [1, 1, 1, 1] };
const CHANNELS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64];
const PICTURES = [
  [1, 1],
  [2, 2],
  [3, 1],
  [1, 5],
  [4, 4],
  [7, 7],
  [8, 9],
  [15, 17],
];

/** Folded: factor and offset are rounded (EPSILON each), then a product and a sum. */
const normalised: Tolerance = {
  relative: 0,
  absolute: (inputs) => {
    const factors = inputs[1]!.data.map((scale, i) => Math.abs(scale) / Math.sqrt(inputs[4]!.data[i]!));
    const factor = Math.max(...factors);
    const offset = greatest(inputs, 2) + greatest(inputs, 3) * factor;
    return EPSILON * (3 * greatest(inputs, 0) * factor + 2 * offset);
  },
};

const batchNorms = [
  [1, 5],
  [3, 16],
  [2, 7, 5],
  [1, 1, 1, 1],
  [1, 3, 4, 5],
  [2, 8, 3, 3],
  [1, 33, 2, 7],
  [1, 16, 8, 8],
].flatMap((shape) =>
  [1e-5, 1e-3].map(
    (epsilon): TestCase => ({
      name: `batchNorm [${shape}] epsilon ${epsilon}`,
      node: { op: 'batchNorm', attributes: { epsilon } },
      inputs: [
        { shape },
        ...(['normal', 'normal', 'normal', 'positive'] as const).map((values) => ({
          shape: [shape[1]!],
          constant: true,
          values,
        })),
      ],
      tolerance: normalised,
    }),
  ),
);

export const cases: TestCase[] = [
  ...CHANNELS.map((channels) => depthwiseCase({ shape: [1, channels, 5, 6], kernel: [3, 3], attributes: SAME, bias: true })),
  ...CHANNELS.map((channels) => depthwiseCase({ shape: [1, channels, 4, 3], kernel: [3, 3], multiplier: 2, attributes: SAME })),
  ...PICTURES.map((size) =>
    depthwiseCase({ shape: [2, 12, ...size], kernel: [3, 3], attributes: SAME, bias: true, residual: [2, 12, ...size] }),
  ),
  // Shifted rows, also of the residual, and windows of as many lines as the cache has places.
  ...[3, 5, 7].flatMap((kernel) =>
    [1, 2].map((stride) => {
      const size = [7, 9].map((pixels) => Math.ceil(pixels / stride));
      const attributes = { padding: Array.from({ length: 4 }, () => (kernel - 1) / 2), stride: [stride, stride] };
      const shape = [2, MANY_CHANNELS, 7, 9];
      return depthwiseCase({ shape, kernel: [kernel, kernel], attributes, bias: true, residual: [2, MANY_CHANNELS, ...size] });
    }),
  ),
  // Pictures smaller than the window, and taps that meet nothing but padding.
  depthwiseCase({ shape: [1, 8, 1, 1], kernel: [7, 7], attributes: { padding: [3, 3, 3, 3] } }),
  depthwiseCase({ shape: [1, 8, 2, 2], kernel: [3, 3], attributes: { padding: [4, 4, 4, 4], dilation: [4, 4] } }),
  depthwiseCase({ shape: [1, 4, 1, 1], kernel: [2, 2], attributes: { padding: [2, 2, 0, 0] }, bias: true }),
  ...randomCases(160),
  ...batchNorms,
];
