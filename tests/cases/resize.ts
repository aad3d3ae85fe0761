// Cases of resizing: every coordinate mode up, down and to odd ratios.
import { EPSILON, exact, greatest, type TestCase, type Tolerance } from './testCase.js';

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
}

function resizeCase(mode: 'nearest' | 'linear', shape: readonly number[], attributes: Attributes): TestCase {
  return {
    name: `resize ${mode} [${shape}] ${JSON.stringify(attributes)}`,
    node: { op: 'resize', attributes: { mode, ...attributes } },
    inputs: [{ shape }],
    tolerance: mode === 'nearest' ? exact : blended,
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

export const cases: TestCase[] = [
  ...SIZES.flatMap(([shape, outputSize]) =>
    COORDINATES.flatMap((coordinateMode) => [
      resizeCase('linear', shape, { outputSize, coordinateMode }),
      ...ROUNDINGS.map((nearestMode) => resizeCase('nearest', shape, { outputSize, coordinateMode, nearestMode })),
    ]),
  ),
  ...scaled,
];
