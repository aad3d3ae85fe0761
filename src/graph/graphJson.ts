// A graph as JSON: what the architecture builders print and what a model file carries.
import { HetConvError } from './error.js';
import type { Attribute, Graph, Node } from './graph.js';

export interface GraphJson {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  /** Shape of every tensor; only where no weights accompany the graph, for their file states the shapes. */
  readonly tensors?: Readonly<Record<string, readonly number[]>>;
}

/** Bounds that JSON cannot write; leaving the attribute out says the same. */
const OPEN_BOUNDS: ReadonlyMap<string, number> = new Map([
  ['min', -Infinity],
  ['max', Infinity],
  ['clampMin', -Infinity],
  ['clampMax', Infinity],
]);

/** The graph without its tensors. Throws `bad-attribute` for a number that JSON cannot write. */
export function graphToJson(graph: Graph): GraphJson {
  return {
    name: graph.name,
    inputs: graph.inputs.map(({ name, shape }) => ({ name, shape: [...shape] })),
    outputs: [...graph.outputs],
    nodes: graph.nodes.map((node) => ({
      name: node.name,
      op: node.op,
      inputs: [...node.inputs],
      outputs: [...node.outputs],
      attributes: attributesToJson(node),
    })),
  };
}

/** The graph with the shapes of its tensors: all that a trainer needs to build and initialise the network. */
export function bareGraphToJson(graph: Graph): GraphJson {
  return {
    ...graphToJson(graph),
    tensors: Object.fromEntries([...graph.tensors].map(([name, { shape }]) => [name, [...shape]])),
  };
}

function attributesToJson(node: Node): Record<string, Attribute> {
  const written = Object.entries(node.attributes).filter(([name, value]) => value !== OPEN_BOUNDS.get(name));
  for (const [name, value] of written) {
    if ([value].flat().some((item) => typeof item === 'number' && !Number.isFinite(item))) {
      throw new HetConvError(
        'bad-attribute',
        `node "${node.name}" (${node.op}): attribute "${name}" is ${value}, which JSON cannot hold`,
      );
    }
  }
  return Object.fromEntries(written.map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]));
}
