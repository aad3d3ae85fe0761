// The ops whose output channels are filters, linear in their weights: what batch norm, activations and residuals fold into.
import type { Constant } from '../graph/constant.js';
import type { Node } from '../graph/graph.js';
import type { GraphEditor } from './graphEditor.js';

interface FilterOp {
  /** Inputs with weights, one row (axis 0) for each filter; convTranspose alone has filters on axis 1. */
  readonly weights: readonly number[];
  readonly bias: number;
  readonly residual?: number;
}

const filterOps: Readonly<Record<string, FilterOp>> = {
  conv: { weights: [1], bias: 2, residual: 3 },
  hetConv: { weights: [1, 2], bias: 3, residual: 4 },
  linear: { weights: [1], bias: 2 },
  convTranspose: { weights: [1], bias: 2 },
};

export function filterOpOf(node: Node | undefined): FilterOp | undefined {
  return node && Object.hasOwn(filterOps, node.op) ? filterOps[node.op] : undefined;
}

export function isClamped(node: Node): boolean {
  const { clampMin = -Infinity, clampMax = Infinity } = node.attributes;
  return clampMin !== -Infinity || clampMax !== Infinity;
}

/** The name of an input, undefined if the node omits it. */
export function optionalInput(node: Node, index: number | undefined): string | undefined {
  return (index !== undefined && node.inputs[index]) || undefined;
}

/** Whether the node's output is weights times input plus bias and nothing else. */
export function isPlainFilterOp(node: Node): boolean {
  const filterOp = filterOpOf(node);
  return filterOp !== undefined && !isClamped(node) && optionalInput(node, filterOp.residual) === undefined;
}

/** Weights, then the bias if there is one; undefined if one of them is computed. */
export function constantsOf(editor: GraphEditor, node: Node): { weights: Constant[]; bias: Constant | undefined } | undefined {
  const filterOp = filterOpOf(node)!;
  const weights = filterOp.weights.map((i) => editor.constant(node.inputs[i]));
  const biasName = optionalInput(node, filterOp.bias);
  const bias = editor.constant(biasName);
  if (!weights.every((weight) => weight !== undefined) || (biasName !== undefined && !bias)) return undefined;
  return { weights, bias };
}
