// Times things against each other: all of them warm, then round after round each in turn, so that what disturbs the machine
// disturbs all of them alike.
import { HetConvError } from '../graph/error.js';
import { type Clock, resolutionOf } from './clock.js';
import { seededRandom, shuffled } from './random.js';
import { median, outlierBound, type Samples } from './statistics.js';

export interface Contestant {
  readonly name: string;
  /** Does the work once. */
  readonly run: () => void;
  /** Pieces of the work, timed one after the other as in a whole run. */
  readonly parts?: readonly Contestant[];
}

export interface MeasureOptions {
  /** How often each contestant has its turn; default 15. */
  readonly rounds?: number;
  /** Timings in each turn; default 3. */
  readonly runs?: number;
  /** Milliseconds that each contestant runs at least before anything counts; default 250. */
  readonly warmUpMs?: number;
  /** Orders the turns. */
  readonly seed?: string;
  readonly onRound?: (done: number, rounds: number) => void;
  readonly signal?: AbortSignal;
}

export interface Measured {
  readonly whole: Samples;
  /** By name of the part. */
  readonly parts: ReadonlyMap<string, Samples>;
}

export const DEFAULT_ROUNDS = 15;
export const DEFAULT_RUNS = 3;
export const DEFAULT_WARM_UP_MS = 250;

/** A timing lasts so many steps of the clock: it is off by half a percent at most. */
const CLOCK_STEPS = 200;
/** Shorter runs of a contestant are timed several at once. */
const SHORTEST_MS = 0.2;
/** In a turn, at most so many times the wanted timings to replace preempted ones. */
const RETRIES = 2;
/** A run that the processor worked on for less than this was preempted: milliseconds, and share of its time. */
const PREEMPTED_MS = 0.03;
const PREEMPTED_SHARE = 0.04;
/** An engine is done optimising when so many runs took no less time than as many before; it gets up to `LONGEST_WARM_UP` times the wanted time. */
const STEADY_RUNS = 4;
const STEADY = 0.97;
const LONGEST_WARM_UP = 8;

/** Throws `bad-option` for counts that are none, and the signal's reason once it is aborted. */
export async function measure(
  contestants: readonly Contestant[],
  clock: Clock,
  options: MeasureOptions = {},
): Promise<Map<Contestant, Measured>> {
  const { rounds = DEFAULT_ROUNDS, runs = DEFAULT_RUNS, warmUpMs = DEFAULT_WARM_UP_MS, seed = 'hetconv' } = options;
  for (const [name, count] of Object.entries({ rounds, runs })) {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new HetConvError('bad-option', `${name} must be a positive integer, it is ${count}`);
  }
  const resolution = resolutionOf(clock);
  const pause = async (): Promise<void> => {
    await clock.pause?.();
    options.signal?.throwIfAborted();
  };
  const entrants: Entrant[] = [];
  for (const contestant of contestants) {
    await pause();
    warmUp(contestant.run, clock, warmUpMs);
    const stopwatch = (run: () => void, shortestMs: number) => new Stopwatch(run, repeatsFor(run, shortestMs, clock), clock);
    const whole = stopwatch(contestant.run, Math.max(SHORTEST_MS, CLOCK_STEPS * resolution));
    const parts = (contestant.parts ?? []).map(({ name, run }) => [name, stopwatch(run, CLOCK_STEPS * resolution)] as const);
    entrants.push({ contestant, whole, parts: new Map(parts) });
  }
  const random = seededRandom(seed);
  for (let round = 0; round < rounds; round++) {
    for (const { contestant, whole, parts } of shuffled(entrants, random)) {
      await pause();
      // What the others left in the caches is nobody's fault.
      contestant.run();
      whole.turn(round, runs);
      for (let i = 0; i < (parts.size > 0 ? runs : 0); i++) for (const part of parts.values()) part.time(round);
    }
    options.onRound?.(round + 1, rounds);
  }
  return new Map(
    entrants.map(({ contestant, whole, parts }) => {
      const samples = new Map([...parts].map(([name, part]) => [name, part.samples()]));
      return [contestant, { whole: whole.samples(), parts: samples }];
    }),
  );
}

interface Entrant {
  readonly contestant: Contestant;
  readonly whole: Stopwatch;
  readonly parts: ReadonlyMap<string, Stopwatch>;
}

/** Runs until the engine has optimised. */
function warmUp(run: () => void, { now }: Clock, wantedMs: number): void {
  const begin = now();
  const times: number[] = [];
  const steady = (): boolean => {
    if (times.length < 2 * STEADY_RUNS) return false;
    return median(times.slice(-STEADY_RUNS)) >= STEADY * median(times.slice(-2 * STEADY_RUNS, -STEADY_RUNS));
  };
  for (let end = begin; end - begin < wantedMs || (end - begin < LONGEST_WARM_UP * wantedMs && !steady()); ) {
    const start = now();
    run();
    end = now();
    times.push(end - start);
  }
}

/** How many runs together last `ms`. */
function repeatsFor(run: () => void, ms: number, { now }: Clock): number {
  for (let repeats = 1; ; ) {
    const begin = now();
    for (let i = 0; i < repeats; i++) run();
    const spent = now() - begin;
    if (spent >= ms) return repeats;
    repeats = Math.max(2 * repeats, Math.min(100 * repeats, Math.ceil((repeats * ms) / spent)));
  }
}

interface Timing {
  readonly round: number;
  readonly ms: number;
  readonly preempted: boolean;
}

class Stopwatch {
  readonly #run: () => void;
  readonly #repeats: number;
  readonly #clock: Clock;
  readonly #timings: Timing[] = [];

  constructor(run: () => void, repeats: number, clock: Clock) {
    this.#run = run;
    this.#repeats = repeats;
    this.#clock = clock;
  }

  /** Times until `wanted` runs were not preempted, within reason. */
  turn(round: number, wanted: number): void {
    for (let tries = 0, good = 0; good < wanted && tries < RETRIES * wanted; tries++) if (this.time(round)) good++;
  }

  /** Whether nothing preempted it, as far as the platform tells. */
  time(round: number): boolean {
    const { now, cpu } = this.#clock;
    const cpuBegin = cpu?.() ?? 0;
    const begin = now();
    for (let i = 0; i < this.#repeats; i++) this.#run();
    const ms = now() - begin;
    const worked = cpu ? cpu() - cpuBegin : ms;
    const preempted = ms - worked > PREEMPTED_MS + PREEMPTED_SHARE * ms;
    this.#timings.push({ round, ms: ms / this.#repeats, preempted });
    return !preempted;
  }

  samples(): Samples {
    const all = this.#timings;
    // Where processor time is told it says what was disturbed; elsewhere only the timings themselves can.
    const bound = this.#clock.cpu ? Number.POSITIVE_INFINITY : outlierBound(all.map(({ ms }) => ms));
    const good = all.filter(({ ms, preempted }) => !preempted && ms <= bound);
    const rounds = Array.from({ length: all.at(-1)!.round + 1 }, (_, round) => {
      const [undisturbed, timings] = [good, all].map((list) => list.filter((timing) => timing.round === round));
      return median((undisturbed!.length > 0 ? undisturbed! : timings!).map(({ ms }) => ms));
    });
    return { rounds, kept: (good.length > 0 ? good : all).map(({ ms }) => ms), dropped: all.length - good.length };
  }
}
