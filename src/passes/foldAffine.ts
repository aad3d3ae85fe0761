// What scales and shifts channels after a convolution becomes part of its weights and bias, also where that is a sum of several.
import { type Constant, derive } from '../graph/constant.js';
import { elementCount, type Graph, type Node } from '../graph/graph.js';
import { inferShapes } from '../ops/inferShapes.js';
import { type Affine, affineOf } from './affine.js';
import { constantsOf, filterOpOf, isClamped, isPlainFilterOp } from './filterOps.js';
import { GraphEditor, type NewTensor } from './graphEditor.js';

/** Sums nested deeper than this are left alone. */
const MAX_DEPTH = 8;

export function foldAffine(graph: Graph): Graph {
  const shapes = inferShapes(graph);
  const editor = new GraphEditor(graph);
  editor.forEach((node) => {
    const affine = affineOf(node, editor, shapes);
    const terms = affine && summands(editor, affine.input, affine.channels, 0);
    const first = terms?.filters[0];
    if (!affine || !terms || !first) return;
    const others = affine.scales ? terms.filters.slice(1) : [];
    for (const filter of others) editor.replace([filter], scaled(editor, filter, affine, false));
    if (terms.top === first) {
      editor.replace([first, node], { ...scaled(editor, first, affine, true), outputs: node.outputs });
    } else {
      editor.replace([first], scaled(editor, first, affine, true));
      editor.replace([terms.top, node], { ...terms.top, outputs: node.outputs });
    }
  });
  return editor.finish();
}

/** The convolutions whose sum is `value`, the first of them added, and the node that makes it; undefined if anything else has a part in it. */
function summands(
  editor: GraphEditor,
  value: string,
  channels: number,
  depth: number,
): { top: Node; filters: Node[] } | undefined {
  const top = editor.soleProducer(value);
  if (!top || depth > MAX_DEPTH) return undefined;
  if (top.op === 'add' || top.op === 'sub') {
    const branches = isClamped(top) ? [] : top.inputs.map((input) => summands(editor, input, channels, depth + 1));
    if (branches.length === 0 || !branches.every((branch) => branch !== undefined)) return undefined;
    return { top, filters: branches.flatMap((branch) => branch.filters) };
  }
  return isPlainFilterOp(top) && constantsOf(editor, top) && filterCount(editor, top) === channels
    ? { top, filters: [top] }
    : undefined;
}

function filterCount(editor: GraphEditor, node: Node): number {
  const { shape } = editor.constant(node.inputs[1])!;
  return node.op === 'convTranspose' ? shape[1]! * groupsOf(node) : shape[0]!;
}

/** The node with its filters scaled and, if `first`, the offset in its bias. */
function scaled(editor: GraphEditor, node: Node, affine: Affine, first: boolean) {
  const filterOp = filterOpOf(node)!;
  const { weights, bias } = constantsOf(editor, node)!;
  const inputs: (string | NewTensor)[] = [...node.inputs];
  if (affine.scales) {
    weights.forEach((weight, i) => {
      const constant = derive(weight.shape, [weight, ...affine.parameters], (values, ...parameters) => {
        const { factor } = affine.coefficients(parameters);
        const filterOf = filterIndex(node, weight, affine.channels);
        return values.map((value, at) => value * factor[filterOf(at)]!);
      });
      inputs[filterOp.weights[i]!] = { role: i === 0 ? 'weight' : 'pointwise', constant };
    });
  }
  const shifts = first && affine.shifts;
  if (shifts || bias) {
    const sources = bias ? [bias, ...affine.parameters] : affine.parameters;
    const constant = derive([affine.channels], sources, (...values) => {
      const old = bias && values.shift();
      const { factor, offset } = affine.coefficients(values);
      return Float32Array.from(factor, (scale, n) => (old ? old[n]! * scale : 0) + (shifts ? offset[n]! : 0));
    });
    inputs[filterOp.bias] = { role: 'bias', constant };
  }
  return { ...node, inputs };
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
