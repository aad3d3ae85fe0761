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

/** The same graph with its nodes in topological order. Throws `bad-graph` on duplicate or unknown names and on cycles. */
export function sortTopologically(graph: Graph): Graph {
  const known = new Set<string>();
  const define = (name: string, what: string) => {
    if (name === '') throw new HetConvError('bad-graph', `${what} has an empty name`);
    if (known.has(name)) throw new HetConvError('bad-graph', `the name "${name}" is defined twice, again as ${what}`);
    known.add(name);
  };
  for (const name of graph.tensors.keys()) define(name, 'a tensor');
  for (const input of graph.inputs) define(input.name, 'a graph input');
  const ready = new Set(known);
  for (const node of graph.nodes) for (const output of node.outputs) define(output, `an output of node "${node.name}"`);

  const waiting = new Map<string, { node: Node; missing: number }[]>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const missing = new Set(node.inputs.filter((name) => name !== '' && !ready.has(name)));
    for (const name of missing) {
      if (!known.has(name)) throw new HetConvError('bad-graph', `node "${node.name}" reads "${name}", which nothing defines`);
    }
    if (missing.size === 0) nodes.push(node);
    const entry = { node, missing: missing.size };
    for (const name of missing) {
      const entries = waiting.get(name);
      if (entries) entries.push(entry);
      else waiting.set(name, [entry]);
    }
  }
  // The list grows while it is walked.
  for (const node of nodes) {
    for (const output of node.outputs) {
      for (const entry of waiting.get(output) ?? []) if (--entry.missing === 0) nodes.push(entry.node);
    }
  }
  if (nodes.length < graph.nodes.length) {
    const sorted = new Set(nodes);
    const stuck = graph.nodes.find((node) => !sorted.has(node))!;
    throw new HetConvError('bad-graph', `the graph has a cycle through node "${stuck.name}"`);
  }
  for (const output of graph.outputs) {
    if (!known.has(output)) throw new HetConvError('bad-graph', `graph output "${output}" is defined by nothing`);
  }
  return { ...graph, nodes };
}
