// Cases of resizing: every coordinate mode up, down and to odd ratios.
import { EPSILON, exact, greatest, MANY_CHANNELS, type TestCase, type Tolerance } from './testCase.js';

/**
 * Along each axis a weight is off by at most EPSILON, as is its complement (2 EPSILON · max|x| together); two products and their
 * sum round (2 EPSILON · max|x|).
 */
const blended: Tolerance = { relative: 0, absolute: (inputs) => 8 * EPSILON * greatest(inputs, 0) };

interface Attributes {
  readonly outputSize: readonly number[];
  readonly coordinateMode?: string;
  readonly nearestMode?: string;
  readonly scales?: readonly number[];
  readonly cubicCoefficient?: number;
  readonly excludeOutside?: boolean;
  readonly antialias?: boolean;
  readonly region?: readonly number[];
  readonly extrapolationValue?: number;
}

/**
 * `taps` products along each axis, each of a rounded weight, added up one by one; the magnitudes of an axis' weights sum up to less than 1.5
 * (1.375 halfway between two pixels, with the coefficient -0.75).
 */
function windowed(shape: readonly number[], { outputSize }: Attributes): Tolerance {
  const taps = outputSize.map((size, i) => 4 * Math.max(1, shape[2 + i]! / size) + 1);
  return { relative: 0, absolute: (inputs) => 1.5 ** 2 * (taps[0]! + taps[1]! + 4) * EPSILON * greatest(inputs, 0) };
}

function resizeCase(mode: 'nearest' | 'linear' | 'cubic', shape: readonly number[], attributes: Attributes): TestCase {
  const isWindow = mode === 'cubic' || attributes.antialias;
  return {
    name: `resize ${mode} [${shape}] ${JSON.stringify(attributes)}`,
    node: { op: 'resize', attributes: { mode, ...attributes } },
    inputs: [{ shape }],
    tolerance: isWindow ? windowed(shape, attributes) : mode === 'nearest' ? exact : blended,
  };
}

const COORDINATES = ['halfPixel', 'alignCorners', 'asymmetric', 'pytorchHalfPixel'];
const ROUNDINGS = ['roundPreferFloor', 'roundPreferCeil', 'floor', 'ceil'];
const SIZES: [input: number[], output: number[]][] = [
  [
    [1, 3, 4, 5],
    [8, 10],
  ],
  [
    [2, 4, 8, 6],
    [4, 3],
  ],
  [
    [1, 5, 7, 9],
    [3, 17],
  ],
  [
    [1, 17, 1, 1],
    [4, 1],
  ],
  [
    [1, 8, 5, 3],
    [1, 1],
  ],
  [
    [1, 1, 6, 7],
    [6, 7],
  ],
  [
    [1, 2, 3, 16],
    [31, 5],
  ],
];

/** Scales as files carry them, rounded to f32, and the sizes that they give. */
const scaled = [
  [2, 2],
  [1.5, 0.6],
  [0.75, 1.6],
  [1 / 3, 2.5],
].flatMap((scales) =>
  COORDINATES.flatMap((coordinateMode) => {
    const shape = [1, 6, 9, 10];
    const attributes = {
      outputSize: scales.map((scale, i) => Math.floor(shape[2 + i]! * scale + 1e-6)),
      coordinateMode,
      scales: scales.map(Math.fround),
    };
    return [
      resizeCase('linear', shape, attributes),
      ...ROUNDINGS.map((nearestMode) => resizeCase('nearest', shape, { ...attributes, nearestMode })),
    ];
  }),
);

/** Filters of more than two pixels: up, down and to odd ratios, pixels outside counted or not. */
const windows = SIZES.flatMap(([shape, outputSize]) =>
  [false, true].flatMap((antialias) =>
    [false, true].flatMap((excludeOutside, i) => [
      ...COORDINATES.map((coordinateMode) => {
        const cubicCoefficient = [-0.75, -0.5][i]!;
        return resizeCase('cubic', shape, { outputSize, coordinateMode, antialias, excludeOutside, cubicCoefficient });
      }),
      ...(antialias ? [resizeCase('linear', shape, { outputSize, antialias, excludeOutside })] : []),
    ]),
  ),
);

/**
 * A part of the picture, mirrored, wider than it, beside it; in halves and quarters of it, which f32 holds. Every size differs from the
 * input's: ONNX Runtime does not crop an axis that keeps its size.
 */
const crops = [
  [0, 0, 1, 1],
  [0.25, 0.5, 0.75, 1],
  [1, 0.75, 0.25, 0],
  [-0.5, -0.25, 1.5, 1.25],
  [0.25, 1.5, 0.75, 2],
].flatMap((region) =>
  (['nearest', 'linear', 'cubic'] as const).flatMap((mode) =>
    [
      [4, 3],
      [1, 9],
      [9, 1],
    ].map((outputSize) => {
      const attributes = { outputSize, coordinateMode: 'crop', region, extrapolationValue: -7.5 };
      return resizeCase(mode, [2, 5, 5, 7], attributes);
    }),
  ),
);

/** Scales that come to no whole number of pixels, and where TensorFlow 1 looked for the nearest one. */
const moved = (['nearest', 'linear', 'cubic'] as const).flatMap((mode) =>
  ['halfPixelSymmetric', 'tfHalfPixelForNearest'].map((coordinateMode) => {
    const scales = [1.3, 0.6].map(Math.fround);
    return resizeCase(mode, [1, 3, 9, 10], { outputSize: [11, 6], coordinateMode, scales });
  }),
);

const shifted = (['nearest', 'linear', 'cubic'] as const).map((mode) =>
  resizeCase(mode, [2, MANY_CHANNELS, 3, 4], { outputSize: [5, 3] }),
);

export const cases: TestCase[] = [
  ...SIZES.flatMap(([shape, outputSize]) =>
    COORDINATES.flatMap((coordinateMode) => [
      resizeCase('linear', shape, { outputSize, coordinateMode }),
      ...ROUNDINGS.map((nearestMode) => resizeCase('nearest', shape, { outputSize, coordinateMode, nearestMode })),
    ]),
  ),
  ...scaled,
  ...windows,
  ...crops,
  ...moved,
  ...shifted,
];
