// The passes in their order: each rewrites a sorted graph into an equivalent one. Those that only some graphs need are loaded for them.
import type { Graph } from '../graph/graph.js';
import type { Report } from './finding.js';
import { fuseActivation } from './fuseActivation.js';
import { fuseResidual } from './fuseResidual.js';
import { hasShiftedHetConv } from './hasShiftedHetConv.js';
import { hasLargeDepthwise } from './largeDepthwise.js';

/**
 * What the planner gets: the canonical graph with activations, residuals and large depthwise convolutions fused and classes of HetConv in
 * blocks.
 * `graph` must be sorted; `canonical` says that it is in canonical form already. `report` is told what was found on the way there.
 */
export async function optimise(graph: Graph, canonical = false, report?: Report): Promise<Graph> {
  const start = canonical ? graph : (await import('./canonicalise.js')).canonicalise(graph, report);
  // In this order: a sum's activation moves on with the sum.
  const fused = fuseResidual(fuseActivation(start), start);
  const inBlocks = hasShiftedHetConv(fused) ? (await import('./permuteChannels.js')).permuteChannels(fused) : fused;
  return hasLargeDepthwise(inBlocks) ? (await import('./fuseSeparable.js')).fuseSeparable(inBlocks) : inBlocks;
}
