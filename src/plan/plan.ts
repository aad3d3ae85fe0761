// Graph -> kernels chosen -> memory planned -> steps {kernel, record, items}. A plan runs any number of times.
import * as abi from '../../assembly/abi.js';
import { valuesOf } from '../graph/constant.js';
import type { Graph, Node, Shape } from '../graph/graph.js';
import { inferShapes } from '../ops/inferShapes.js';
import { type ElementType, inferTypes } from '../ops/inferTypes.js';
import { nodeError } from '../ops/nodeError.js';
import type { Lowering, View } from '../ops/op.js';
import { ParameterRecord } from '../ops/parameterRecord.js';
import { stridedCopy } from '../ops/stridedCopy.js';
import { rowMajorView } from '../ops/view.js';
import { type Activation, activationsOf } from './activations.js';
import type { Arena } from './arena.js';
import { byTime, chooseKernels, type Preference, type Reason } from './chooseKernels.js';
import { haloRanges, type Layout, layoutOf } from './layout.js';
import { packLifetimes } from './packLifetimes.js';

/** One call `exports[kernel](record, 0, items)`. */
export interface Step {
  readonly kernel: string;
  readonly record: number;
  readonly items: number;
  /** The node that it belongs to; '' moves an input in or an output out. */
  readonly node: string;
}

/** Where JavaScript writes an input or reads an output: row-major elements of 4 bytes. */
export interface Port {
  readonly name: string;
  readonly shape: Shape;
  readonly type: ElementType;
  readonly address: number;
}

export interface Plan {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly steps: readonly Step[];
  /** Shape of every value and tensor. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The kernel row of each node, by the wasm exports that it calls (none where it shares its input's memory), and why it was chosen. */
  readonly choices: ReadonlyMap<string, { readonly kernels: readonly string[]; readonly reason: Reason }>;
  /** Bytes planned for activations, and the largest set that lives at one time (halos counted), which no plan undercuts. */
  readonly activationBytes: number;
  readonly largestLiveSet: number;
  /** Where activations lie, for tests and tools. */
  readonly storages: readonly { readonly name: string; readonly address: number; readonly bytes: number }[];
}

export interface PlanOptions {
  /** Which kernel row computes a node; default: the fastest exact one. */
  readonly preference?: Preference;
  /** Bytes kept free behind each activation, so that tests see a kernel that writes out of bounds. */
  readonly guardBytes?: number;
}

/** `kernel(record, begin, end)`: computes work items [begin, end) of the record. */
export type KernelFunction = (record: number, begin: number, end: number) => void;

/** Bytes for the records of kernels that run while planning. */
const PREPARATION_BYTES = 256;

/**
 * Plans a sorted, optimised graph for an instance with these exports, whose memory is the arena's. Throws `unsupported-op`,
 * `too-large` or what an op complains of.
 */
export function plan(graph: Graph, exports: Readonly<Record<string, unknown>>, arena: Arena, options: PlanOptions = {}): Plan {
  const shapes = inferShapes(graph);
  const types = inferTypes(graph);
  const { nodes, halos } = chooseKernels(graph, shapes, new Set(Object.keys(exports)), options.preference ?? byTime('direct'));
  const layouts = new Map([...shapes].map(([name, shape]) => [name, layoutOf(shape, halos.get(name))]));
  const layout = (name: string): Layout => layouts.get(name)!;

  const activations = activationsOf(graph, nodes, shapes, layout);
  const packing = packLifetimes(activations.all, options.guardBytes);
  const base = arena.allocate(packing.bytes, 'the activations');
  const addresses = new Map(activations.all.map((activation, i) => [activation, base + packing.offsets[i]!]));
  const shared = new Set(activations.all.filter((_, i) => packing.shared[i]));
  const addressOf = (activation: Activation): number => addresses.get(activation)!;

  const constants = new Map<string, View>();
  const view = (name: string): View => {
    const { strides, origin } = layout(name);
    const activation = activations.of.get(name);
    if (activation) return { address: addressOf(activation) + 4 * origin, shape: shapes.get(name)!, strides };
    let stored = constants.get(name);
    if (!stored) {
      const laidOut = layOut(valuesOf(graph.tensors.get(name)!, name), shapes.get(name)!, layout(name));
      stored = { address: arena.store(laidOut, `tensor "${name}"`) + 4 * origin, shape: shapes.get(name)!, strides };
      constants.set(name, stored);
    }
    return stored;
  };

  const preparation = arena.allocate(PREPARATION_BYTES, 'records');
  const prepare = (kernel: string, record: ParameterRecord, items: number): void => {
    const words = record.words();
    new Int32Array(arena.memory.buffer, preparation, words.length).set(words);
    (exports[kernel] as KernelFunction)(preparation, 0, items);
  };
  /** Bytes of the file are copied as they are; halves are widened in place, from the upper half of the target. */
  const place = (name: string, begin: number, end: number, address: number): void => {
    const tensor = graph.tensors.get(name)!;
    const { type, bytes } = tensor.stored ?? { type: 'F32', bytes: bytesOf(valuesOf(tensor, name)) };
    const items = Math.ceil((end - begin) / 8);
    const [size, source] = type === 'F16' ? [2, address + 16 * items] : [4, address];
    new Uint8Array(arena.memory.buffer, source).set(bytes.subarray(size * begin, size * end));
    if (source === address) return;
    const record = new ParameterRecord(abi.WIDEN_WORDS).int(abi.WIDEN_SOURCE, source).int(abi.WIDEN_TARGET, address);
    prepare('f32_widen', record, items);
  };

  const warmed = new Set<string>();
  const warm = (kernel: string, record: ParameterRecord, items: number): void => {
    if (!warmed.has(kernel)) prepare(kernel, record, items);
    warmed.add(kernel);
  };

  const stored = new Map<string, unknown>();
  const once = <T>(key: readonly unknown[], store: () => T): T => {
    const name = JSON.stringify(key);
    if (!stored.has(name)) stored.set(name, store());
    return stored.get(name) as T;
  };

  const steps: Step[] = [];
  const stepper = (node: string) => (kernel: string, record: ParameterRecord, items: number) => {
    if (items > 0) steps.push({ kernel, record: arena.store(record.words(), `node "${node}"`), items, node });
  };
  /** Halos are zero from the start and kernels keep off them, so only a storage that shares its bytes is cleared. */
  const clearHalo = (name: string, step: Lowering<unknown>['step']): void => {
    if (!halos.has(name)) return;
    const activation = activations.of.get(name)!;
    if (!shared.has(activation)) return;
    const begin = addressOf(activation);
    const ranges = haloRanges(shapes.get(name)!, layout(name));
    const table = Int32Array.from(ranges.flatMap(([offset, bytes]) => [begin + offset, bytes]));
    step(
      'zero_ranges',
      new ParameterRecord(abi.ZERO_WORDS).int(abi.ZERO_RANGES, arena.store(table, `the border of "${name}"`)),
      ranges.length,
    );
  };
  const portsOf = (names: readonly string[], staging: readonly (Activation | undefined)[]): Port[] =>
    names.map((name, i) => ({
      name,
      shape: shapes.get(name)!,
      type: types.get(name)!,
      address: staging[i] ? addressOf(staging[i]) : view(name).address,
    }));

  const inputs = portsOf(
    graph.inputs.map(({ name }) => name),
    activations.inputStaging,
  );
  inputs.forEach((port, i) => {
    const step = stepper('');
    clearHalo(port.name, step);
    if (activations.inputStaging[i]) stridedCopy({ step }, rowMajorView(port.address, port.shape), view(port.name));
  });
  nodes.forEach(({ at, kernel }, i) => {
    const { node } = at;
    const step = stepper(node.name);
    const what = `node "${node.name}"`;
    if (kernel.alias) return;
    for (const name of node.outputs) clearHalo(name, step);
    const scratch = activations.scratch[i];
    kernel.lower({
      ...at,
      input: (index) => view(node.inputs[index]!),
      output: (index) => view(node.outputs[index]!),
      inputType: (index) => types.get(node.inputs[index]!)!,
      constant: (index) => {
        const name = constantName(graph, node, index);
        return valuesOf(graph.tensors.get(name)!, name);
      },
      scratch: scratch ? addressOf(scratch) : 0,
      store: (words) => arena.store(words, what),
      once,
      reserve: (bytes) => arena.allocate(bytes, what),
      workspace: (bytes, zeros) => arena.workspace(bytes, zeros, what),
      place: (index, begin, end, address) => place(constantName(graph, node, index), begin, end, address),
      prepare,
      warm,
      storeInts: (count, write) => arena.storeInts(count, write, what),
      storeFloats: (count, write) => arena.storeFloats(count, write, what),
      step,
    } satisfies Lowering<unknown>);
    // What passes computed of weights would else be a second copy of them all.
    for (const name of node.inputs) graph.tensors.get(name)?.forget?.();
  });
  const outputs = portsOf(graph.outputs, activations.outputStaging);
  outputs.forEach((port, i) => {
    if (activations.outputStaging[i]) stridedCopy({ step: stepper('') }, view(port.name), rowMajorView(port.address, port.shape));
  });

  return {
    inputs,
    outputs,
    steps,
    shapes,
    choices: new Map(nodes.map(({ at, kernel, reason }) => [at.node.name, { kernels: kernel.exports, reason }])),
    activationBytes: packing.bytes,
    largestLiveSet: packing.largestLiveSet,
    storages: activations.all.map((activation) => ({
      name: activation.name,
      address: addressOf(activation),
      bytes: activation.bytes,
    })),
  };
}

/** Name of input `index`, which must be a constant. */
function constantName(graph: Graph, node: Node, index: number): string {
  const name = node.inputs[index]!;
  if (graph.tensors.has(name)) return name;
  throw nodeError(node, `input "${name}" is computed by the graph, it must be a constant`, 'unsupported-op');
}

/** Row-major values moved into a layout; the halo is zero. */
function layOut(values: Float32Array, shape: Shape, layout: Layout): Float32Array {
  const target = new Float32Array(layout.size);
  const index = new Array<number>(shape.length).fill(0);
  let at = layout.origin;
  for (const value of values) {
    target[at] = value;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += layout.strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= shape[axis]! * layout.strides[axis]!;
      index[axis] = 0;
    }
  }
  return target;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
