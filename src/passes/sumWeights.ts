// The weights of one convolution that computes what the terms of a sum do.
import { type Constant, derive } from '../graph/constant.js';
import type { WindowAttributes } from '../ops/convolution.js';
import type { Term } from './convolutionSum.js';
import { classOf, type Geometry, otherIndex, ownIndex } from './hetConvGeometry.js';

export interface Window extends WindowAttributes {
  readonly kernel: readonly [number, number];
}

export interface SummedWeights {
  /** [N, M/P, kH, kW] */
  readonly weight: Constant;
  /** [N, M - M/P, 1, 1] */
  readonly pointwise: Constant;
  /** [N], if a term has one. */
  readonly bias: Constant | undefined;
}

/** For each tap of a term the one of `window` that reads the same pixel; undefined if one of them has none. */
export function tapsWithin(
  { weight, window }: Term,
  { kernel, padding, dilation }: WindowAttributes & Window,
): number[] | undefined {
  const [rows, columns] = [0, 1].map((axis) =>
    Array.from({ length: weight.shape[2 + axis]! }, (_, tap) => {
      const offset = tap * window.dilation[axis]! - window.padding[axis]! + padding[axis]!;
      return offset / dilation[axis]!;
    }),
  ) as [number[], number[]];
  const fits = (taps: readonly number[], size: number) => taps.every((tap) => Number.isInteger(tap) && tap >= 0 && tap < size);
  if (!fits(rows, kernel[0]) || !fits(columns, kernel[1])) return undefined;
  return rows.flatMap((row) => columns.map((column) => row * kernel[1] + column));
}

/**
 * Kernels on a filter's own class are summed tap by tap, of those on other channels the centre taps: the others must be zero.
 * Every term lies within `window`.
 */
export function sumWeights(terms: readonly Term[], window: Window, geometry: Geometry): SummedWeights {
  const { outC, inC, ownC, area, centre } = geometry;
  const otherC = inC - ownC;
  const isOwn = (n: number, m: number) => classOf(geometry, n, outC) === classOf(geometry, m, inC);
  const weight = accumulate(terms, [outC, ownC, ...window.kernel], (term, add) => {
    const taps = tapsWithin(term, window)!;
    forEachKernel(term, (n, m, from) => {
      if (!isOwn(n, m)) return;
      const to = (n * ownC + ownIndex(geometry, m)) * area;
      taps.forEach((tap, i) => {
        add(to + tap, from + i);
      });
    });
  });
  const pointwise = accumulate(terms, [outC, otherC, 1, 1], (term, add) => {
    const tap = tapsWithin(term, window)!.indexOf(centre);
    if (tap < 0) return;
    forEachKernel(term, (n, m, from) => {
      if (!isOwn(n, m)) add(n * otherC + otherIndex(geometry, m, classOf(geometry, n, outC)), from + tap);
    });
  });
  const biased = terms.filter(({ bias }) => bias);
  const bias = accumulate(
    biased,
    [outC],
    ({ rows }, add) => {
      for (const { filter, row } of rows) add(filter, row);
    },
    ({ bias }) => bias!,
  );
  return { weight, pointwise, bias: biased.length > 0 ? bias : undefined };
}

/** Calls `visit` with filter, channel and place in the weight of each kernel of a term. */
function forEachKernel({ rows, weight, channelsOf }: Term, visit: (filter: number, channel: number, from: number) => void): void {
  const [, each, kernelH, kernelW] = weight.shape as [number, number, number, number];
  for (const { filter, row } of rows) {
    channelsOf(row).forEach((channel, j) => {
      visit(filter, channel, (row * each + j) * kernelH * kernelW);
    });
  }
}

type Add = (to: number, from: number) => void;

/** Two summands are rounded once in f32 already; more are summed in f64. */
function accumulate(
  terms: readonly Term[],
  shape: readonly number[],
  each: (term: Term, add: Add) => void,
  valuesOf: (term: Term) => Constant = ({ weight }) => weight,
): Constant {
  const count = shape.reduce((product, size) => product * size, 1);
  return derive(shape, terms.map(valuesOf), (...values) => {
    const sums = terms.length > 2 ? new Float64Array(count) : new Float32Array(count);
    terms.forEach((term, i) => {
      const { sign } = term;
      const source = values[i]!;
      each(term, (to, from) => {
        sums[to]! += sign * source[from]!;
      });
    });
    return sums instanceof Float32Array ? sums : Float32Array.from(sums);
  });
}
