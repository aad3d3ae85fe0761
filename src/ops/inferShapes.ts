// Shape inference over a whole graph: the one check that every graph, whatever its source, passes before it is planned.
import { HetConvError } from '../graph/error.js';
import { elementCount, type Graph, type Node, type Shape } from '../graph/graph.js';
import { attributesOf } from './attributes.js';
import { opOf } from './index.js';
import { nodeError } from './nodeError.js';
import type { Case } from './op.js';

/** More elements than a 32-bit memory of 4-byte words holds. */
const MAX_ELEMENTS = 2 ** 30;

/** Of graphs that were asked about before: reading, rewriting, planning and pricing one all ask. */
const known = new WeakMap<Graph, ReadonlyMap<string, Shape>>();

/** Shapes of every value and tensor of a sorted graph. Throws `unsupported-op`, `bad-attribute` or `bad-shape`. */
export function inferShapes(graph: Graph): ReadonlyMap<string, Shape> {
  let shapes = known.get(graph);
  if (!shapes) {
    shapes = inferred(graph);
    known.set(graph, shapes);
  }
  return shapes;
}

function inferred(graph: Graph): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const [name, tensor] of graph.tensors) shapes.set(name, checked(name, tensor.shape));
  for (const input of graph.inputs) shapes.set(input.name, checked(input.name, input.shape));
  for (const node of graph.nodes) {
    const op = opOf(node);
    const [fewest, most] = op.inputs;
    if (node.inputs.length < fewest || node.inputs.length > most) {
      throw nodeError(node, `has ${node.inputs.length} inputs, it takes ${fewest}…${most}`, 'bad-graph');
    }
    const inputs = node.inputs.map((name) => shapes.get(name));
    if (node.inputs.slice(0, fewest).includes('')) throw nodeError(node, `lacks one of its first ${fewest} inputs`, 'bad-graph');
    const outputs = op.infer({ node, attributes: attributesOf(node, op.attributes), inputs });
    if (outputs.length !== node.outputs.length) {
      throw nodeError(node, `names ${node.outputs.length} outputs, it has ${outputs.length}`, 'bad-graph');
    }
    node.outputs.forEach((name, i) => {
      shapes.set(name, checked(name, outputs[i]!));
    });
  }
  return shapes;
}

/** The case of a node, given the shapes of its graph. */
export function caseOf(node: Node, shapes: ReadonlyMap<string, Shape>): Case<unknown> {
  return {
    node,
    attributes: attributesOf(node, opOf(node).attributes),
    inputs: node.inputs.map((name) => shapes.get(name)),
    outputs: node.outputs.map((name) => shapes.get(name)!),
  };
}

/** The same for nodes that all kernels treat alike: op, shapes and attributes, not names and values. */
export function geometryOf({ node, attributes, inputs }: Case<unknown>): string {
  return `${node.op} ${inputs.map((shape) => shape?.join('x') ?? '-').join(' ')} ${JSON.stringify(attributes)}`;
}

function checked(name: string, shape: Shape): Shape {
  if (shape.length > 6) throw new HetConvError('bad-shape', `"${name}" has ${shape.length} axes, at most 6 are supported`);
  if (!shape.every((size) => Number.isInteger(size) && size > 0)) {
    throw new HetConvError('bad-shape', `"${name}" has shape [${shape}]; every size must be a positive integer`);
  }
  const count = elementCount(shape);
  if (count > MAX_ELEMENTS)
    throw new HetConvError(
      'too-large',
      `"${name}" has ${count} elements (shape [${shape}]), at most ${MAX_ELEMENTS} are supported`,
    );
  return shape;
}
