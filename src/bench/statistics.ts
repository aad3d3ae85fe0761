// What many timings say: medians that a few disturbed ones do not move, and how sure they are.
import { seededRandom } from './random.js';

/** Standard deviations of a normal distribution in one median absolute deviation. */
const NORMAL = 1.4826;
/** A timing so many deviations above the median was disturbed, unless it is within `HARMLESS` of it. */
const DISTURBED = 6;
const HARMLESS = 1.05;
const RESAMPLES = 1000;
const CONFIDENCE = 0.95;

export type Interval = readonly [low: number, high: number];

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** Of sorted values, between neighbours in proportion. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}

/** Median absolute deviation from the median. */
export function deviation(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/** Above this a timing is an outlier: what delays a run only ever makes it longer. */
export function outlierBound(values: readonly number[]): number {
  const middle = median(values);
  return Math.max(middle * HARMLESS, middle + DISTURBED * NORMAL * deviation(values));
}

/** The 95 % interval of the median by the percentile bootstrap; the seed makes it repeatable. */
export function medianInterval(values: readonly number[], seed: string): Interval {
  const random = seededRandom(seed);
  const medians = Array.from({ length: RESAMPLES }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)]!)),
  ).sort((a, b) => a - b);
  return [quantile(medians, (1 - CONFIDENCE) / 2), quantile(medians, (1 + CONFIDENCE) / 2)];
}

/** Timings of one contestant, in milliseconds of one run. */
export interface Samples {
  /** Of each round, the median of its undisturbed runs. */
  readonly rounds: readonly number[];
  /** Every undisturbed run; every run where all were disturbed. */
  readonly kept: readonly number[];
  /** How many timings were preempted or outliers. */
  readonly dropped: number;
}

export interface Summary {
  readonly medianMs: number;
  /** 95 % bootstrap interval of the median. */
  readonly interval: Interval;
  readonly minMs: number;
  /** Median absolute deviation. */
  readonly madMs: number;
  readonly kept: number;
  readonly dropped: number;
  /** More runs were dropped than kept, or the interval is wider than 5 % of the median. */
  readonly noisy: boolean;
}

const NOISY_WIDTH = 0.05;

export function summarise({ rounds, kept, dropped }: Samples, seed: string): Summary {
  const medianMs = median(rounds);
  const interval = medianInterval(rounds, seed);
  return {
    medianMs,
    interval,
    minMs: Math.min(...kept),
    madMs: deviation(kept),
    kept: kept.length,
    dropped,
    noisy: dropped > kept.length || interval[1] - interval[0] > NOISY_WIDTH * medianMs,
  };
}

export interface Ratio {
  /** How many times faster than the baseline. */
  readonly speedUp: number;
  /** Its 95 % interval, the noise floor included. */
  readonly interval: Interval;
  /** The difference is within noise. */
  readonly tie: boolean;
}

/**
 * How many times faster `own` is than `baseline`. Both were timed in the same rounds: each gives one ratio, which a machine that
 * slows down for a while changes little. `noiseFloor` is the relative difference that two copies of one thing show.
 */
export function ratioOf(baseline: Samples, own: Samples, noiseFloor: number, seed: string): Ratio {
  const ratios = baseline.rounds.map((ms, round) => ms / own.rounds[round]!);
  const [low, high] = medianInterval(ratios, seed);
  const interval: Interval = [low / (1 + noiseFloor), high * (1 + noiseFloor)];
  return { speedUp: median(ratios), interval, tie: interval[0] <= 1 && 1 <= interval[1] };
}

/** The greatest relative difference that two copies of one thing may show. */
export function noiseFloorOf(one: Samples, other: Samples, seed: string): number {
  const [low, high] = ratioOf(one, other, 0, seed).interval;
  return Math.max(high, 1 / low) - 1;
}
