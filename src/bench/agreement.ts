// Whether two benchmarks of the same networks found the same ratios: what a repetition, or another machine, has to show.
import type { Accuracy } from '../ops/op.js';
import type { Variant } from '../runtime/variants.js';
import type { Ratio } from './statistics.js';

/** What it needs to know of a record, and what a reader of a file must check. */
export interface RatioNetwork {
  readonly name: string;
  readonly baseline: string;
  readonly rows: readonly RatioRow[];
}

export interface RatioRow {
  readonly entry: string;
  readonly variant: Variant;
  readonly accuracy: Accuracy;
  readonly versusDirect: Ratio;
  readonly speedUps: readonly LayerRatio[];
}

export interface LayerRatio extends Ratio {
  readonly layer: string;
}

/** A speed-up over the direct baseline that both records have. */
export interface Agreement {
  readonly network: string;
  readonly entry: string;
  readonly variant: Variant;
  readonly accuracy: Accuracy;
  /** Absent for a network as a whole. */
  readonly layer?: string;
  readonly first: Ratio;
  readonly second: Ratio;
  /** Their 95 % intervals meet. */
  readonly agrees: boolean;
  /** By how much the second is larger than the first, as a share. */
  readonly change: number;
}

/** Of the rows of both; of their layers too. The direct baseline itself has no ratio. */
export function agreements(one: readonly RatioNetwork[], other: readonly RatioNetwork[]): Agreement[] {
  return one.flatMap(({ name, baseline, rows }) => {
    const others = other.find((network) => network.name === name && network.baseline === baseline)?.rows ?? [];
    return rows.flatMap(({ entry, variant, accuracy, versusDirect, speedUps }) => {
      const twin = others.find((row) => row.entry === entry && row.variant === variant && row.accuracy === accuracy);
      if (!twin || (entry === baseline && accuracy === 'direct')) return [];
      const about = { network: name, entry, variant, accuracy };
      const layers = speedUps.flatMap((first) => {
        const second = twin.speedUps.find(({ layer }) => layer === first.layer);
        return second ? [{ ...about, layer: first.layer, ...compared(first, second) }] : [];
      });
      return [{ ...about, ...compared(versusDirect, twin.versusDirect) }, ...layers];
    });
  });
}

function compared(first: Ratio, second: Ratio): Pick<Agreement, 'first' | 'second' | 'agrees' | 'change'> {
  const agrees = first.interval[0] <= second.interval[1] && second.interval[0] <= first.interval[1];
  return { first, second, agrees, change: second.speedUp / first.speedUp - 1 };
}

export interface Share {
  readonly agree: number;
  readonly of: number;
}

export function shareOf(all: readonly Agreement[]): Share {
  return { agree: all.filter(({ agrees }) => agrees).length, of: all.length };
}
