// Which depthwise convolutions are worth fusing with the 1×1 convolution that reads them: a question apart from the fusing, so that most
// graphs need not load that.
import { elementCount, type Graph, type Node, type Shape } from '../graph/graph.js';
import { inferShapes } from '../ops/inferShapes.js';

/**
 * Bytes of one image that caches bring in time: below, a fused pair takes as long as two convolutions, and above, it saves what the
 * way to memory and back takes (docs/benchmarks.md).
 */
const NEAR_BYTES = 2 ** 21;

export function hasLargeDepthwise(graph: Graph): boolean {
  // Most networks have no groups, and need not pay for their shapes.
  if (!graph.nodes.some(isGrouped)) return false;
  const shapes = inferShapes(graph);
  return graph.nodes.some((node) => isLargeDepthwise(node, shapes));
}

/** Whether a node has one filter for each of several channels and no residual, and its results are not near when they are read. */
export function isLargeDepthwise(node: Node, shapes: ReadonlyMap<string, Shape>): boolean {
  const { inputs, outputs, attributes } = node;
  if (!isGrouped(node) || inputs[3]) return false;
  const [, ...image] = shapes.get(outputs[0]!)!;
  const [filters, perGroup] = shapes.get(inputs[1]!)!;
  return attributes.groups === filters && perGroup === 1 && 4 * elementCount(image) > NEAR_BYTES;
}

const isGrouped = ({ op, attributes: { groups = 1 } }: Node): boolean => op === 'conv' && groups !== 1;
