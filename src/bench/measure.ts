// Times things against each other: all of them warm, then round after round each in turn, so that what disturbs the machine
// disturbs all of them alike.
import { HetConvError } from '../graph/error.js';
import type { Clock } from './clock.js';
import { seededRandom, shuffled } from './random.js';
import type { Samples } from './statistics.js';
import { Stopwatch, samplesOf, shortestTiming, type Timing, type Work, warmUp } from './stopwatch.js';

export interface Contestant {
  readonly name: string;
  readonly run: Work;
  /** Pieces of the work, timed one after the other as in a whole run. */
  readonly parts?: readonly Contestant[];
}

export interface RoundOptions {
  /** How often each contestant has its turn; default 15. */
  readonly rounds?: number;
  /** Orders the turns. */
  readonly seed?: string;
  readonly onRound?: (done: number, rounds: number) => void;
}

export interface MeasureOptions extends RoundOptions {
  /** Timings in each turn; default 3. */
  readonly runs?: number;
  /** Milliseconds that each contestant runs at least before anything counts; default 250. */
  readonly warmUpMs?: number;
  readonly signal?: AbortSignal;
  /** After each round: what the rounds so far say of each contestant as a whole. */
  readonly onSamples?: (samples: ReadonlyMap<Contestant, Samples>) => void;
}

export interface Measured {
  readonly whole: Samples;
  /** By name of the part. */
  readonly parts: ReadonlyMap<string, Samples>;
}

export const DEFAULT_ROUNDS = 15;
export const DEFAULT_RUNS = 3;
export const DEFAULT_WARM_UP_MS = 250;

/** Shorter runs of a contestant are timed several at once. */
const SHORTEST_MS = 0.2;

/** Gives each entrant its turn in every round, in a new random order. */
export async function takeTurns<T>(
  entrants: readonly T[],
  turn: (entrant: T) => Promise<void>,
  { rounds = DEFAULT_ROUNDS, seed = 'hetconv', onRound }: RoundOptions,
): Promise<void> {
  const random = seededRandom(seed);
  for (let round = 0; round < rounds; round++) {
    for (const entrant of shuffled(entrants, random)) await turn(entrant);
    onRound?.(round + 1, rounds);
  }
}

/** Throws `bad-option` for counts that are none, and the signal's reason once it is aborted. */
export async function measure(
  contestants: readonly Contestant[],
  clock: Clock,
  options: MeasureOptions = {},
): Promise<Map<Contestant, Measured>> {
  const { rounds = DEFAULT_ROUNDS, runs = DEFAULT_RUNS, warmUpMs = DEFAULT_WARM_UP_MS } = options;
  for (const [name, count] of Object.entries({ rounds, runs })) {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new HetConvError('bad-option', `${name} must be a positive integer, it is ${count}`);
  }
  const pause = async (): Promise<void> => {
    await clock.pause?.();
    options.signal?.throwIfAborted();
  };
  const shortest = shortestTiming(clock);
  const entrants: Entrant[] = [];
  for (const contestant of contestants) {
    await pause();
    await warmUp(contestant.run, clock, warmUpMs);
    const whole = await timed(contestant, clock, Math.max(SHORTEST_MS, shortest));
    const parts: Timed[] = [];
    for (const part of contestant.parts ?? []) parts.push(await timed(part, clock, shortest));
    entrants.push({ contestant, whole, parts });
  }
  const turn = async ({ contestant, whole, parts }: Entrant): Promise<void> => {
    await pause();
    // What the others left in the caches is nobody's fault.
    await contestant.run();
    whole.rounds.push(await whole.stopwatch.turn(runs));
    for (const part of parts) part.rounds.push([]);
    for (let i = 0; i < runs; i++) for (const part of parts) part.rounds.at(-1)!.push(await part.stopwatch.time());
  };
  const samples = ({ rounds }: Timed): Samples => samplesOf(rounds, clock.cpu !== undefined);
  const onRound = (done: number, wanted: number): void => {
    options.onRound?.(done, wanted);
    options.onSamples?.(new Map(entrants.map(({ contestant, whole }) => [contestant, samples(whole)])));
  };
  await takeTurns(entrants, turn, { ...options, onRound });
  return new Map(
    entrants.map(({ contestant, whole, parts }) => {
      const measured = new Map(parts.map((part) => [part.name, samples(part)]));
      return [contestant, { whole: samples(whole), parts: measured }];
    }),
  );
}

/** What is timed, and its timings round by round. */
interface Timed {
  readonly name: string;
  readonly stopwatch: Stopwatch;
  readonly rounds: Timing[][];
}

interface Entrant {
  readonly contestant: Contestant;
  readonly whole: Timed;
  readonly parts: readonly Timed[];
}

async function timed({ name, run }: Contestant, clock: Clock, shortestMs: number): Promise<Timed> {
  return { name, stopwatch: await Stopwatch.of(run, clock, shortestMs), rounds: [] };
}
