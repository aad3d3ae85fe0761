// Whether channels have to be permuted: a question apart from the permuting, so that most graphs need not load that.
import type { Graph } from '../graph/graph.js';

export function hasShiftedHetConv(graph: Graph): boolean {
  return graph.nodes.some((node) => node.op === 'hetConv' && node.attributes.pattern === 'shifted');
}
