// Cases of max and average pooling: every border that a window can meet.
import { seededRandom } from '../../src/bench/random.js';
import { EPSILON, exact, greatest, MANY_CHANNELS, type TestCase, type Tolerance, type ValueKind } from './testCase.js';

interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding?: readonly number[];
  readonly dilation?: readonly number[];
  readonly ceilMode?: boolean;
  readonly countIncludePad?: boolean;
}

/** A mean of n rounds n - 1 sums, none larger than n · max|x|, and a quotient. */
const meanOf = (count: number): Tolerance => ({ relative: 0, absolute: (inputs) => EPSILON * count * greatest(inputs, 0) });

function poolCase(
  op: 'maxPool' | 'averagePool',
  shape: readonly number[],
  window: Window,
  values: ValueKind = 'normal',
): TestCase {
  return {
    name: `${op} [${shape}] ${JSON.stringify(window)} ${values}`,
    node: { op, attributes: { ...window } },
    inputs: [{ shape, values }],
    tolerance: op === 'maxPool' ? exact : meanOf(window.kernel[0]! * window.kernel[1]!),
  };
}

const CHANNELS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33];

const windows: Window[] = [
  { kernel: [1, 1], stride: [1, 1] },
  { kernel: [1, 1], stride: [2, 3] },
  { kernel: [2, 2], stride: [2, 2] },
  { kernel: [2, 2], stride: [2, 2], ceilMode: true },
  { kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] },
  { kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], ceilMode: true },
  { kernel: [3, 3], stride: [2, 2], ceilMode: true },
  { kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
  { kernel: [3, 2], stride: [1, 2], padding: [0, 1, 1, 0] },
  { kernel: [2, 3], stride: [3, 2], padding: [1, 0, 0, 2], ceilMode: true },
  { kernel: [5, 5], stride: [3, 3], padding: [2, 2, 2, 2], ceilMode: true },
  { kernel: [4, 1], stride: [1, 1], padding: [2, 0, 1, 0] },
];

/** Windows drawn at random; those that do not fit the picture are left out. */
function randomPools(op: 'maxPool' | 'averagePool', count: number): TestCase[] {
  const random = seededRandom(op);
  const from = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const cases: TestCase[] = [];
  while (cases.length < count) {
    const kernel = [from(1, 5), from(1, 5)];
    const dilation = op === 'maxPool' ? [from(1, 3), from(1, 3)] : [1, 1];
    const extent = kernel.map((size, i) => dilation[i]! * (size - 1) + 1);
    const padding = [0, 1, 2, 3].map((side) => from(0, Math.floor(extent[side % 2]! / 2)));
    const shape = [from(1, 2), CHANNELS[from(0, CHANNELS.length - 1)]!, from(1, 17), from(1, 17)];
    if (extent.some((size, i) => size > shape[2 + i]! + padding[i]! + padding[2 + i]!)) continue;
    const window: Window = {
      kernel,
      stride: [from(1, 4), from(1, 4)],
      padding,
      ceilMode: random() < 0.5,
      ...(op === 'maxPool' ? { dilation } : { countIncludePad: random() < 0.5 }),
    };
    cases.push(poolCase(op, shape, window));
  }
  return cases;
}

const averageWindows = windows.flatMap((window) => [window, { ...window, countIncludePad: false }]);

export const cases: TestCase[] = [
  ...windows.flatMap((window) => [
    poolCase('maxPool', [1, 5, 7, 9], window),
    poolCase('maxPool', [2, 8, 8, 8], window),
    poolCase('maxPool', [1, 3, 9, 8], window, 'special'),
  ]),
  ...averageWindows.flatMap((window) => [
    poolCase('averagePool', [1, 5, 7, 9], window),
    poolCase('averagePool', [2, 4, 8, 6], window),
  ]),
  ...CHANNELS.map((channels) => poolCase('maxPool', [1, channels, 5, 5], windows[4]!)),
  ...CHANNELS.map((channels) => poolCase('averagePool', [1, channels, 5, 5], windows[4]!)),
  poolCase('maxPool', [2, MANY_CHANNELS, 5, 6], windows[4]!),
  poolCase('averagePool', [2, MANY_CHANNELS, 5, 6], windows[7]!),
  // A window larger than the picture, one that only ceilMode admits, and ones that meet nothing but padding.
  poolCase('maxPool', [1, 6, 2, 2], { kernel: [3, 3], stride: [2, 2], ceilMode: true }),
  poolCase('averagePool', [1, 6, 2, 2], { kernel: [3, 3], stride: [2, 2], ceilMode: true }),
  poolCase('maxPool', [1, 6, 1, 1], { kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] }),
  poolCase('averagePool', [1, 6, 1, 1], { kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] }),
  poolCase('maxPool', [1, 3, 4, 4], { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 2, 2] }),
  poolCase('averagePool', [1, 3, 4, 4], { kernel: [2, 2], stride: [2, 2], padding: [2, 2, 0, 0] }),
  poolCase('averagePool', [1, 3, 4, 4], { kernel: [2, 2], stride: [2, 2], padding: [2, 2, 0, 0], countIncludePad: false }),
  poolCase('maxPool', [1, 3, 1, 7], { kernel: [1, 2], stride: [1, 1], padding: [0, 2, 0, 0], dilation: [1, 4] }),
  ...randomPools('maxPool', 60),
  ...randomPools('averagePool', 60),
];
