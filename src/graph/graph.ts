// The immutable graph: nodes in topological order over named values. Shapes are NCHW as in PyTorch and ONNX;
// how a value lies in memory is the planner's affair.
import type { Constant } from './constant.js';
import { HetConvError } from './error.js';

export type Shape = readonly number[];
export type Attribute = number | string | boolean | readonly number[];

export interface Node {
  readonly name: string;
  readonly op: string;
  /** Names of values or tensors; an omitted optional input is ''. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface GraphInput {
  readonly name: string;
  readonly shape: Shape;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly tensors: ReadonlyMap<string, Constant>;
}

export function elementCount(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The graph alone: its weights, which may be all of a file, can go. */
export function withoutValues(graph: Graph): Graph {
  return { ...graph, tensors: new Map([...graph.tensors].map(([name, { shape }]) => [name, { shape }])) };
}

/** Whether two shapes are one; none is like no other. */
export function sameShape(a: Shape | undefined, b: Shape): boolean {
  return a?.length === b.length && a.every((size, i) => size === b[i]);
}

/** Which node makes each value. */
export function producers(graph: Graph): Map<string, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

/** Which nodes read each value or tensor, once per reading input. */
export function consumers(graph: Graph): Map<string, Node[]> {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      const list = readers.get(input);
      if (list) list.push(node);
      else readers.set(input, [node]);
    }
  }
  return readers;
}

/** The same graph with its nodes in topological order: as they are listed, but for producers that come too late. Throws `bad-graph` on duplicate or unknown names and on cycles. */
export function sortTopologically(graph: Graph): Graph {
  const known = new Set<string>();
  const define = (name: string, what: string) => {
    if (name === '') throw new HetConvError('bad-graph', `${what} has an empty name`);
    if (known.has(name)) throw new HetConvError('bad-graph', `the name "${name}" is defined twice, again as ${what}`);
    known.add(name);
  };
  for (const name of graph.tensors.keys()) define(name, 'a tensor');
  for (const input of graph.inputs) define(input.name, 'a graph input');
  const producers = new Map<string, Node>();
  for (const node of graph.nodes) {
    for (const output of node.outputs) {
      define(output, `an output of node "${node.name}"`);
      producers.set(output, node);
    }
  }
  for (const { name, inputs } of graph.nodes) {
    const unknown = inputs.find((input) => input !== '' && !known.has(input));
    if (unknown !== undefined) throw new HetConvError('bad-graph', `node "${name}" reads "${unknown}", which nothing defines`);
  }

  const sorted = new Set<Node>();
  const begun = new Set<Node>();
  for (const root of graph.nodes) {
    // From a node through what it still waits for; without recursion, as chains may be long.
    const path: { readonly node: Node; next: number }[] = [];
    const enter = (node: Node) => {
      if (sorted.has(node)) return;
      if (begun.has(node)) throw new HetConvError('bad-graph', `the graph has a cycle through node "${node.name}"`);
      begun.add(node);
      path.push({ node, next: 0 });
    };
    enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      if (top.next < top.node.inputs.length) {
        const producer = producers.get(top.node.inputs[top.next++]!);
        if (producer) enter(producer);
      } else {
        sorted.add(top.node);
        path.pop();
      }
    }
  }
  for (const output of graph.outputs) {
    if (!known.has(output)) throw new HetConvError('bad-graph', `graph output "${output}" is defined by nothing`);
  }
  return { ...graph, nodes: [...sorted] };
}
