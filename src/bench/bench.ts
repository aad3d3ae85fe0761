// Networks against each other: every entry on every binary with every accuracy, beside the baseline and the ceilings in the same
// rounds. What two copies of the baseline differ by, measured first, is the noise that no difference below it rises from.
import type { Graph } from '../graph/graph.js';
import type { TotalCost } from '../ops/cost.js';
import type { Accuracy } from '../ops/op.js';
import { byTime } from '../plan/chooseKernels.js';
import type { Host } from '../runtime/host.js';
import { type Binary, selectBinary, type Variant } from '../runtime/variants.js';
import { type CeilingContestants, type Ceilings, ceilingsOf, loadCeilings } from './ceilings.js';
import { type Clock, resolutionOf } from './clock.js';
import { layerNoise, layerRecords, layerSpeedUps } from './layers.js';
import {
  type Contestant,
  DEFAULT_ROUNDS,
  DEFAULT_RUNS,
  DEFAULT_WARM_UP_MS,
  type Measured,
  type MeasureOptions,
  measure,
} from './measure.js';
import {
  type BenchRecord,
  type Comparison,
  type Environment,
  type Method,
  type NetworkRecord,
  type Point,
  RECORD_VERSION,
  type Row,
  type Top1,
} from './record.js';
import { noiseFloorOf, ratioOf, type Samples, summarise } from './statistics.js';
import { loadSubject, type Subject } from './subject.js';

/** A network in one of its forms, or a model file. */
export interface Entry {
  readonly name: string;
  readonly part?: number;
  readonly groups?: number;
  readonly cost: TotalCost;
  readonly fileBytes?: number;
  readonly top1?: Top1;
  /** The optimised graph with its weights, asked for when its turn comes. */
  graph(): Promise<Graph>;
}

export interface Network {
  readonly name: string;
  /** The first is the baseline. */
  readonly entries: readonly Entry[];
}

export interface BenchOptions extends Omit<MeasureOptions, 'onRound' | 'onSamples'> {
  readonly host: Host;
  readonly clock: Clock;
  readonly environment: Environment;
  /** 'auto' is the best that runs here. */
  readonly variants: readonly (Variant | 'auto')[];
  readonly accuracies: readonly Accuracy[];
  /** Bytes of WebAssembly memory for what is measured together, at least one network beside the baselines; default 2 GiB. */
  readonly maxMemory?: number;
  /** `done` is a share; `secondsLeft` is guessed from the time that it took. */
  readonly onProgress?: (progress: { done: number; secondsLeft: number; network: string }) => void;
  /** After each round: what the rounds so far say of the network that is being measured; its baseline comes first. */
  readonly onPoints?: (points: readonly Point[]) => void;
}

const DEFAULT_MEMORY = 2 ** 31;
/** How the two baselines compute. */
const BASELINES = { versusDirect: 'direct', versusWinograd: 'standard' } as const satisfies Record<string, Accuracy>;

export function methodOf(clock: Clock, options: MeasureOptions): Method {
  const { rounds = DEFAULT_ROUNDS, runs = DEFAULT_RUNS, warmUpMs = DEFAULT_WARM_UP_MS, seed = 'hetconv' } = options;
  const clockResolutionMs = resolutionOf(clock);
  return { rounds, runs, warmUpMs, seed, clockResolutionMs, dropped: clock.cpu ? 'cpu' : 'outliers' };
}

/** Throws what loading and planning throw, `unsupported-platform` for a variant that does not run here, and the signal's reason. */
export async function bench(networks: readonly Network[], options: BenchOptions): Promise<BenchRecord> {
  const engines: Engine[] = [];
  for (const variant of options.variants) {
    const binary = await selectBinary(options.host, variant);
    engines.push({ ...binary, ceilings: await loadCeilings(options.host, binary) });
  }
  const progress = new Progress(networks, options);
  const records: NetworkRecord[] = [];
  for (const network of networks) records.push(await new NetworkBench(network, engines, options, progress).record());
  return {
    format: 'hetconv-bench',
    version: RECORD_VERSION,
    environment: options.environment,
    method: methodOf(options.clock, options),
    networks: records,
  };
}

interface Engine extends Binary {
  readonly ceilings: CeilingContestants;
}

/** What a row is about. */
interface Spec {
  readonly entry: Entry;
  readonly engine: Engine;
  readonly accuracy: Accuracy;
}

interface Loaded extends Spec {
  readonly subject: Subject;
}

type Times = ReadonlyMap<Contestant, Measured>;

class NetworkBench {
  readonly #network: Network;
  readonly #engines: readonly Engine[];
  readonly #options: BenchOptions;
  readonly #progress: Progress;
  readonly #ceilings = new Map<Variant, Ceilings>();
  readonly #floors = new Map<Variant, { whole: number; layers: ReadonlyMap<string, number> }>();
  readonly #rows = new Map<string, Row>();
  readonly #points = new Map<string, Point>();

  constructor(network: Network, engines: readonly Engine[], options: BenchOptions, progress: Progress) {
    this.#network = network;
    this.#engines = engines;
    this.#options = options;
    this.#progress = progress;
  }

  async record(): Promise<NetworkRecord> {
    const { name, entries } = this.#network;
    const [baseline] = entries as [Entry];
    const graph = await baseline.graph();
    const specs = (entry: Entry, accuracies: readonly Accuracy[]): Spec[] =>
      this.#engines.flatMap((engine) => accuracies.map((accuracy) => ({ entry, engine, accuracy })));
    const baselines = await this.#load(specs(baseline, Object.values(BASELINES)), graph);
    await this.#measureNoise(
      baselines.filter(({ accuracy }) => accuracy === BASELINES.versusDirect),
      graph,
    );

    const { accuracies, maxMemory = DEFAULT_MEMORY } = this.#options;
    const bytesOf = (list: readonly Loaded[]): number => list.reduce((sum, { subject }) => sum + subject.memoryBytes, 0);
    let heat = await this.#load(
      specs(
        baseline,
        accuracies.filter((accuracy) => !Object.values<Accuracy>(BASELINES).includes(accuracy)),
      ),
      graph,
    );
    for (const entry of entries.slice(1)) {
      const form = await entry.graph();
      for (const spec of specs(entry, accuracies)) {
        const more = await this.#load([spec], form);
        if (heat.length > 0 && bytesOf([...baselines, ...heat, ...more]) > maxMemory) {
          await this.#run(baselines, heat);
          heat = [];
        }
        heat.push(...more);
      }
    }
    await this.#run(baselines, heat);
    const byVariant = <T>(value: (variant: Variant) => T) =>
      Object.fromEntries(this.#engines.map(({ variant }) => [variant, value(variant)]));
    return {
      name,
      inputs: graph.inputs.map(({ shape }) => shape),
      baseline: baseline.name,
      ceilings: byVariant((variant) => this.#ceilings.get(variant)!),
      noiseFloor: byVariant((variant) => this.#floors.get(variant)!.whole),
      rows: [...this.#rows.values()],
    };
  }

  async #load(specs: readonly Spec[], graph: Graph): Promise<Loaded[]> {
    const { host, maxMemory = DEFAULT_MEMORY } = this.#options;
    const loaded: Loaded[] = [];
    for (const spec of specs) {
      const { entry, engine, accuracy } = spec;
      const name = `${entry.name} ${engine.variant} ${accuracy}`;
      const subject = await loadSubject(graph, { name, host, binary: engine, preference: byTime(accuracy), maxMemory });
      loaded.push({ ...spec, subject });
    }
    return loaded;
  }

  async #measureNoise(direct: readonly Loaded[], graph: Graph): Promise<void> {
    const copies = await this.#load(direct, graph);
    const times = await this.#measure([...direct, ...copies]);
    direct.forEach(({ subject, engine }, i) => {
      const [one, other] = [times.get(subject)!, times.get(copies[i]!.subject)!];
      const whole = noiseFloorOf(one.whole, other.whole, subject.name);
      this.#floors.set(engine.variant, { whole, layers: layerNoise(one, other) });
    });
  }

  async #measure(loaded: readonly Loaded[]): Promise<Times> {
    const { clock, onProgress: _, onPoints, ...options } = this.#options;
    const ceilings = this.#engines.flatMap(({ ceilings }) => Object.values<Contestant>({ ...ceilings }));
    const work = loaded.reduce((sum, { entry }) => sum + entry.cost.macs, 0);
    const onRound = (_done: number, rounds: number): void => this.#progress.advance(work / rounds, this.#network.name);
    const subjects = loaded.map(({ subject }) => subject);
    const onSamples = (samples: ReadonlyMap<Contestant, Samples>): void => {
      for (const one of loaded) this.#points.set(one.subject.name, pointOf(one, samples.get(one.subject)!));
      onPoints?.([...this.#points.values()]);
    };
    return measure([...subjects, ...ceilings], clock, { ...options, onRound, ...(onPoints && { onSamples }) });
  }

  async #run(baselines: readonly Loaded[], heat: readonly Loaded[]): Promise<void> {
    const times = await this.#measure([...baselines, ...heat]);
    const ceilings = new Map(this.#engines.map(({ variant, ceilings }) => [variant, ceilingsOf(ceilings, times)]));
    for (const [variant, here] of ceilings) {
      const best = this.#ceilings.get(variant);
      if (!best || best.gflops < here.gflops) this.#ceilings.set(variant, here);
    }
    for (const loaded of [...baselines, ...heat]) {
      const { name } = loaded.subject;
      if (!this.#rows.has(name)) this.#rows.set(name, this.#row(loaded, baselines, times, ceilings.get(loaded.engine.variant)!));
    }
  }

  #row(loaded: Loaded, baselines: readonly Loaded[], times: Times, ceilings: Ceilings): Row {
    const { entry, engine, subject } = loaded;
    const { variant } = engine;
    const { part, groups, fileBytes, top1 } = entry;
    const floor = this.#floors.get(variant)!;
    const own = times.get(subject)!;
    const against = (how: Accuracy) =>
      baselines.find((baseline) => baseline.engine.variant === variant && baseline.accuracy === how)!;
    const comparison = (how: Accuracy): Comparison => {
      const baseline = against(how);
      const ratio = ratioOf(times.get(baseline.subject)!.whole, own.whole, floor.whole, subject.name);
      return { promised: baseline.entry.cost.macs / entry.cost.macs, ...ratio };
    };
    const direct = against(BASELINES.versusDirect).subject;
    const point = pointOf(loaded, own.whole);
    return {
      ...point,
      ...(part !== undefined && { part }),
      ...(groups !== undefined && { groups }),
      ...(fileBytes !== undefined && { fileBytes }),
      memoryBytes: subject.memoryBytes,
      ...(top1 && { top1 }),
      gflops: (2 * point.cost.macs) / point.latency.medianMs / 1e6,
      versusDirect: comparison(BASELINES.versusDirect),
      versusWinograd: comparison(BASELINES.versusWinograd),
      layers: layerRecords(subject, own, ceilings),
      speedUps: layerSpeedUps([direct, times.get(direct)!], [subject, own], floor.layers),
    };
  }
}

function pointOf({ entry, engine, accuracy, subject }: Loaded, samples: Samples): Point {
  return { entry: entry.name, variant: engine.variant, accuracy, cost: entry.cost, latency: summarise(samples, subject.name) };
}

/** Time left, guessed from multiply-accumulates done. */
class Progress {
  readonly #options: BenchOptions;
  readonly #begin: number;
  readonly #total: number;
  #done = 0;

  constructor(networks: readonly Network[], options: BenchOptions) {
    this.#options = options;
    this.#begin = options.clock.now();
    const { variants, accuracies } = options;
    const work = networks.map(({ entries }) => {
      const forms = entries.slice(1).reduce((sum, { cost }) => sum + accuracies.length * cost.macs, 0);
      // Two copies for the noise, then both baselines.
      return variants.length * (forms + 4 * entries[0]!.cost.macs);
    });
    this.#total = work.reduce((sum, each) => sum + each, 0);
  }

  advance(work: number, network: string): void {
    this.#done += work;
    // Heats that one memory does not hold repeat the baselines.
    const done = Math.min(0.99, this.#done / this.#total);
    const seconds = (this.#options.clock.now() - this.#begin) / 1000;
    this.#options.onProgress?.({ done, secondsLeft: (seconds * (1 - done)) / done, network });
  }
}
