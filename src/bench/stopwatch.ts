// Times one thing: warms it up, takes timings that the clock can tell, and says which of them were disturbed.
import { type Clock, resolutionOf } from './clock.js';
import { median, outlierBound, type Samples } from './statistics.js';

/** Does the work once. A promise that it returns is awaited. */
export type Work = () => unknown;

export interface Timing {
  /** Milliseconds of one run. */
  readonly ms: number;
  /** As far as the platform tells. */
  readonly preempted: boolean;
}

/** A timing lasts so many steps of the clock: it is off by half a percent at most. */
const CLOCK_STEPS = 200;
/** So many timings say that one is long enough. */
const CONFIRMING = 3;
/** In a turn, at most so many times the wanted timings to replace preempted ones. */
const RETRIES = 2;
/** A run that the processor worked on for less than this was preempted: milliseconds, and share of its time. */
const PREEMPTED_MS = 0.03;
const PREEMPTED_SHARE = 0.04;
/** An engine is done optimising when so many runs took no less time than as many before; it gets up to `LONGEST_WARM_UP` times the wanted time. */
const STEADY_RUNS = 4;
const STEADY = 0.97;
const LONGEST_WARM_UP = 8;

/** Milliseconds that a timing must last for the clock to tell it. */
export function shortestTiming(clock: Clock): number {
  return CLOCK_STEPS * resolutionOf(clock);
}

/** Runs until the engine has optimised, `wantedMs` at least. */
export async function warmUp(run: Work, { now }: Clock, wantedMs: number): Promise<void> {
  const begin = now();
  const times: number[] = [];
  const steady = (): boolean => {
    if (times.length < 2 * STEADY_RUNS) return false;
    return median(times.slice(-STEADY_RUNS)) >= STEADY * median(times.slice(-2 * STEADY_RUNS, -STEADY_RUNS));
  };
  for (let end = begin; end - begin < wantedMs || (end - begin < LONGEST_WARM_UP * wantedMs && !steady()); ) {
    const start = now();
    await run();
    end = now();
    times.push(end - start);
  }
}

export class Stopwatch {
  readonly #run: Work;
  readonly #clock: Clock;
  readonly #repeats: number;

  private constructor(run: Work, clock: Clock, repeats: number) {
    this.#run = run;
    this.#clock = clock;
    this.#repeats = repeats;
  }

  /** Of something warm. Runs that are shorter than `wanted` milliseconds are timed several at once. */
  static async of(run: Work, clock: Clock, wanted: number): Promise<Stopwatch> {
    for (let repeats = 1; ; ) {
      const stopwatch = new Stopwatch(run, clock, repeats);
      let spent = Number.POSITIVE_INFINITY;
      // A timing that was disturbed seems long enough, and would leave all others too short.
      for (let tries = 0; tries < CONFIRMING && spent >= wanted; tries++)
        spent = Math.min(spent, repeats * (await stopwatch.time()).ms);
      if (spent >= wanted) return stopwatch;
      repeats = Math.max(2 * repeats, Math.min(100 * repeats, Math.ceil((repeats * wanted) / spent)));
    }
  }

  /** Times until `wanted` runs were not preempted, within reason. */
  async turn(wanted: number): Promise<Timing[]> {
    const timings: Timing[] = [];
    for (let good = 0; good < wanted && timings.length < RETRIES * wanted; ) {
      const timing = await this.time();
      timings.push(timing);
      if (!timing.preempted) good++;
    }
    return timings;
  }

  async time(): Promise<Timing> {
    const { now, cpu } = this.#clock;
    const cpuBegin = cpu?.() ?? 0;
    const begin = now();
    for (let i = 0; i < this.#repeats; i++) {
      const pending = this.#run();
      // To await what is no promise takes time too.
      if (pending instanceof Promise) await pending;
    }
    const ms = now() - begin;
    const worked = cpu ? cpu() - cpuBegin : ms;
    return { ms: ms / this.#repeats, preempted: ms - worked > PREEMPTED_MS + PREEMPTED_SHARE * ms };
  }
}

/** The timings of each round in turn. `cpu`: the clock told processor time, and so what was preempted; elsewhere outliers are left out. */
export function samplesOf(rounds: readonly (readonly Timing[])[], cpu: boolean): Samples {
  const bound = cpu ? Number.POSITIVE_INFINITY : outlierBound(rounds.flat().map(({ ms }) => ms));
  const isGood = ({ ms, preempted }: Timing): boolean => !preempted && ms <= bound;
  const times = (timings: readonly Timing[]): number[] => {
    const good = timings.filter(isGood);
    return (good.length > 0 ? good : timings).map(({ ms }) => ms);
  };
  const all = rounds.flat();
  return {
    rounds: rounds.map((timings) => median(times(timings))),
    kept: times(all),
    dropped: all.length - all.filter(isGood).length,
  };
}
