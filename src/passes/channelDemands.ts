// What each node asks of the order of the channels it reads and writes.
import type { Graph, Node, Shape } from '../graph/graph.js';
import type { ConvAttributes } from '../ops/conv.js';
import type { HetConvAttributes } from '../ops/hetConv.js';
import { opOf } from '../ops/index.js';
import { caseOf } from '../ops/inferShapes.js';
import { filterOpOf, optionalInput } from './filterOps.js';

/** On one value: any order whatever, the order of the node's output, blocks of the classes modulo `part`, or as trained. */
export type Demand = 'any' | 'tied' | 'natural' | { readonly part: number };

export interface NodeDemands {
  /** For each input; undefined where it is a tensor, omitted, or has no channels to order. */
  readonly inputs: readonly (Demand | undefined)[];
  /** 'joined': the orders of the inputs, one after the other. */
  readonly output: Exclude<Demand, 'tied'> | 'joined';
  /** Features of the output that come from each channel of the input, where that is not one. */
  readonly repeat?: number;
}

export function demandsOf(node: Node, graph: Graph, shapes: ReadonlyMap<string, Shape>): NodeDemands {
  const isValue = node.inputs.map((name) => name !== '' && !graph.tensors.has(name));
  const demands = (input: Demand, output: NodeDemands['output'], others: Demand = 'tied'): NodeDemands => ({
    inputs: isValue.map((value, i) => (value ? (i === 0 ? input : others) : undefined)),
    output,
  });
  const natural = demands('natural', 'natural', 'natural');
  const c = caseOf(node, shapes);
  const inShape = c.inputs[0]!;
  const outShape = c.outputs[0]!;

  const filterOp = filterOpOf(node);
  if (filterOp) {
    const parameters = [...filterOp.weights.map((i) => node.inputs[i]!), optionalInput(node, filterOp.bias)];
    if (!parameters.every((name) => name === undefined || graph.tensors.has(name))) return natural;
    if (node.op === 'hetConv') {
      const { part, pattern } = c.attributes as HetConvAttributes;
      return pattern === 'shifted' ? demands({ part }, { part }) : demands('natural', 'natural');
    }
    const { groups = 1 } = c.attributes as Partial<ConvAttributes>;
    if (groups === 1) return demands('any', 'any');
    const isDepthwise = node.op === 'conv' && groups === inShape[1] && groups === outShape[1];
    return isDepthwise ? demands('tied', 'any') : demands('natural', 'natural');
  }
  if (node.op === 'concat' && isValue.every(Boolean)) {
    const { axis } = c.attributes as { axis: number };
    const joinsChannels = axis === 1 || axis === 1 - outShape.length;
    if (joinsChannels && node.inputs.length > 1) return demands('any', 'joined', 'any');
  }
  if (isChannelPad(node)) return demands('any', 'any');
  const repeat = flattenRepeat(node, inShape, outShape);
  if (repeat !== undefined) return { ...demands('tied', 'any'), repeat };
  if (opOf(node).keepsChannels?.(c)) return keepingDemands(node, isValue, shapes) ?? natural;
  return natural;
}

/** Channels of zeros and nothing else: a gather can write them in any order. */
export function isChannelPad(node: Node): boolean {
  const { pads, mode = 'constant', value = 0 } = node.attributes;
  if (node.op !== 'pad' || mode !== 'constant' || value !== 0 || !Array.isArray(pads)) return false;
  return pads.every((pad: number, i) => (i % (pads.length / 2) === 1 ? pad >= 0 : pad === 0));
}

/** [N, C, …] → [N, C·r]: the r, undefined for any other node. */
function flattenRepeat(node: Node, input: Shape, output: Shape): number | undefined {
  if (node.op !== 'flatten' && node.op !== 'reshape') return undefined;
  const sameImages = input.length >= 2 && output.length >= 2 && input[0] === output[0];
  if (!sameImages) return undefined;
  if (output.length === 2) return output[1]! / input[1]!;
  return input[1] === output[1] ? 1 : undefined;
}

/** Inputs with the output's channels go along with it; those with one channel do not care. */
function keepingDemands(node: Node, isValue: readonly boolean[], shapes: ReadonlyMap<string, Shape>): NodeDemands | undefined {
  const output = shapes.get(node.outputs[0]!)!;
  const inputs: (Demand | undefined)[] = [];
  for (const [i, name] of node.inputs.entries()) {
    const shape = shapes.get(name);
    if (!isValue[i] || !shape) inputs.push(undefined);
    else if (node.inputs.length > 1 && shape.length !== output.length) return undefined;
    else if (shape[1] === output[1]) inputs.push('tied');
    else inputs.push('any');
  }
  return { inputs, output: 'any' };
}
