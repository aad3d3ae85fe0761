// From the scores of a classifier to named classes with their probabilities.
import { HetConvError } from '../graph/error.js';

export interface Classification {
  /** The class's position in the network's output. */
  readonly index: number;
  /** Its name, or its index as text where the model has no labels. */
  readonly label: string;
  /** 0…1; the probabilities of all classes sum to 1. */
  readonly probability: number;
}

/** The `topK` likeliest classes, best first; ties in order of index. */
export function rank(probabilities: ArrayLike<number>, labels: readonly string[] | undefined, topK: number): Classification[] {
  if (!Number.isInteger(topK) || topK < 1) throw new HetConvError('bad-option', `topK must be a positive integer, it is ${topK}`);
  return Array.from(probabilities, (probability, index) => ({ index, label: labels?.[index] ?? String(index), probability }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index)
    .slice(0, topK);
}

/** exp(x - max) / sum, in f64. */
export function softmax(scores: ArrayLike<number>): number[] {
  const values = Array.from(scores);
  const max = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = values.map((value) => exp(value - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** e^x for x ≤ 0, the same bits on every engine (Math.exp is not): e^x = 2^n · e^r with |r| ≤ ln2 / 2, e^r by its Taylor series. */
function exp(x: number): number {
  if (!(x >= -745)) return Number.isNaN(x) ? x : 0;
  const n = Math.round(x / Math.LN2);
  const r = x - n * Math.LN2;
  let sum = 1;
  for (let k = 16; k > 0; k--) sum = 1 + (r / k) * sum;
  return sum * 2 ** n;
}
