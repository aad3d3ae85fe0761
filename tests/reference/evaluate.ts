// Evaluates a whole graph in f64 with the references: what passes must preserve and the runtime must compute.
import { valuesOf } from '../../src/graph/constant.js';
import type { Graph } from '../../src/graph/graph.js';
import { attributesOf } from '../../src/ops/attributes.js';
import { opOf } from '../../src/ops/index.js';
import { references } from './index.js';
import type { Values } from './reference.js';

/** The outputs of a sorted graph, by name. */
export function evaluate(graph: Graph, inputs: Readonly<Record<string, Values>>): Record<string, Values> {
  const values = new Map<string, Values>(Object.entries(inputs));
  for (const [name, tensor] of graph.tensors) values.set(name, { shape: tensor.shape, data: valuesOf(tensor, name) });
  for (const node of graph.nodes) {
    const reference = references[node.op];
    if (!reference) throw new Error(`there is no reference of "${node.op}"`);
    const outputs = reference(
      node.inputs.map((name) => values.get(name)),
      attributesOf(node, opOf(node).attributes),
    );
    node.outputs.forEach((name, i) => {
      values.set(name, outputs[i]!);
    });
  }
  return Object.fromEntries(graph.outputs.map((name) => [name, values.get(name)!]));
}
