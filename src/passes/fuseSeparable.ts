// A depthwise convolution that a 1×1 convolution alone reads becomes one node with it, where that takes less time.
import type { Attribute, Graph, Node, Shape } from '../graph/graph.js';
import type { ConvAttributes } from '../ops/conv.js';
import { knowRareOps } from '../ops/index.js';
import { caseOf, inferShapes } from '../ops/inferShapes.js';
import { rareOps } from '../ops/rare.js';
import { GraphEditor } from './graphEditor.js';
import { isLargeDepthwise } from './largeDepthwise.js';

// What it makes is one of the rare ops.
knowRareOps(rareOps);

export function fuseSeparable(graph: Graph): Graph {
  const shapes = inferShapes(graph);
  const editor = new GraphEditor(graph);
  editor.forEach((node) => {
    const depthwise = isPointwise(node, shapes) ? editor.soleProducer(node.inputs[0]!) : undefined;
    if (!depthwise || !isLargeDepthwise(depthwise, shapes)) return;
    const [x, weight, bias = ''] = depthwise.inputs as [string, string, string?];
    const [, pointwise, ...biasAndResidual] = node.inputs as [string, string, ...string[]];
    const { stride, padding, dilation, clampMin: depthwiseMin, clampMax: depthwiseMax } = depthwise.attributes;
    const { clampMin, clampMax } = node.attributes;
    editor.replace([depthwise, node], {
      name: node.name,
      op: 'separableConv',
      inputs: [x, weight, pointwise, bias, ...biasAndResidual],
      outputs: node.outputs,
      attributes: given({ stride, padding, dilation, depthwiseMin, depthwiseMax, clampMin, clampMax }),
    });
  });
  return editor.finish();
}

function isPointwise(node: Node, shapes: ReadonlyMap<string, Shape>): boolean {
  if (node.op !== 'conv') return false;
  const { stride, padding, groups } = caseOf(node, shapes).attributes as ConvAttributes;
  const [, , ...kernel] = shapes.get(node.inputs[1]!)!;
  return [groups, ...kernel, ...stride].every((size) => size === 1) && padding.every((size) => size === 0);
}

function given(attributes: Readonly<Record<string, Attribute | undefined>>): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
