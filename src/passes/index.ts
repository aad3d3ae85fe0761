// The passes in their order: each rewrites a sorted graph into an equivalent one.
import type { Graph } from '../graph/graph.js';
import { detectHetConv } from './detectHetConv.js';
import { foldBatchNorm } from './foldBatchNorm.js';
import { fuseActivation } from './fuseActivation.js';
import { fuseResidual } from './fuseResidual.js';
import { permuteChannels } from './permuteChannels.js';
import { removeDead } from './removeDead.js';

export type Pass = (graph: Graph) => Graph;

/** What a converted file holds; each may open the way for another, so they repeat until none finds anything. */
const canonicalPasses: readonly Pass[] = [detectHetConv, foldBatchNorm, removeDead];

/** What the planner gets, in this order: a sum's activation moves on with the sum. */
const optimisingPasses: readonly Pass[] = [fuseActivation, fuseResidual, permuteChannels];

/** HetConv found, batch norm folded, dead nodes gone. `graph` must be sorted. */
export function canonicalise(graph: Graph): Graph {
  let current = graph;
  let previous: Graph;
  do {
    previous = current;
    current = run(canonicalPasses, current);
  } while (current !== previous);
  return current;
}

/** `canonicalise`, then activations and residuals fused and classes of HetConv in blocks. `graph` must be sorted. */
export function optimise(graph: Graph): Graph {
  return run(optimisingPasses, canonicalise(graph));
}

function run(passes: readonly Pass[], graph: Graph): Graph {
  return passes.reduce((current, pass) => pass(current), graph);
}

export { detectHetConv, foldBatchNorm, fuseActivation, fuseResidual, permuteChannels, removeDead };
