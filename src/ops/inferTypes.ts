// Element types of values: all f32 but for indices, which only moves of elements and cast may touch.
import type { Graph, Node } from '../graph/graph.js';
import { attributesOf } from './attributes.js';
import { opOf } from './index.js';
import { nodeError } from './nodeError.js';

export type ElementType = 'f32' | 'i32';

/**
 * Type of every value and tensor of a sorted graph, whose inputs are f32 unless `inputTypes` names them.
 * Throws `unsupported-op` where an op would compute on indices.
 */
export function inferTypes(graph: Graph, inputTypes: ReadonlyMap<string, ElementType> = new Map()): Map<string, ElementType> {
  const types = new Map<string, ElementType>();
  for (const name of graph.tensors.keys()) types.set(name, 'f32');
  for (const { name } of graph.inputs) types.set(name, inputTypes.get(name) ?? 'f32');
  for (const node of graph.nodes) {
    const inputs = node.inputs.filter((name) => name !== '').map((name) => types.get(name)!);
    const outputs = outputTypes(node, inputs);
    node.outputs.forEach((name, i) => {
      types.set(name, outputs[i]!);
    });
  }
  return types;
}

function outputTypes(node: Node, inputs: readonly ElementType[]): readonly ElementType[] {
  const { outputType = 'f32', attributes } = opOf(node);
  if (typeof outputType === 'function') return [outputType(attributesOf(node, attributes))];
  const isMove = outputType === 'input';
  if (inputs.includes('i32') && (!isMove || inputs.includes('f32'))) {
    throw nodeError(
      node,
      'computes on indices; only moves of elements (reshape, transpose, …) and cast may read them',
      'unsupported-op',
    );
  }
  const list = typeof outputType === 'string' ? node.outputs.map(() => outputType) : outputType;
  return list.map((type) => (type === 'input' ? inputs[0]! : type));
}
