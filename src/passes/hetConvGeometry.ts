// Classes of channels and filters: which channels a HetConv filter has K×K kernels on, and where their weights lie.
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

/** Multiply-accumulates of a HetConv for one pixel. */
export function hetConvMacs({ outC, inC, ownC, area }: Geometry): number {
  return outC * (ownC * area + inC - ownC);
}

/** Class of a channel among `count`; filters and input channels have classes alike. */
export function classOf({ part, pattern }: Pick<Geometry, 'part' | 'pattern'>, channel: number, count: number): number {
  return pattern === 'block' ? Math.floor((channel * part) / count) : channel % part;
}

/** The channels of class `k`, on which its filters have K×K kernels, ascending. */
export function ownChannels({ part, pattern, ownC }: Geometry, k: number): number[] {
  return Array.from({ length: ownC }, (_, j) => (pattern === 'block' ? k * ownC + j : j * part + k));
}

/** The channels of all other classes, on which filters of class `k` have 1×1 kernels, ascending. */
export function otherChannels(geometry: Geometry, k: number): number[] {
  const { inC } = geometry;
  return Array.from({ length: inC }, (_, m) => m).filter((m) => classOf(geometry, m, inC) !== k);
}

/** Place of channel `m` among those of its class. */
export function ownIndex({ part, pattern, ownC }: Geometry, m: number): number {
  return pattern === 'block' ? m % ownC : Math.floor(m / part);
}

/** Place of channel `m` among those that are not of class `k`. */
export function otherIndex({ part, pattern, ownC }: Geometry, m: number, k: number): number {
  if (pattern === 'block') return m < k * ownC ? m : m - ownC;
  return m - Math.max(0, Math.ceil((m - k) / part));
}

/** The largest numbers of classes, in blocks and shifted, in which filters lie on channels of their own class alone; 1 if there are none. */
export interface Classes {
  readonly block: number;
  readonly shifted: number;
}

/** `channelsOf` gives the channels of a filter; it is not asked for filters behind those that rule all classes out. */
export function classesOf(outC: number, inC: number, channelsOf: (n: number) => readonly number[]): Classes {
  let shifted = gcd(outC, inC);
  let blocks = divisors(shifted);
  for (let n = 0; n < outC && (shifted > 1 || blocks.length > 0); n++) {
    let first = inC;
    let last = -1;
    for (const m of channelsOf(n)) {
      if (m < first) first = m;
      if (m > last) last = m;
      if (shifted > 1) shifted = gcd(shifted, Math.abs(n - m));
    }
    if (last < 0) continue;
    blocks = blocks.filter((part) => {
      const k = Math.floor((n * part) / outC);
      return Math.floor((first * part) / inC) === k && Math.floor((last * part) / inC) === k;
    });
  }
  return { block: blocks.at(-1) ?? 1, shifted };
}

/** The HetConv pattern of most parts; undefined if there is none. */
export function patternOf({ block, shifted }: Classes): Pick<Geometry, 'part' | 'pattern'> | undefined {
  if (block === 1 && shifted === 1) return undefined;
  return block >= shifted ? { part: block, pattern: 'block' } : { part: shifted, pattern: 'shifted' };
}

/** Divisors above 1, ascending. */
function divisors(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1).filter((part) => part > 1 && count % part === 0);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
