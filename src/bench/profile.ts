// One network layer by layer: its times in interleaved rounds beside the ceilings, and the calls of a few real runs as a trace.
import type { Graph } from '../graph/graph.js';
import { costOf } from '../ops/cost.js';
import type { Accuracy } from '../ops/op.js';
import { byTime } from '../plan/chooseKernels.js';
import type { Host } from '../runtime/host.js';
import { selectBinary, type Variant } from '../runtime/variants.js';
import { methodOf } from './bench.js';
import { ceilingsOf, loadCeilings } from './ceilings.js';
import type { Clock } from './clock.js';
import { layerRecords } from './layers.js';
import { type Contestant, type MeasureOptions, measure } from './measure.js';
import { type Environment, type ProfileRecord, RECORD_VERSION } from './record.js';
import { summarise } from './statistics.js';
import { loadSubject, MOVES, type Subject } from './subject.js';

export interface ProfileOptions extends MeasureOptions {
  readonly host: Host;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly variant: Variant | 'auto';
  readonly accuracy: Accuracy;
  /** Bytes of WebAssembly memory that the network may take. */
  readonly maxMemory: number;
}

/** Chrome's trace event format, which Perfetto and chrome://tracing open. */
export interface Trace {
  readonly displayTimeUnit: 'ms';
  readonly traceEvents: readonly TraceEvent[];
}

export interface TraceEvent {
  readonly name: string;
  readonly cat: 'run' | 'layer' | 'kernel';
  readonly ph: 'X';
  /** Microseconds. */
  readonly ts: number;
  readonly dur: number;
  readonly pid: 1;
  readonly tid: 1;
  readonly args: Readonly<Record<string, string | number>>;
}

const TRACED_RUNS = 3;

/** Of an optimised graph. Throws what loading and planning throw. */
export async function profile(graph: Graph, options: ProfileOptions): Promise<{ record: ProfileRecord; trace: Trace }> {
  const { host, clock, environment, accuracy, maxMemory } = options;
  const binary = await selectBinary(host, options.variant);
  const { name } = graph;
  const subject = await loadSubject(graph, { name, host, binary, preference: byTime(accuracy), maxMemory });
  const contestants = await loadCeilings(host, binary);
  const times = await measure([subject, ...Object.values<Contestant>({ ...contestants })], clock, options);
  const measured = times.get(subject)!;
  const ceilings = ceilingsOf(contestants, times);
  const record: ProfileRecord = {
    format: 'hetconv-profile',
    version: RECORD_VERSION,
    environment,
    method: methodOf(clock, options),
    network: name,
    variant: binary.variant,
    accuracy,
    ceilings,
    latency: summarise(measured.whole, name),
    total: costOf(graph).total,
    layers: layerRecords(subject, measured, ceilings),
  };
  return { record, trace: traceOf(subject, clock) };
}

/** Runs on from the last run's inputs: the moves of inputs and outputs are steps like others. */
function traceOf({ name, steps, layers }: Subject, { now }: Clock): Trace {
  const layerOf = new Map(layers.map((layer) => [layer.name, layer]));
  const events: TraceEvent[] = [];
  const begin = now();
  const event = (cat: TraceEvent['cat'], what: string, from: number, to: number, args: TraceEvent['args']): TraceEvent => ({
    name: what,
    cat,
    ph: 'X',
    ts: 1000 * (from - begin),
    dur: 1000 * (to - from),
    pid: 1,
    tid: 1,
    args,
  });
  for (let run = 0; run < TRACED_RUNS; run++) {
    const calls = steps.map((step) => {
      const from = now();
      step.run();
      return { ...step, from, to: now() };
    });
    events.push(event('run', name, calls[0]!.from, calls.at(-1)!.to, { run }));
    for (let first = 0; first < calls.length; ) {
      const { node, from } = calls[first]!;
      let end = first + 1;
      while (end < calls.length && calls[end]!.node === node) end++;
      const { op = 'moves', macs = 0, outputShape = [] } = layerOf.get(node) ?? {};
      const what = node === MOVES ? 'inputs and outputs' : node;
      events.push(event('layer', what, from, calls[end - 1]!.to, { op, macs, output: outputShape.join('×') }));
      for (const call of calls.slice(first, end)) events.push(event('kernel', call.kernel, call.from, call.to, {}));
      first = end;
    }
  }
  return { displayTimeUnit: 'ms', traceEvents: events };
}
