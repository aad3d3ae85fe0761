// The graph of a model file, from its JSON: every field checked, the nodes sorted.
import type { Constant } from '../graph/constant.js';
import { type Attribute, type Graph, type Node, sortTopologically } from '../graph/graph.js';
import { dictionary, fail, finite, list, name, record, size, text } from './schema.js';

const MAX_NODES = 10_000;

/** `path` is how messages call the value. Throws `bad-file` where the JSON is wrong, `bad-graph` where the network is. */
export function graphFromJson(value: unknown, path: string, tensors: ReadonlyMap<string, Constant>): Graph {
  const json = record(value, path, ['name', 'inputs', 'outputs', 'nodes']);
  const inputs = list(json.inputs, `${path}.inputs`, (input, at) => {
    const fields = record(input, at, ['name', 'shape']);
    const shape = list(fields.shape, `${at}.shape`, size);
    if (shape.length === 0) fail(`${at}.shape`, 'must not be empty');
    return { name: name(fields.name, `${at}.name`), shape };
  });
  const outputs = list(json.outputs, `${path}.outputs`, name);
  if (inputs.length === 0) fail(`${path}.inputs`, 'must not be empty');
  if (outputs.length === 0) fail(`${path}.outputs`, 'must not be empty');
  const nodes = list(json.nodes, `${path}.nodes`, nodeFromJson, MAX_NODES);
  checkNodeNames(nodes, path);
  return sortTopologically({ name: text(json.name, `${path}.name`), inputs, outputs, nodes, tensors });
}

/** A graph with the shapes of its tensors, as `bareGraphToJson` writes it. Throws like `graphFromJson`. */
export function bareGraphFromJson(value: unknown, path: string): Graph {
  const { tensors, ...json } = record(value, path, ['name', 'inputs', 'outputs', 'nodes', 'tensors']);
  const shapes = Object.entries(dictionary(tensors, `${path}.tensors`)).map(([key, shape]) => {
    return [key, { shape: list(shape, `${path}.tensors.${key.slice(0, 40)}`, size) }] as const;
  });
  return graphFromJson(json, path, new Map(shapes));
}

function nodeFromJson(value: unknown, path: string): Node {
  const fields = record(value, path, ['name', 'op', 'inputs', 'outputs', 'attributes']);
  const attributes = Object.entries(dictionary(fields.attributes, `${path}.attributes`));
  return {
    name: name(fields.name, `${path}.name`),
    op: name(fields.op, `${path}.op`),
    inputs: list(fields.inputs, `${path}.inputs`, text),
    outputs: list(fields.outputs, `${path}.outputs`, name),
    attributes: Object.fromEntries(
      attributes.map(([key, item]) => [key, attribute(item, `${path}.attributes.${key.slice(0, 40)}`)]),
    ),
  };
}

function attribute(value: unknown, path: string): Attribute {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return text(value, path);
  return Array.isArray(value) ? list(value, path, finite) : finite(value, path);
}

function checkNodeNames(nodes: readonly Node[], path: string): void {
  const seen = new Map<string, number>();
  for (const [i, node] of nodes.entries()) {
    const earlier = seen.get(node.name);
    if (earlier !== undefined) fail(`${path}.nodes[${i}].name`, `is "${node.name}", as is that of ${path}.nodes[${earlier}]`);
    seen.set(node.name, i);
  }
}
