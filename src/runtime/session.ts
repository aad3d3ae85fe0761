// A plan bound to an instance: copy in, call the kernels, copy out, in one synchronous section that nothing can interrupt.
import { HetConvError } from '../graph/error.js';
import { elementCount, sameShape } from '../graph/graph.js';
import type { KernelFunction, Plan, Port } from '../plan/plan.js';
import type { Exports } from './host.js';
import type { Tensor } from './tensor.js';

export type Inputs = Readonly<Record<string, Float32Array | Tensor<Float32Array>>>;
export type Outputs = Record<string, Tensor>;

export interface CallOptions {
  /** On abort a call that has not begun rejects with the signal's reason; of one that runs in a worker the result is dropped. */
  readonly signal?: AbortSignal;
  /** In a worker: arrays that are all of their buffers are moved there instead of copied, and are gone afterwards. */
  readonly transfer?: boolean;
}

export interface RunOptions extends CallOptions {
  /** Arrays to fill, by output name; with one for each output a run allocates nothing. */
  readonly into?: Readonly<Record<string, Float32Array | Int32Array>>;
}

interface BoundPort {
  readonly port: Port;
  readonly data: Float32Array | Int32Array;
}

interface BoundStep {
  readonly kernel: KernelFunction;
  readonly record: number;
  readonly items: number;
  readonly node: string;
}

/** Time of one node, or of what moves inputs in and outputs out (node ''). */
export interface NodeTime {
  readonly node: string;
  readonly ms: number;
}

export class Session {
  #inputs: readonly BoundPort[];
  #outputs: readonly BoundPort[];
  #steps: readonly BoundStep[];
  #disposed = false;

  constructor(plan: Plan, exports: Exports, memory: WebAssembly.Memory) {
    const bind = (port: Port): BoundPort => {
      const view = port.type === 'f32' ? Float32Array : Int32Array;
      return { port, data: new view(memory.buffer, port.address, elementCount(port.shape)) };
    };
    this.#inputs = plan.inputs.map(bind);
    this.#outputs = plan.outputs.map(bind);
    this.#steps = plan.steps.map(({ kernel, record, items, node }) => ({
      kernel: exports[kernel] as KernelFunction,
      record,
      items,
      node,
    }));
  }

  /** Throws `bad-input` on a missing, unknown or misshapen tensor, `disposed` after dispose. */
  run(inputs: Inputs, options: RunOptions = {}): Outputs {
    this.#copyIn(inputs);
    for (const { kernel, record, items } of this.#steps) kernel(record, 0, items);
    return this.#copyOut(options.into);
  }

  /** One run, timed node by node. */
  profile(inputs: Inputs, now: () => number): NodeTime[] {
    this.#copyIn(inputs);
    const times = new Map<string, number>();
    for (const { kernel, record, items, node } of this.#steps) {
      const begin = now();
      kernel(record, 0, items);
      times.set(node, (times.get(node) ?? 0) + now() - begin);
    }
    return [...times].map(([node, ms]) => ({ node, ms }));
  }

  /** Drops every reference to the memory, so that the engine can free it. */
  dispose(): void {
    this.#disposed = true;
    this.#inputs = [];
    this.#outputs = [];
    this.#steps = [];
  }

  /** Throws `disposed`. */
  assertLive(): void {
    if (this.#disposed) throw new HetConvError('disposed', 'the model was disposed; load it again to run it');
  }

  #copyIn(inputs: Inputs): void {
    this.assertLive();
    if (typeof inputs !== 'object' || inputs === null)
      throw new HetConvError('bad-input', 'inputs are an object of tensors by name');
    for (const input of this.#inputs) {
      const { port, data } = input;
      const given = Object.hasOwn(inputs, port.name) ? inputs[port.name] : undefined;
      const mistake = mistakeOf(given, input);
      if (mistake) {
        const expected = `a Float32Array of ${data.length} elements, shape [${port.shape}]`;
        throw new HetConvError('bad-input', `input "${port.name}" must be ${expected}; ${mistake}`);
      }
      data.set(dataOf(given!));
    }
    for (const name in inputs) {
      if (this.#inputs.some(({ port }) => port.name === name)) continue;
      const known = this.#inputs.map(({ port }) => port.name).join('", "');
      throw new HetConvError('bad-input', `the model has no input "${name}"; its inputs are "${known}"`);
    }
  }

  #copyOut(into: RunOptions['into']): Outputs {
    const outputs: Outputs = {};
    for (const { port, data } of this.#outputs) {
      const tensor = { shape: port.shape, data: into?.[port.name] ? data : data.slice() };
      outputs[port.name] = deliver(port.name, tensor, into);
    }
    return outputs;
  }
}

/** A result in the caller's array, if there is one for it. Throws `bad-input` where that does not fit. */
export function deliver(name: string, tensor: Tensor, into: RunOptions['into']): Tensor {
  const { shape, data } = tensor;
  const target = into?.[name];
  if (!target) return tensor;
  if (target.constructor !== data.constructor || target.length !== data.length) {
    throw new HetConvError('bad-input', `into.${name} must be a ${data.constructor.name} of ${data.length} elements`);
  }
  target.set(data);
  return { shape, data: target };
}

/** Why a given input does not fit its port. */
function mistakeOf(given: Inputs[string] | undefined, { port, data }: BoundPort): string | undefined {
  if (given === undefined) return 'it is missing';
  const elements = dataOf(given);
  if (!(elements instanceof Float32Array)) return 'it is of another type';
  if (elements.length !== data.length) return `it has ${elements.length} elements`;
  if (!(given instanceof Float32Array) && !sameShape(given.shape, port.shape)) return `it has shape [${given.shape}]`;
  return undefined;
}

function dataOf(given: Inputs[string]): Float32Array {
  return given instanceof Float32Array ? given : given?.data;
}
