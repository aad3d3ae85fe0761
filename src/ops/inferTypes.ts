// Element types of values: all f32 but for the indices that argMax makes, which only moves of elements may touch.
import type { Graph } from '../graph/graph.js';
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
    const { outputType = 'f32' } = opOf(node);
    const inputs = node.inputs.filter((name) => name !== '').map((name) => types.get(name)!);
    const indices = inputs.includes('i32');
    if (indices && (outputType !== 'input' || inputs.includes('f32'))) {
      throw nodeError(
        node,
        `computes on indices; only moves of elements (reshape, transpose, …) may follow argMax`,
        'unsupported-op',
      );
    }
    for (const name of node.outputs) types.set(name, outputType === 'input' ? inputs[0]! : outputType);
  }
  return types;
}
