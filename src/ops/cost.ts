// What a network costs by count, layer by layer: multiply-accumulates, the adds that the HetConv paper counts, parameters, traffic.
import { elementCount, type Graph, type Node, type Shape } from '../graph/graph.js';
import { opOf } from './index.js';
import { caseOf, inferShapes } from './inferShapes.js';
import type { Cost } from './op.js';

export interface NetworkCost extends Cost {
  /** Trained numbers; a tensor that several layers read counts in each of these layers and once in the total. */
  readonly parameters: number;
  /** Bytes in f32 of all that is read and written once: activations and parameters. */
  readonly bytes: number;
}

export interface TotalCost extends NetworkCost {
  /** MACs of the convolutions alone, without fully connected layers. */
  readonly convolutionMacs: number;
}

export interface LayerCost extends NetworkCost {
  readonly name: string;
  readonly op: string;
  readonly outputShape: Shape;
  /** P of a HetConv. */
  readonly part?: number;
}

/**
 * Costs of a sorted graph. A HetConv counts as one only where the graph says `hetConv`: run `detectHetConv` before.
 * Throws what `inferShapes` throws.
 */
export function costOf(graph: Graph): { layers: LayerCost[]; total: TotalCost } {
  const shapes = inferShapes(graph);
  const counted = new Set<string>();
  const total = { macs: 0, convolutionMacs: 0, adds: 0, parameters: 0, bytes: 0 };
  const layers = graph.nodes.map((node) => {
    const layer = layerCost(node, graph, shapes);
    const constants = node.inputs.filter((name) => graph.tensors.has(name));
    total.macs += layer.macs;
    // Only convolutions have the paper's adds.
    if (layer.adds > 0) total.convolutionMacs += layer.macs;
    total.adds += layer.adds;
    total.bytes += layer.bytes;
    if (constants.length === 0 || constants.some((name) => !counted.has(name))) total.parameters += layer.parameters;
    for (const name of constants) counted.add(name);
    return layer;
  });
  return { layers, total };
}

function layerCost(node: Node, graph: Graph, shapes: ReadonlyMap<string, Shape>): LayerCost {
  const op = opOf(node);
  const c = caseOf(node, shapes);
  const sizes = [...node.inputs.filter((name) => name !== ''), ...node.outputs].map((name) => elementCount(shapes.get(name)!));
  const constants = node.inputs.filter((name) => graph.tensors.has(name)).map((name) => elementCount(shapes.get(name)!));
  const { part } = node.attributes;
  return {
    name: node.name,
    op: node.op,
    outputShape: c.outputs[0]!,
    ...(typeof part === 'number' && { part }),
    ...(op.cost?.(c) ?? { macs: 0, adds: 0 }),
    parameters: op.parameters?.(c) ?? sum(constants),
    bytes: 4 * sum(sizes),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
