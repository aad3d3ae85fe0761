// A network ready to be timed, as a whole and layer by layer, on a binary and with the kernels of one's choice.
import { elementCount, type Graph } from '../graph/graph.js';
import { costOf, type LayerCost } from '../ops/cost.js';
import { Arena } from '../plan/arena.js';
import type { Preference } from '../plan/chooseKernels.js';
import { type KernelFunction, plan } from '../plan/plan.js';
import type { Host } from '../runtime/host.js';
import { type Outputs, Session } from '../runtime/session.js';
import type { Binary } from '../runtime/variants.js';
import type { Contestant } from './measure.js';
import { seededRandom } from './random.js';

export interface SubjectOptions {
  readonly name: string;
  readonly host: Host;
  readonly binary: Binary;
  readonly preference: Preference;
  /** Bytes of WebAssembly memory that it may take. */
  readonly maxMemory: number;
}

/** A call of a kernel for a node; '' moves inputs in and outputs out. */
export interface SubjectStep {
  readonly kernel: string;
  readonly node: string;
  readonly run: () => void;
}

export interface SubjectLayer extends LayerCost {
  /** The wasm exports that a run calls, each once; none where it shares the memory of its input. */
  readonly kernels: readonly string[];
}

/** `run` is what a caller of a model sees: inputs copied in, kernels, outputs copied out. `parts` are named after the layers. */
export interface Subject extends Contestant {
  readonly parts: readonly Contestant[];
  readonly layers: readonly SubjectLayer[];
  readonly steps: readonly SubjectStep[];
  readonly memoryBytes: number;
  /** Inputs and outputs, read and written once. */
  readonly movedBytes: number;
  /** The results of its last run. */
  readonly outputs: Outputs;
}

/** The part that moves inputs in and outputs out. */
export const MOVES = '';

/** Plans a sorted, optimised graph and feeds it seeded numbers. Throws what planning throws, and `bad-input` for inputs that are no f32. */
export async function loadSubject(graph: Graph, options: SubjectOptions): Promise<Subject> {
  const { name, host, binary, preference, maxMemory } = options;
  const arena = new Arena(maxMemory);
  const exports = await host.instantiate(binary.module, { env: { memory: arena.memory } });
  const planned = plan(graph, exports, arena, { preference });
  const session = new Session(planned, exports, arena.memory);
  const inputs = seededInputs(graph);
  const outputs = session.run(inputs);
  const into = Object.fromEntries(Object.entries(outputs).map(([output, { data }]) => [output, data]));
  const steps = planned.steps.map(({ kernel, record, items, node }): SubjectStep => {
    const call = exports[kernel] as KernelFunction;
    return { kernel, node, run: () => call(record, 0, items) };
  });
  const stepsOf = new Map<string, SubjectStep[]>();
  for (const step of steps) stepsOf.set(step.node, [...(stepsOf.get(step.node) ?? []), step]);
  return {
    name,
    run: () => session.run(inputs, { into }),
    parts: [...stepsOf].map(([node, own]) => ({ name: node, run: inTurn(own) })),
    layers: costOf(graph).layers.map((layer) => ({
      ...layer,
      kernels: [...new Set(stepsOf.get(layer.name)?.map(({ kernel }) => kernel))],
    })),
    steps,
    memoryBytes: arena.bytes,
    movedBytes: 8 * [...planned.inputs, ...planned.outputs].reduce((sum, { shape }) => sum + elementCount(shape), 0),
    outputs,
  };
}

/** All steps one after the other. */
export function inTurn(steps: readonly SubjectStep[]): () => void {
  const runs = steps.map(({ run }) => run);
  return () => {
    for (const run of runs) run();
  };
}

/** Normally distributed numbers, the same for every network with such inputs. */
function seededInputs(graph: Graph): Record<string, Float32Array> {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => {
      const random = seededRandom(`input ${shape}`);
      const values = Float32Array.from({ length: elementCount(shape) }, () => normal(random));
      return [name, values];
    }),
  );
}

/** Irwin–Hall: near enough, and the same bits on every engine. */
function normal(random: () => number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
}
