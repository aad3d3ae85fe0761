// Batch norm after a convolution becomes part of its weights and bias, also where the convolution is a sum of several.
import { type Constant, derive } from '../graph/constant.js';
import { elementCount, type Graph, type Node } from '../graph/graph.js';
import { attributesOf } from '../ops/attributes.js';
import { opOf } from '../ops/index.js';
import { filterOpOf, isClamped, isPlainFilterOp, optionalInput } from './filterOps.js';
import { GraphEditor, type NewTensor } from './graphEditor.js';

/** Sums nested deeper than this are left alone. */
const MAX_DEPTH = 8;

interface BatchNorm {
  readonly node: Node;
  readonly parameters: readonly Constant[];
  readonly epsilon: number;
  readonly channels: number;
}

export function foldBatchNorm(graph: Graph): Graph {
  const editor = new GraphEditor(graph);
  editor.forEach((node) => {
    const norm = batchNormOf(editor, node);
    if (!norm) return;
    const terms = summands(editor, node.inputs[0]!, norm.channels, 0);
    const first = terms?.filters[0];
    if (!terms || !first) return;
    for (const filter of terms.filters) if (filter !== first) editor.replace([filter], scaled(editor, filter, norm, false));
    if (terms.top === first) {
      editor.replace([first, node], { ...scaled(editor, first, norm, true), outputs: node.outputs });
    } else {
      editor.replace([first], scaled(editor, first, norm, true));
      editor.replace([terms.top, node], { ...terms.top, outputs: node.outputs });
    }
  });
  return editor.finish();
}

function batchNormOf(editor: GraphEditor, node: Node): BatchNorm | undefined {
  if (node.op !== 'batchNorm') return undefined;
  const parameters = [1, 2, 3, 4].map((i) => editor.constant(node.inputs[i]));
  if (!parameters.every((parameter) => parameter !== undefined)) return undefined;
  const { epsilon }: { epsilon: number } = attributesOf(node, opOf(node).attributes);
  return { node, parameters, epsilon, channels: elementCount(parameters[0]!.shape) };
}

/** The convolutions whose sum is `value`, and the node that makes it; undefined if anything else has a part in it. */
function summands(
  editor: GraphEditor,
  value: string,
  channels: number,
  depth: number,
): { top: Node; filters: Node[] } | undefined {
  const top = editor.soleProducer(value);
  if (!top || depth > MAX_DEPTH) return undefined;
  if (top.op === 'add') {
    const branches = isClamped(top) ? [] : top.inputs.map((input) => summands(editor, input, channels, depth + 1));
    if (branches.length === 0 || !branches.every((branch) => branch !== undefined)) return undefined;
    return { top, filters: branches.flatMap((branch) => branch.filters) };
  }
  return isPlainFilterOp(top) && constantsOf(editor, top) && filterCount(editor, top) === channels
    ? { top, filters: [top] }
    : undefined;
}

/** Weights, then the bias if there is one; undefined if one of them is computed. */
function constantsOf(editor: GraphEditor, node: Node): { weights: Constant[]; bias: Constant | undefined } | undefined {
  const filterOp = filterOpOf(node)!;
  const weights = filterOp.weights.map((i) => editor.constant(node.inputs[i]));
  const biasName = optionalInput(node, filterOp.bias);
  const bias = editor.constant(biasName);
  if (!weights.every((weight) => weight !== undefined) || (biasName !== undefined && !bias)) return undefined;
  return { weights, bias };
}

function filterCount(editor: GraphEditor, node: Node): number {
  const { shape } = editor.constant(node.inputs[1])!;
  return node.op === 'convTranspose' ? shape[1]! * groupsOf(node) : shape[0]!;
}

/** The node with its filters scaled and, if `shifts`, the norm's offset in its bias. */
function scaled(editor: GraphEditor, node: Node, norm: BatchNorm, shifts: boolean) {
  const filterOp = filterOpOf(node)!;
  const { weights, bias } = constantsOf(editor, node)!;
  const inputs: (string | NewTensor)[] = [node.inputs[0]!];
  weights.forEach((weight, i) => {
    const constant = derive(weight.shape, [weight, ...norm.parameters], (values, ...parameters) => {
      const { factor } = affine(parameters, norm.epsilon);
      const filterOf = filterIndex(node, weight, norm.channels);
      return values.map((value, at) => value * factor[filterOf(at)]!);
    });
    inputs.push({ role: i === 0 ? 'weight' : 'pointwise', constant });
  });
  if (shifts || bias) {
    const sources = bias ? [...norm.parameters, bias] : norm.parameters;
    const constant = derive([norm.channels], sources, (...values) => {
      const { factor, offset } = affine(values, norm.epsilon);
      const old = bias && values[4]!;
      return Float32Array.from(factor, (scale, n) => (old ? old[n]! * scale : 0) + (shifts ? offset[n]! : 0));
    });
    inputs[filterOp.bias] = { role: 'bias', constant };
  }
  return { ...node, inputs };
}

/** y = factor·x + offset, in f64. */
function affine([scale, shift, mean, variance]: readonly Float32Array[], epsilon: number) {
  const factor = Float64Array.from(scale!, (value, n) => value / Math.sqrt(variance![n]! + epsilon));
  return { factor, offset: factor.map((value, n) => shift![n]! - mean![n]! * value) };
}

/** Which filter the element at a row-major index belongs to. */
function filterIndex(node: Node, weight: Constant, channels: number): (at: number) => number {
  const { shape } = weight;
  if (node.op !== 'convTranspose') {
    const row = elementCount(shape.slice(1));
    return (at) => Math.floor(at / row);
  }
  const area = elementCount(shape.slice(2));
  const perGroup = shape[1]!;
  const inputsPerGroup = (shape[0]! * perGroup) / channels;
  return (at) => {
    const plane = Math.floor(at / area);
    const group = Math.floor(Math.floor(plane / perGroup) / inputsPerGroup);
    return group * perGroup + (plane % perGroup);
  };
}

function groupsOf(node: Node): number {
  return (node.attributes.groups as number | undefined) ?? 1;
}
