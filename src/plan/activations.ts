// Which storage holds each value, and when it is in use. Times: -1 the inputs come in, i node i runs, n the outputs go out.
import { elementCount, type Graph, type Shape } from '../graph/graph.js';
import type { Choice } from './chooseKernels.js';
import { isRowMajor, type Layout } from './layout.js';
import type { Storage } from './packLifetimes.js';

export interface Activation extends Storage {
  readonly name: string;
  from: number;
  to: number;
}

export interface Activations {
  readonly all: readonly Activation[];
  /** The storage of a value; tensors have none. Values under an alias share one. */
  readonly of: ReadonlyMap<string, Activation>;
  /** Working memory of each node that asked for some. */
  readonly scratch: readonly (Activation | undefined)[];
  /** Row-major copies for JavaScript of inputs and outputs whose own layout is another. */
  readonly inputStaging: readonly (Activation | undefined)[];
  readonly outputStaging: readonly (Activation | undefined)[];
}

export function activationsOf(
  graph: Graph,
  choices: readonly Choice[],
  shapes: ReadonlyMap<string, Shape>,
  layout: (name: string) => Layout,
): Activations {
  const all: Activation[] = [];
  const of = new Map<string, Activation>();
  const create = (name: string, bytes: number, time: number): Activation => {
    const activation = { name, bytes, from: time, to: time };
    all.push(activation);
    return activation;
  };
  const use = (name: string, time: number) => {
    const activation = of.get(name);
    if (activation) activation.to = Math.max(activation.to, time);
  };
  const define = (name: string, time: number) => of.set(name, create(name, 4 * layout(name).size, time));

  for (const { name } of graph.inputs) define(name, -1);
  const scratch = choices.map(({ at, kernel }, time) => {
    for (const name of at.node.inputs) use(name, time);
    for (const name of at.node.outputs) {
      if (kernel.alias) of.set(name, of.get(at.node.inputs[0]!)!);
      else define(name, time);
    }
    const bytes = kernel.scratch?.(at) ?? 0;
    return bytes > 0 ? create(`${at.node.name} (scratch)`, bytes, time) : undefined;
  });
  const end = choices.length;
  for (const name of graph.outputs) use(name, end);
  const staging = (name: string, time: number) => {
    const shape = shapes.get(name)!;
    return of.has(name) && isRowMajor(shape, layout(name))
      ? undefined
      : create(`${name} (staging)`, 4 * elementCount(shape), time);
  };
  return {
    all,
    of,
    scratch,
    inputStaging: graph.inputs.map(({ name }) => staging(name, -1)),
    outputStaging: graph.outputs.map((name) => staging(name, end)),
  };
}
