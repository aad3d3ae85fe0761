// Finds HetConv in the spellings that trained networks come in: two branches (a grouped K×K and a dense 1×1 convolution of
// one input, in one sum), and a dense convolution whose off-centre taps are zero in the HetConv pattern.
import { type Constant, derive, hasValues } from '../graph/constant.js';
import type { Graph, Node } from '../graph/graph.js';
import { attributesOf } from '../ops/attributes.js';
import type { ConvAttributes } from '../ops/conv.js';
import { conv } from '../ops/conv.js';
import { inferShapes } from '../ops/inferShapes.js';
import { isClamped, isPlainFilterOp, optionalInput } from './filterOps.js';
import { GraphEditor, type NewTensor } from './graphEditor.js';
import { type Geometry, geometryOf, ownChannels, splitPointwise, supportedPattern, takeOwn } from './hetConvWeights.js';

interface Branch {
  readonly node: Node;
  readonly attributes: ConvAttributes;
  readonly weight: Constant;
  readonly bias: Constant | undefined;
}

/** `graph` must be sorted. The dense form needs values, so that a bare architecture shows its two-branch layers only. */
export function detectHetConv(graph: Graph): Graph {
  const shapes = inferShapes(graph);
  const editor = new GraphEditor(graph);
  editor.forEach((node) => {
    if (node.op === 'add' && !isClamped(node)) {
      const [a, b] = node.inputs.map((input) => branchOf(editor, editor.soleProducer(input)));
      const sameSize = `${shapes.get(node.inputs[0]!)}` === `${shapes.get(node.inputs[1]!)}`;
      if (a && b && sameSize && !joinBranches(editor, node, a, b)) joinBranches(editor, node, b, a);
    } else if (node.op === 'conv') {
      splitDense(editor, node);
    }
  });
  return editor.finish();
}

function branchOf(editor: GraphEditor, node: Node | undefined): Branch | undefined {
  if (node?.op !== 'conv' || !isPlainFilterOp(node)) return undefined;
  const weight = editor.constant(node.inputs[1]);
  const biasName = optionalInput(node, 2);
  const bias = editor.constant(biasName);
  if (!weight || (biasName !== undefined && !bias)) return undefined;
  return { node, attributes: attributesOf(node, conv.attributes), weight, bias };
}

/** Puts a HetConv in place of the sum, if the branches are one; the 1×1 kernels on own channels go into the centre taps. */
function joinBranches(editor: GraphEditor, sum: Node, spatial: Branch, pointwise: Branch): boolean {
  const part = spatial.attributes.groups;
  if (part === 1 || pointwise.attributes.groups !== 1 || spatial.node.inputs[0] !== pointwise.node.inputs[0]) return false;
  if (!hasCentre(spatial.weight) || pointwise.weight.shape[2] !== 1 || pointwise.weight.shape[3] !== 1) return false;
  if (!samePixel(spatial, pointwise)) return false;
  const geometry = geometryOf(spatial.weight.shape, part, 'block');
  const weight = derive(spatial.weight.shape, [spatial.weight, pointwise.weight], (own, dense) => {
    const values = own.slice();
    for (let n = 0; n < geometry.outC; n++) {
      ownChannels(geometry, n).forEach((m, j) => {
        values[(n * geometry.ownC + j) * geometry.area + geometry.centre]! += dense[n * geometry.inC + m]!;
      });
    }
    return values;
  });
  const others = splitPointwise(geometry, pointwise.weight, 1, 0);
  const biases = [spatial.bias, pointwise.bias].filter((bias) => bias !== undefined);
  const bias = biases.length === 2 ? derive(biases[0]!.shape, biases, (a, b) => a!.map((value, n) => value + b![n]!)) : biases[0];
  const inputs = inputsOf(spatial, weight, others, bias);
  const attributes = hetConvAttributes(spatial.attributes, geometry);
  editor.replace([spatial.node, pointwise.node, sum], {
    name: sum.name,
    op: 'hetConv',
    inputs,
    outputs: sum.outputs,
    attributes,
  });
  return true;
}

/** Whether both branches have their K×K centre and their 1×1 kernel on the same pixel. */
function samePixel(spatial: Branch, pointwise: Branch): boolean {
  return [0, 1].every((axis) => {
    const reach = spatial.attributes.dilation[axis]! * Math.floor(spatial.weight.shape[2 + axis]! / 2);
    return (
      spatial.attributes.stride[axis] === pointwise.attributes.stride[axis] &&
      spatial.attributes.padding[axis]! - reach === pointwise.attributes.padding[axis]
    );
  });
}

/** Puts a HetConv in place of a dense convolution whose off-centre taps have its pattern. */
function splitDense(editor: GraphEditor, node: Node): void {
  const weight = editor.constant(node.inputs[1]);
  if (!weight || !hasValues(weight) || !hasCentre(weight)) return;
  const attributes = attributesOf<ConvAttributes>(node, conv.attributes);
  if (attributes.groups !== 1) return;
  const found = supportedPattern(weight);
  if (!found) return;
  const [outC, inC, kernelH, kernelW] = weight.shape as [number, number, number, number];
  const geometry = geometryOf([outC, inC / found.part, kernelH, kernelW], found.part, found.pattern);
  const own = takeOwn(geometry, weight);
  const others = splitPointwise(geometry, weight, geometry.area, geometry.centre);
  const inputs: (string | NewTensor)[] = [
    node.inputs[0]!,
    { role: 'weight', constant: own },
    { role: 'pointwise', constant: others },
  ];
  editor.replace([node], {
    ...node,
    op: 'hetConv',
    inputs: [...inputs, ...node.inputs.slice(2)],
    attributes: hetConvAttributes(attributes, geometry),
  });
}

function inputsOf(spatial: Branch, weight: Constant, pointwise: Constant, bias: Constant | undefined): (string | NewTensor)[] {
  const tensors = [
    { role: 'weight', constant: weight },
    { role: 'pointwise', constant: pointwise },
  ];
  return [spatial.node.inputs[0]!, ...tensors, ...(bias ? [{ role: 'bias', constant: bias }] : [])];
}

function hetConvAttributes({ stride, padding, dilation, clampMin, clampMax }: ConvAttributes, { part, pattern }: Geometry) {
  return {
    part,
    pattern,
    stride,
    padding,
    dilation,
    ...(clampMin !== -Infinity && { clampMin }),
    ...(clampMax !== Infinity && { clampMax }),
  };
}

/** Kernels odd on both axes and larger than one pixel. */
function hasCentre({ shape }: Constant): boolean {
  const [, , kernelH, kernelW] = shape;
  return kernelH! % 2 === 1 && kernelW! % 2 === 1 && kernelH! * kernelW! > 1;
}
