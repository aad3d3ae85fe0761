// Convolutions of every kind over sizes at and around vector and tile widths.
import type { Attribute, Shape } from '../../src/graph/graph.js';
import { EPSILON, greatest, MANY_CHANNELS, type TestCase, type Tolerance } from './testCase.js';

interface Window {
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: readonly [number, number];
}

/**
 * A sum of `terms` products in f32, in any order, fused or not, is within (terms + 1)·eps·Σ|x·w| of the exact one to first
 * order (Higham 2002, section 3.1, eps half a unit in the last place); Σ|x·w| ≤ terms·max|x|·max|w| is far from tight, and
 * rounding errors of random data add up like a random walk, so the bound taken is c·eps·(terms + 1)·max|x|·max|w| with c = 1.
 */
export const dotProduct = (terms: number, weights: readonly number[], addends: readonly number[]): Tolerance => ({
  relative: 2 * EPSILON,
  absolute: (inputs) => {
    const weight = weights.reduce((most, i) => Math.max(most, greatest(inputs, i)), 0);
    const added = addends.reduce((sum, i) => sum + greatest(inputs, i), 0);
    return EPSILON * ((terms + 1) * greatest(inputs, 0) * weight + 2 * added);
  },
});

const sizesOf = (shape: Shape) => shape.join('x');
const describe = (parts: Record<string, unknown>) =>
  Object.entries(parts)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}${Array.isArray(value) ? value.join('.') : value}`)
    .join(' ');

interface Extras {
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly clamp?: readonly [number, number];
  readonly batch?: number;
}

const attributesOf = ({ stride, padding, dilation }: Window, { clamp }: Extras): Record<string, Attribute> => ({
  ...(stride && { stride }),
  ...(padding && { padding }),
  ...(dilation && { dilation }),
  ...(clamp && { clampMin: clamp[0], clampMax: clamp[1] }),
});

function outputShape(
  input: Shape,
  outC: number,
  { kernel, stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1] }: Window,
): number[] {
  const extent = (i: 0 | 1) =>
    Math.floor((input[2 + i]! + padding[i]! + padding[2 + i]! - dilation[i]! * (kernel[i]! - 1) - 1) / stride[i]!) + 1;
  return [input[0]!, outC, extent(0), extent(1)];
}

function conv(inC: number, outC: number, groups: number, h: number, w: number, window: Window, extras: Extras = {}): TestCase {
  const { bias = true, residual = false, batch = 1 } = extras;
  const shape = [batch, inC, h, w];
  const perGroup = inC / groups;
  return {
    name: `conv ${sizesOf(shape)} to ${outC} ${describe({ g: groups, k: window.kernel, s: window.stride, p: window.padding, d: window.dilation, c: extras.clamp, b: +bias, r: +residual })}`,
    node: { op: 'conv', attributes: { groups, ...attributesOf(window, extras) } },
    inputs: [
      { shape },
      { shape: [outC, perGroup, ...window.kernel], constant: true },
      bias ? { shape: [outC], constant: true } : undefined,
      residual ? { shape: outputShape(shape, outC, window) } : undefined,
    ],
    tolerance: dotProduct(perGroup * window.kernel[0] * window.kernel[1], [1], [2, 3]),
  };
}

function hetConv(inC: number, outC: number, part: number, h: number, w: number, window: Window, extras: Extras = {}): TestCase {
  const { bias = true, residual = false, batch = 1 } = extras;
  const shape = [batch, inC, h, w];
  const own = inC / part;
  return {
    name: `hetConv ${sizesOf(shape)} to ${outC} ${describe({ P: part, k: window.kernel, s: window.stride, p: window.padding, d: window.dilation, c: extras.clamp, b: +bias, r: +residual })}`,
    node: { op: 'hetConv', attributes: { part, ...attributesOf(window, extras) } },
    inputs: [
      { shape },
      { shape: [outC, own, ...window.kernel], constant: true },
      { shape: [outC, inC - own, 1, 1], constant: true },
      bias ? { shape: [outC], constant: true } : undefined,
      residual ? { shape: outputShape(shape, outC, window) } : undefined,
    ],
    tolerance: dotProduct(own * window.kernel[0] * window.kernel[1] + inC - own, [1, 2], [3, 4]),
  };
}

function convTranspose(
  inC: number,
  outC: number,
  groups: number,
  h: number,
  w: number,
  window: Window,
  outputPadding?: readonly number[],
): TestCase {
  const shape = [1, inC, h, w];
  return {
    name: `convTranspose ${sizesOf(shape)} to ${outC} ${describe({ g: groups, k: window.kernel, s: window.stride, p: window.padding, d: window.dilation, o: outputPadding })}`,
    node: { op: 'convTranspose', attributes: { groups, ...attributesOf(window, {}), ...(outputPadding && { outputPadding }) } },
    inputs: [{ shape }, { shape: [inC, outC / groups, ...window.kernel], constant: true }, { shape: [outC], constant: true }],
    tolerance: dotProduct((inC / groups) * window.kernel[0] * window.kernel[1], [1], [2]),
  };
}

function linear(batch: number, inC: number, outC: number, bias = true): TestCase {
  return {
    name: `linear ${batch}x${inC} to ${outC} b${+bias}`,
    node: { op: 'linear', attributes: {} },
    inputs: [
      { shape: [batch, inC] },
      { shape: [outC, inC], constant: true },
      bias ? { shape: [outC], constant: true } : undefined,
    ],
    tolerance: dotProduct(inC, [1], [2]),
  };
}

const same = (k: number, dilation = 1): readonly [number, number, number, number] => {
  const pad = (dilation * (k - 1)) / 2;
  return [pad, pad, pad, pad];
};
const square = (k: number, s = 1, d = 1): Window => ({ kernel: [k, k], stride: [s, s], padding: same(k, d), dilation: [d, d] });

const WINDOWS: readonly Window[] = [
  square(1),
  square(3),
  square(5),
  square(7),
  square(3, 2),
  square(1, 2),
  square(5, 2),
  square(3, 3),
  square(3, 1, 2),
  square(3, 2, 3),
  { kernel: [3, 3] },
  { kernel: [1, 3], padding: [0, 1, 0, 1] },
  { kernel: [5, 1], padding: [2, 0, 2, 0] },
  { kernel: [3, 3], padding: [0, 0, 2, 2] },
  { kernel: [3, 3], padding: [2, 1, 0, 1], stride: [2, 1] },
  { kernel: [3, 5], padding: [1, 2, 1, 2], stride: [1, 2], dilation: [2, 1] },
];
const SIZES: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 2],
  [1, 5],
  [3, 2],
  [4, 4],
  [5, 7],
  [8, 8],
  [9, 6],
];
const fits = (h: number, w: number, { kernel, padding = [0, 0, 0, 0], dilation = [1, 1] }: Window) =>
  h + padding[0] + padding[2] >= dilation[0] * (kernel[0] - 1) + 1 &&
  w + padding[1] + padding[3] >= dilation[1] * (kernel[1] - 1) + 1;

const denseChannels: readonly (readonly [number, number])[] = [
  [1, 1],
  [3, 8],
  [3, 5],
  [4, 16],
  [7, 9],
  [8, 17],
  [16, 31],
];
const dense = denseChannels.flatMap(([inC, outC], i) =>
  WINDOWS.flatMap((window, j) =>
    SIZES.filter(([h, w], k) => fits(h, w, window) && (i + j + k) % 2 === 0).map(([h, w], k) =>
      conv(inC, outC, 1, h, w, window, {
        bias: (i + j + k) % 3 !== 0,
        residual: (i + k) % 3 === 1,
        ...(j % 3 === 1 && { clamp: [0, 6] as const }),
        batch: (i + j + k) % 5 === 0 ? 2 : 1,
      }),
    ),
  ),
);

const groupedChannels: readonly (readonly [number, number, number])[] = [
  [4, 4, 2],
  [6, 9, 3],
  [8, 8, 4],
  [10, 20, 5],
  [16, 16, 2],
  [16, 32, 4],
  [24, 18, 6],
  [34, 22, 2],
];
const grouped = groupedChannels.flatMap(([inC, outC, groups], i) =>
  WINDOWS.flatMap((window, j) =>
    SIZES.filter(([h, w], k) => fits(h, w, window) && (i + j + k) % 3 === 0).map(([h, w], k) =>
      conv(inC, outC, groups, h, w, window, { bias: (j + k) % 2 === 0, residual: (i + j) % 3 === 1 }),
    ),
  ),
);

/** [M, N, P]: M/P and N/P of 1, 2, 3, 4, 5, 8, 55 and 86, whether or not a vector width divides them. */
const hetChannels: readonly (readonly [number, number, number])[] = [
  [2, 2, 2],
  [4, 8, 4],
  [8, 8, 8],
  [8, 16, 2],
  [6, 6, 3],
  [12, 20, 4],
  [16, 16, 16],
  [16, 32, 8],
  [15, 25, 5],
  [32, 32, 4],
  [110, 6, 2],
  [4, 172, 2],
  [28, 34, 2],
];
const HET_WINDOWS = WINDOWS.filter(({ kernel }) => kernel[0] * kernel[1] > 1);
const het = hetChannels.flatMap(([inC, outC, part], i) =>
  HET_WINDOWS.flatMap((window, j) =>
    SIZES.filter(([h, w], k) => fits(h, w, window) && (i + j + k) % 3 === 0).map(([h, w], k) =>
      hetConv(inC, outC, part, h, w, window, {
        bias: (i + k) % 2 === 0,
        residual: (j + k) % 3 === 1,
        ...(j % 4 === 1 && { clamp: [0, Number.POSITIVE_INFINITY] as const }),
        batch: (i + j + k) % 7 === 0 ? 2 : 1,
      }),
    ),
  ),
);

const transposedWindows: readonly (readonly [Window, (readonly number[])?])[] = [
  [{ kernel: [2, 2], stride: [2, 2] }],
  [{ kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] }, [1, 1]],
  [{ kernel: [4, 4], stride: [2, 2], padding: [1, 1, 1, 1] }],
  [{ kernel: [3, 3] }],
  [{ kernel: [1, 1], stride: [3, 3] }],
  [{ kernel: [3, 2], stride: [3, 1], padding: [1, 0, 0, 1], dilation: [2, 1] }],
  [{ kernel: [5, 5], stride: [4, 3], padding: [2, 2, 2, 2] }, [3, 1]],
  [{ kernel: [2, 3], stride: [4, 4] }],
];
const transposedChannels: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [3, 8, 1],
  [8, 5, 1],
  [4, 6, 2],
  [9, 9, 9],
];
const transposed = transposedChannels.flatMap(([inC, outC, groups], i) =>
  transposedWindows.flatMap(([window, outputPadding], j) =>
    SIZES.filter((_, k) => (i + j + k) % 2 === 0)
      .map(([h, w]) => convTranspose(inC, outC, groups, h, w, window, outputPadding))
      .filter(({ inputs, node }) => positiveOutput(inputs[0]!.shape, inputs[1]!.shape, node.attributes)),
  ),
);
function positiveOutput(input: Shape, weight: Shape, attributes: Readonly<Record<string, Attribute>>): boolean {
  const list = (name: string, i: number, otherwise: number) =>
    (attributes[name] as readonly number[] | undefined)?.[i] ?? otherwise;
  return [0, 1].every(
    (i) =>
      (input[2 + i]! - 1) * list('stride', i, 1) + list('dilation', i, 1) * (weight[2 + i]! - 1) + 1 >
      list('padding', i, 0) + list('padding', 2 + i, 0) - list('outputPadding', i, 0),
  );
}

const fullyConnected = [1, 2, 3, 7].flatMap((batch) =>
  [1, 3, 8, 33, 100].flatMap((inC) => [1, 4, 7, 10, 16, 35].map((outC) => linear(batch, inC, outC, (inC + outC) % 2 === 0))),
);

/** Shifted rows on either side, and of the residual. */
const shifted = [square(3), square(3, 2), square(5), square(3, 1, 2)].flatMap((window, i) => {
  const [h, w] = SIZES[5 + (i % 3)]!;
  return [
    conv(MANY_CHANNELS, 9, 1, h, w, window, { residual: true, batch: 2 }),
    conv(3, MANY_CHANNELS, 1, h, w, window, { residual: true, clamp: [0, 6] }),
    conv(MANY_CHANNELS, MANY_CHANNELS, 8, h, w, window),
    hetConv(MANY_CHANNELS, MANY_CHANNELS, 16, h, w, window, { residual: true }),
    convTranspose(MANY_CHANNELS, MANY_CHANNELS, 16, h, w, window),
  ];
});

export const cases: readonly TestCase[] = [...dense, ...grouped, ...het, ...transposed, ...shifted, ...fullyConnected];
