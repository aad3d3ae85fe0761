// Cases of what picks elements by their values: ties, NaN, every layout, one element and all.
import type { Shape } from '../../src/graph/graph.js';
import { exact, MANY_CHANNELS, type TestCase, type ValueKind } from './testCase.js';

const SHAPES: readonly Shape[] = [
  [1],
  [17],
  [3, 8],
  [2, 1, 5],
  [1, 9, 4],
  [1, 3, 4, 5],
  [2, 6, 3, 2],
  [2, 3, 2, 5, 4],
  [2, 3, 1, 4, 2, 5],
  [2, MANY_CHANNELS, 3, 2],
];
const KINDS: readonly ValueKind[] = ['integers', 'special', 'normal'];

function topKCase(shape: Shape, axis: number, k: number, largest: boolean, values: ValueKind): TestCase {
  return {
    name: `topK ${k} of [${shape}] along ${axis}${largest ? '' : ' smallest'} ${values}`,
    node: { op: 'topK', attributes: { k, axis, largest } },
    inputs: [{ shape, values }],
    outputs: 2,
    tolerance: exact,
  };
}

const best = SHAPES.flatMap((shape, s) =>
  shape.flatMap((size, axis) =>
    [...new Set([1, Math.ceil(size / 2), size])].flatMap((k, i) =>
      KINDS.map((values, v) => topKCase(shape, i % 2 === 0 ? axis : axis - shape.length, k, (s + i + v) % 3 !== 0, values)),
    ),
  ),
);

function suppressionCase(
  [batches, classes, count]: readonly [number, number, number],
  most: number,
  iouThreshold: number,
  scoreThreshold: number,
  centerPointBox: boolean,
  values: ValueKind,
): TestCase {
  const attributes = { maxOutputBoxesPerClass: most, iouThreshold, scoreThreshold, centerPointBox };
  return {
    name: `nonMaxSuppression [${[batches, classes, count]}] ${JSON.stringify(attributes)} ${values}`,
    node: { op: 'nonMaxSuppression', attributes },
    inputs: [
      // Areas of boxes near the end of f32's range overflow, which f64 does not show.
      { shape: [batches, count, 4], values: values === 'special' ? 'normal' : values },
      { shape: [batches, classes, count], values },
    ],
    tolerance: exact,
  };
}

const suppressions = (
  [
    [1, 1, 1],
    [1, 1, 20],
    [2, 3, 33],
    [1, 5, 100],
    [3, 1, 8],
  ] as const
).flatMap((sizes, i) =>
  ([0, 0.25, 0.5, 0.9] as const).flatMap((iouThreshold, j) =>
    KINDS.map((values, k) =>
      suppressionCase(
        sizes,
        [1, 3, 1000][(i + j) % 3]!,
        iouThreshold,
        [-Infinity, 0, 0.5][(j + k) % 3]!,
        (i + j + k) % 2 === 0,
        values,
      ),
    ),
  ),
);

export const cases: TestCase[] = [...best, topKCase([2, 1000], 1, 100, true, 'normal'), ...suppressions];
