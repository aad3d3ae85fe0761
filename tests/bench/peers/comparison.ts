// Who is timed, and what the timings of one platform say: each contestant beside hetconv, in the rounds that they shared.
import { noiseFloorOf, type Ratio, ratioOf, type Samples, type Summary, summarise } from '../../../src/bench/statistics.js';

/** A contestant and what it is told; contestants/index.mjs says what its name means. */
export interface Entrant {
  readonly contestant: string;
  readonly threads: number;
  /** Of hetconv: without Winograd's filtering. */
  readonly accuracy?: 'direct';
  /** Of LiteRT.js: the binary without relaxed SIMD. */
  readonly build?: 'compat';
  /** The second of two that are alike; what they differ by is noise. */
  readonly copy?: true;
}

export interface Compared {
  readonly entrant: Entrant;
  readonly latency: Summary;
  /** How many times faster hetconv is, with one thread on the same platform; of hetconv itself 1. */
  readonly versus: Ratio;
}

/** Who did not run, and what it said. */
export interface Absent {
  readonly entrant: Entrant;
  readonly reason: string;
}

export const isHetConv = ({ contestant, accuracy, copy }: Entrant): boolean =>
  contestant === 'hetconv' && accuracy === undefined && !copy;

/** Throws where hetconv or its copy is missing. */
export function compare(platform: string, samples: ReadonlyMap<Entrant, Samples>): Compared[] {
  const all = [...samples];
  const [, own] = all.find(([entrant]) => isHetConv(entrant)) ?? [];
  const [, copy] = all.find(([entrant]) => entrant.copy) ?? [];
  if (!own || !copy) throw new Error(`hetconv did not run on ${platform}`);
  const noiseFloor = noiseFloorOf(own, copy, platform);
  return all.map(([entrant, theirs]) => {
    const seed = `${platform} ${entrant.contestant}`;
    return { entrant, latency: summarise(theirs, seed), versus: ratioOf(theirs, own, noiseFloor, seed) };
  });
}

/** A peer is faster, by more than noise. */
export const wins = ({ entrant, versus }: Compared): boolean =>
  entrant.contestant !== 'hetconv' && versus.speedUp < 1 && !versus.tie;

/** The fastest build of a contestant with so many threads. */
export function fastest<C extends Compared>(compared: readonly C[], contestant: string, threads = 1): C | undefined {
  const own = compared.filter(({ entrant }) => entrant.contestant === contestant && entrant.threads === threads);
  return own.toSorted((a, b) => a.versus.speedUp - b.versus.speedUp)[0];
}

/** As in 'LiteRT.js with 2 threads'. */
export const describe = ({ contestant, threads }: Entrant): string =>
  threads > 1 ? `${contestant} with ${threads} threads` : contestant;
