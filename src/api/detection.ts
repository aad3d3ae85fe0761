// From the outputs of a detector to boxes in the picture. docs/detection.md says which outputs these are.
import { HetConvError } from '../graph/error.js';
import type { Box } from '../image/fit.js';
import type { CallOptions, Outputs } from '../runtime/session.js';
import type { PreparedPicture } from './preparation.js';

export interface Detection {
  /** The class: its position among the scores. */
  readonly index: number;
  /** Its name, or its index as text where the model has no labels. */
  readonly label: string;
  /** As the network gives it. */
  readonly score: number;
  /** In pixels of the upright picture. */
  readonly box: Box;
}

export interface DetectOptions extends CallOptions {
  /** Boxes with a lower score are left out. Default 0.25. */
  readonly minScore?: number;
  /** Of two boxes of one class that overlap by more (intersection over union), the better stays. Default 0.45. */
  readonly maxOverlap?: number;
  /** Default 100. */
  readonly topK?: number;
}

/** Boxes of one class that are compared with each other, best first. */
const MAX_CANDIDATES = 1000;

interface Candidates {
  readonly classes: number;
  /** How many boxes there are. */
  readonly count: number;
  /** In pixels of the network's input. */
  box(i: number): Box;
  score(index: number, i: number): number;
  /** Class and box of those that the network itself selected. */
  readonly selected?: readonly (readonly [index: number, i: number])[];
}

/** Best first. Throws `bad-option` on senseless options, and where the outputs are no detector's. */
export function detectionsOf(
  outputs: Outputs,
  picture: PreparedPicture,
  labels: readonly string[] | undefined,
  { minScore = 0.25, maxOverlap = 0.45, topK = 100 }: DetectOptions,
): Detection[] {
  if (!(minScore >= 0) || !(maxOverlap >= 0) || !Number.isInteger(topK) || topK < 1) {
    throw new HetConvError(
      'bad-option',
      `minScore and maxOverlap must be at least 0, topK a positive integer: ${minScore}, ${maxOverlap}, ${topK}`,
    );
  }
  const candidates = candidatesOf(outputs);
  const chosen =
    candidates.selected?.filter(([index, i]) => candidates.score(index, i) >= minScore) ??
    select(candidates, minScore, maxOverlap);
  return chosen
    .map(([index, i]) => ({ index, i, score: candidates.score(index, i) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, topK)
    .map(({ index, i, score }) => ({
      index,
      label: labels?.[index] ?? String(index),
      score,
      box: picture.toPicture(candidates.box(i)),
    }));
}

function candidatesOf(outputs: Outputs): Candidates {
  const { boxes, scores, selected } = outputs;
  const names = Object.keys(outputs);
  if (
    boxes &&
    scores &&
    boxes.shape.length === 3 &&
    boxes.shape[2] === 4 &&
    scores.shape.length === 3 &&
    scores.shape[2] === boxes.shape[1]
  ) {
    const [, classes = 0, count = 0] = scores.shape;
    const box = (i: number) => {
      const [left = 0, top = 0, right = 0, bottom = 0] = boxes.data.subarray(4 * i, 4 * i + 4);
      return { left, top, right, bottom };
    };
    const score = (index: number, i: number) => scores.data[index * count + i]!;
    return { classes, count, box, score, ...(selected && { selected: rowsOf(selected.data) }) };
  }
  const { shape, data } = outputs[names[0]!]!;
  const [, rows = 0, count = 0] = shape;
  if (names.length === 1 && shape.length === 3 && rows > 4) {
    const box = (i: number) => {
      const [x, y, width, height] = [0, 1, 2, 3].map((row) => data[row * count + i]!) as [number, number, number, number];
      return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
    };
    return { classes: rows - 4, count, box, score: (index, i) => data[(4 + index) * count + i]! };
  }
  throw new HetConvError(
    'bad-option',
    `the model is no detector: it needs outputs "boxes" [1, S, 4] and "scores" [1, C, S], or one of shape [1, 4 + C, S]; it has "${names.join('", "')}"`,
  );
}

/** Rows (picture, class, box), of which the unused have -1. */
function rowsOf(data: ArrayLike<number>): (readonly [number, number])[] {
  return Array.from({ length: data.length / 3 }, (_, row) => [data[3 * row + 1]!, data[3 * row + 2]!] as const).filter(
    ([index]) => index >= 0,
  );
}

/** Non-maximum suppression, class by class. */
function select({ classes, count, box, score }: Candidates, minScore: number, maxOverlap: number): (readonly [number, number])[] {
  const chosen: (readonly [number, number])[] = [];
  for (let index = 0; index < classes; index++) {
    const promising: number[] = [];
    for (let i = 0; i < count; i++) if (score(index, i) >= minScore) promising.push(i);
    promising.sort((a, b) => score(index, b) - score(index, a));
    const kept: Box[] = [];
    for (const i of promising.slice(0, MAX_CANDIDATES)) {
      const own = box(i);
      if (kept.some((other) => overlap(own, other) > maxOverlap)) continue;
      kept.push(own);
      chosen.push([index, i]);
    }
  }
  return chosen;
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const common = areaOf({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  return common === 0 ? 0 : common / (areaOf(a) + areaOf(b) - common);
}

function areaOf({ left, top, right, bottom }: Box): number {
  return Math.max(0, right - left) * Math.max(0, bottom - top);
}
