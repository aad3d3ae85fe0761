// What picks elements by their values: the best of a line, and of overlapping boxes.
import { at, type Reference, tabulate, type Values } from './reference.js';

/** Below 0 where `a` comes before `b` in descending order; NaN is greatest. */
function descending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  return a === b ? 0 : a > b ? -1 : 1;
}

export const topK: Reference<{ k: number; axis: number; largest: boolean }> = ([x], { k, axis, largest }) => {
  const resolved = axis < 0 ? axis + x!.shape.length : axis;
  const pick = (result: (line: readonly number[], position: number) => number) =>
    tabulate(x!.shape.with(resolved, k), (index) => {
      const line = Array.from({ length: x!.shape[resolved]! }, (_, i) => at(x!, index.with(resolved, i)));
      const order = [...line.keys()].sort((i, j) => (largest ? 1 : -1) * descending(line[i]!, line[j]!) || i - j);
      return result(line, order[index[resolved]!]!);
    });
  return [pick((line, position) => line[position]!), pick((_, position) => position)];
};

type Box = readonly [low: readonly [number, number], high: readonly [number, number]];

function boxAt(boxes: Values, batch: number, i: number, isCentred: boolean): Box {
  const [a, b, c, d] = [0, 1, 2, 3].map((coordinate) => at(boxes, [batch, i, coordinate])) as [number, number, number, number];
  if (isCentred) {
    return [
      [a - c / 2, b - d / 2],
      [a + c / 2, b + d / 2],
    ];
  }
  return [
    [Math.min(a, c), Math.min(b, d)],
    [Math.max(a, c), Math.max(b, d)],
  ];
}

function intersectionOverUnion([aLow, aHigh]: Box, [bLow, bHigh]: Box): number {
  const shared = [0, 1].map((i) => Math.min(aHigh[i]!, bHigh[i]!) - Math.max(aLow[i]!, bLow[i]!));
  if (shared.some((length) => !(length > 0))) return 0;
  const area = (low: readonly number[], high: readonly number[]) => (high[0]! - low[0]!) * (high[1]! - low[1]!);
  const intersection = shared[0]! * shared[1]!;
  return intersection / (area(aLow, aHigh) + area(bLow, bHigh) - intersection);
}

interface SuppressionAttributes {
  maxOutputBoxesPerClass: number;
  iouThreshold: number;
  scoreThreshold: number;
  centerPointBox: boolean;
}

export const nonMaxSuppression: Reference<SuppressionAttributes> = ([boxes, scores], a) => {
  const [batches, classes, count] = scores!.shape as [number, number, number];
  const most = Math.min(a.maxOutputBoxesPerClass, count);
  const data = new Float64Array(batches * classes * most * 3).fill(-1);
  let row = 0;
  for (let batch = 0; batch < batches; batch++) {
    for (let category = 0; category < classes; category++) {
      const score = (i: number) => at(scores!, [batch, category, i]);
      const box = (i: number) => boxAt(boxes!, batch, i, a.centerPointBox);
      const candidates = Array.from({ length: count }, (_, i) => i).filter((i) => score(i) > a.scoreThreshold);
      const kept: number[] = [];
      for (const i of candidates.sort((x, y) => score(y) - score(x) || x - y)) {
        const isFree = kept.every((other) => !(intersectionOverUnion(box(i), box(other)) > a.iouThreshold));
        if (isFree && kept.length < most) kept.push(i);
      }
      for (const i of kept) data.set([batch, category, i], 3 * row++);
    }
  }
  return [{ shape: [data.length / 3, 3], data }];
};
