// HetConv in the spellings that trained networks come in: sums of convolutions first, then what zeros make of a dense one.
import type { Graph } from '../graph/graph.js';
import type { Report } from './finding.js';
import { mergeConvolutions } from './mergeConvolutions.js';
import { splitMasked } from './splitMasked.js';

/** `graph` must be sorted. */
export function detectHetConv(graph: Graph, report?: Report): Graph {
  return splitMasked(mergeConvolutions(graph, report), report);
}
