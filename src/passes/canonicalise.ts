// The form that a converted file holds: HetConv found in every spelling, batch norm folded, dead nodes gone.
import type { Graph } from '../graph/graph.js';
import { detectHetConv } from './detectHetConv.js';
import type { Report } from './finding.js';
import { foldAffine } from './foldAffine.js';
import { removeDead } from './removeDead.js';

/** `graph` must be sorted. Each pass may open the way for another, so they repeat until none finds anything. */
export function canonicalise(graph: Graph, report?: Report): Graph {
  const next = removeDead(detectHetConv(foldAffine(graph), report));
  return next === graph ? graph : canonicalise(next, report);
}
