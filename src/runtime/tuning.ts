// Which kernel row computes a layer fastest on this machine, found by measuring; what was found can be kept and given back.
import { HetConvError } from '../graph/error.js';
import type { Graph, Shape } from '../graph/graph.js';
import { caseOf, geometryOf, inferShapes } from '../ops/inferShapes.js';
import type { Case, Kernel } from '../ops/op.js';
import { Arena } from '../plan/arena.js';
import { candidatesOf, type Preference } from '../plan/chooseKernels.js';
import { type KernelFunction, plan } from '../plan/plan.js';
import type { Host } from './host.js';
import type { Binary, Variant } from './variants.js';

/** What was measured, as plain data: JSON keeps it. */
export interface Tuning {
  /** Of this format; records of others are not used. */
  readonly version: number;
  /** The binary that was measured. */
  readonly variant: Variant;
  /** The fastest row, by the wasm exports that it calls, of each distinct layer (`geometryOf`). */
  readonly rows: Readonly<Record<string, string>>;
}

const VERSION = 1;

/** Milliseconds: a kernel runs for so long before it is timed, so that the engine has optimised it; */
const WARM_UP = 25;
/** a timing takes at least so long, for clocks are coarse; */
const BATCH = 1;
/** a layer gets so long beyond its first rounds; */
const LAYER = 40;
/** all layers so long, before prediction decides for the others. */
const TOTAL = 4000;
/** Where clocks stand still while code runs. */
const MOST_CALLS = 256;
const ROUNDS = { least: 2, most: 6 };
/** Rows that are predicted to take so many times the best row's time are not tried. */
const HOPELESS = 3;
/** What a row must undercut the predicted one's time by. */
const MARGIN = 0.98;

/** Throws `bad-option` where `value` is nothing that `measureRows` made. */
export function checkTuning(value: unknown): Tuning {
  const { version, variant, rows } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Tuning>;
  const fits = typeof version === 'number' && typeof variant === 'string' && typeof rows === 'object' && rows !== null;
  if (fits) return { version, variant, rows };
  throw new HetConvError('bad-option', 'tune must be true, or what the property "tuning" of a tuned model held');
}

/** The part of a record that holds for a graph and a binary: entries of other layers, and rows that do not fit theirs, are left out. */
export function usableRows(tuning: Tuning, graph: Graph, binary: Binary, otherwise: Preference): Tuning {
  const rows: Record<string, string> = {};
  if (tuning.version === VERSION && tuning.variant === binary.variant) {
    for (const { at, rows: able } of casesOf(graph, binary, otherwise).values()) {
      const key = geometryOf(at);
      const name = Object.hasOwn(tuning.rows, key) ? tuning.rows[key] : undefined;
      if (able.some((row) => nameOf(row) === name)) rows[key] = name!;
    }
  }
  return { version: VERSION, variant: binary.variant, rows };
}

/** The nodes for which a record of this graph decides. */
export function measuredNodes({ rows }: Tuning, graph: Graph): Set<string> {
  const shapes = inferShapes(graph);
  const measured = graph.nodes.filter((node) => Object.hasOwn(rows, geometryOf(caseOf(node, shapes))));
  return new Set(measured.map(({ name }) => name));
}

/** `otherwise`, but the rows of a record first. */
export function preferTuned({ rows: names }: Tuning, otherwise: Preference): Preference {
  return (rows, at) => {
    const ordered = otherwise(rows, at);
    const key = geometryOf(at);
    const name = Object.hasOwn(names, key) ? names[key] : undefined;
    const chosen = ordered.find((row) => !row.alias && nameOf(row) === name);
    return chosen ? [chosen, ...ordered.filter((row) => row !== chosen)] : ordered;
  };
}

export interface MeasureOptions {
  readonly host: Pick<Host, 'instantiate' | 'now'>;
  readonly binary: Binary;
  readonly maxMemory: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each distinct layer. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Times the rows of each distinct layer that has several, in turns, on the layer's own weights; about 4 s at most. Nothing is kept of layers
 * whose rows it could not tell apart because the clock stands still. Rejects with the signal's reason.
 */
export async function measureRows(graph: Graph, otherwise: Preference, options: MeasureOptions): Promise<Tuning> {
  const { host, binary, maxMemory, signal, onProgress } = options;
  const shapes = inferShapes(graph);
  const cases = [...casesOf(graph, binary, otherwise)].filter(([, { rows }]) => rows.length > 1);
  const rows: Record<string, string> = {};
  const warm = new Set<string>();
  const end = host.now() + TOTAL;
  for (const [i, [key, { at, rows: able }]] of cases.entries()) {
    if (host.now() > end) break;
    const layer = layerOf(graph, at, shapes);
    const contenders: Contender[] = [];
    for (const row of able) {
      const contender = await contenderOf(row, layer, host, binary, maxMemory);
      if (contender) contenders.push(contender);
    }
    const fastest = contenders.length > 1 ? race(contenders, warm, host.now) : undefined;
    if (fastest) rows[key] = fastest.name;
    onProgress?.(i + 1, cases.length);
    // Others get their turn, and the chance to abort.
    await new Promise((done) => setTimeout(done));
    signal?.throwIfAborted();
  }
  return { version: VERSION, variant: binary.variant, rows };
}

interface Contender {
  readonly name: string;
  run(): void;
}

/** A row ready to compute a graph of one node; undefined where it would take too much memory. */
async function contenderOf(
  row: Kernel<unknown>,
  layer: Graph,
  host: Pick<Host, 'instantiate'>,
  { module }: Binary,
  maxMemory: number,
): Promise<Contender | undefined> {
  const arena = new Arena(maxMemory);
  const exports = await host.instantiate(module, { env: { memory: arena.memory } });
  try {
    const { steps } = plan(layer, exports, arena, { preference: (rows) => (rows.includes(row) ? [row] : rows) });
    // The others move inputs in and outputs out.
    const calls = steps
      .filter(({ node }) => node === layer.name)
      .map(({ kernel, record, items }) => [exports[kernel] as KernelFunction, record, items] as const);
    const run = () => {
      for (const [kernel, record, items] of calls) kernel(record, 0, items);
    };
    return { name: nameOf(row), run };
  } catch (error) {
    if (error instanceof HetConvError && error.code === 'too-large') return undefined;
    throw error;
  }
}

/** The fastest; the first where none is clearly faster; undefined where no time passed. */
function race(contenders: readonly Contender[], warm: Set<string>, now: () => number): Contender | undefined {
  for (const { name, run } of contenders) {
    if (warm.has(name)) continue;
    warm.add(name);
    const end = now() + WARM_UP;
    for (let i = 0; i < MOST_CALLS && now() < end; i++) run();
  }
  const time = (run: () => void, calls: number): number => {
    const begin = now();
    for (let i = 0; i < calls; i++) run();
    return now() - begin;
  };
  const entries = contenders.map((contender) => {
    let calls = 1;
    while (calls < MOST_CALLS && time(contender.run, calls) < BATCH) calls *= 2;
    return { contender, calls, best: Number.POSITIVE_INFINITY };
  });
  const end = now() + LAYER;
  for (let round = 0; round < ROUNDS.most && (round < ROUNDS.least || now() < end); round++) {
    for (const entry of entries) entry.best = Math.min(entry.best, time(entry.contender.run, entry.calls) / entry.calls);
  }
  if (entries.some(({ best }) => best === 0)) return undefined;
  const fastest = entries.reduce((a, b) => (b.best < a.best ? b : a));
  return (fastest.best < MARGIN * entries[0]!.best ? fastest : entries[0]!).contender;
}

/** Each distinct layer with the rows that are worth a trial, the preferred first. */
function casesOf(graph: Graph, { module }: Binary, otherwise: Preference) {
  const offered = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  const shapes = inferShapes(graph);
  const cases = new Map<string, { at: Case<unknown>; rows: readonly Kernel<unknown>[] }>();
  for (const { at, rows } of candidatesOf(graph, shapes, offered, otherwise)) {
    const times = rows.map((row) => row.time?.(at) ?? 0);
    const least = Math.min(...times.filter((time) => time > 0));
    cases.set(geometryOf(at), { at, rows: rows.filter((row, i) => !row.alias && !(times[i]! > HOPELESS * least)) });
  }
  return cases;
}

/** The layer alone: what other layers compute comes in. */
function layerOf(graph: Graph, { node }: Case<unknown>, shapes: ReadonlyMap<string, Shape>): Graph {
  const names = [...new Set(node.inputs.filter((name) => name !== ''))];
  const constants = names.filter((name) => graph.tensors.has(name));
  return {
    name: node.name,
    inputs: names.filter((name) => !graph.tensors.has(name)).map((name) => ({ name, shape: shapes.get(name)! })),
    outputs: node.outputs,
    nodes: [node],
    tensors: new Map(constants.map((name) => [name, graph.tensors.get(name)!])),
  };
}

const nameOf = ({ exports }: Pick<Kernel<unknown>, 'exports'>): string => exports.join(' ');
