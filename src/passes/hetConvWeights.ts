// Which channels a HetConv filter sees with K×K kernels, and its weights taken from dense ones.
import { type Constant, derive } from '../graph/constant.js';
import type { Shape } from '../graph/graph.js';

export interface Geometry {
  readonly outC: number;
  readonly inC: number;
  readonly part: number;
  readonly pattern: 'block' | 'shifted';
  /** Channels of a class: M/P. */
  readonly ownC: number;
  /** Taps of a kernel, and which of them is the centre. */
  readonly area: number;
  readonly centre: number;
}

/** Of a HetConv whose weight has shape [N, M/P, kH, kW]. */
export function geometryOf([outC, ownC, kernelH, kernelW]: Shape, part: number, pattern: Geometry['pattern']): Geometry {
  const area = kernelH! * kernelW!;
  return { outC: outC!, inC: ownC! * part, part, pattern, ownC: ownC!, area, centre: (area - 1) / 2 };
}

/** Class of a channel among `count`; filters and input channels have classes alike. */
export function classOf({ part, pattern }: Pick<Geometry, 'part' | 'pattern'>, channel: number, count: number): number {
  return pattern === 'block' ? Math.floor((channel * part) / count) : channel % part;
}

/** The channels that filter `n` sees with K×K kernels, ascending. */
export function ownChannels(geometry: Geometry, n: number): number[] {
  const { part, pattern, ownC, outC } = geometry;
  const k = classOf(geometry, n, outC);
  return Array.from({ length: ownC }, (_, j) => (pattern === 'block' ? k * ownC + j : j * part + k));
}

/** The channels that filter `n` sees with 1×1 kernels, ascending. */
export function otherChannels(geometry: Geometry, n: number): number[] {
  const { inC, outC } = geometry;
  const k = classOf(geometry, n, outC);
  return Array.from({ length: inC }, (_, m) => m).filter((m) => classOf(geometry, m, inC) !== k);
}

/** [N, M/P, kH, kW] out of a dense weight [N, M, kH, kW]. */
export function takeOwn(geometry: Geometry, dense: Constant): Constant {
  const { outC, inC, ownC, area } = geometry;
  return derive([outC, ownC, ...dense.shape.slice(2)], [dense], (source) => {
    const values = new Float32Array(outC * ownC * area);
    for (let n = 0; n < outC; n++) {
      ownChannels(geometry, n).forEach((m, j) => {
        const from = (n * inC + m) * area;
        values.set(source!.subarray(from, from + area), (n * ownC + j) * area);
      });
    }
    return values;
  });
}

/** [N, M - M/P, 1, 1] out of a dense weight with `area` taps a kernel, of which it takes number `tap`. */
export function splitPointwise(geometry: Geometry, dense: Constant, area: number, tap: number): Constant {
  const { outC, inC, ownC, part } = geometry;
  const otherC = inC - ownC;
  return derive([outC, otherC, 1, 1], [dense], (source) => {
    const values = new Float32Array(outC * otherC);
    const others = Array.from({ length: part }, (_, k) => otherChannels(geometry, firstFilter(geometry, k)));
    for (let n = 0; n < outC; n++) {
      others[classOf(geometry, n, outC)]!.forEach((m, j) => {
        values[n * otherC + j] = source![(n * inC + m) * area + tap]!;
      });
    }
    return values;
  });
}

function firstFilter({ pattern, outC, part }: Geometry, k: number): number {
  return pattern === 'block' ? (k * outC) / part : k;
}

/**
 * The largest part, if any above 1, whose pattern has every non-zero off-centre tap of a dense weight [N, M, kH, kW]
 * on own channels. Reads no further than the filters that rule all parts out.
 */
export function supportedPattern(weight: Required<Constant>): Pick<Geometry, 'part' | 'pattern'> | undefined {
  const [outC, inC, kernelH, kernelW] = weight.shape as [number, number, number, number];
  let shifted = gcd(outC, inC);
  let blocks = divisors(shifted);
  if (blocks.length === 0) return undefined;
  const values = weight.read();
  const area = kernelH * kernelW;
  for (let n = 0; n < outC && (shifted > 1 || blocks.length > 0); n++) {
    let first = inC;
    let last = -1;
    for (let m = 0; m < inC; m++) {
      if (!isSpatial(values, (n * inC + m) * area, area)) continue;
      first = Math.min(first, m);
      last = m;
      shifted = gcd(shifted, Math.abs(n - m));
    }
    if (last < 0) continue;
    blocks = blocks.filter((part) => {
      const k = Math.floor((n * part) / outC);
      return Math.floor((first * part) / inC) === k && Math.floor((last * part) / inC) === k;
    });
  }
  const block = blocks.at(-1) ?? 1;
  if (block === 1 && shifted === 1) return undefined;
  return block >= shifted ? { part: block, pattern: 'block' } : { part: shifted, pattern: 'shifted' };
}

/** Whether a kernel has a non-zero tap besides its centre. */
function isSpatial(values: Float32Array, begin: number, area: number): boolean {
  const centre = begin + (area - 1) / 2;
  for (let at = begin; at < begin + area; at++) if (values[at] !== 0 && at !== centre) return true;
  return false;
}

/** Divisors above 1, ascending. */
function divisors(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1).filter((part) => part > 1 && count % part === 0);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
