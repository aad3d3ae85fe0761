// The form that a converted file holds: HetConv found in every spelling, batch norm folded, dead nodes gone.
import type { Graph } from '../graph/graph.js';
import { detectHetConv } from './detectHetConv.js';
import { foldBatchNorm } from './foldBatchNorm.js';
import { removeDead } from './removeDead.js';

/** `graph` must be sorted. Each pass may open the way for another, so they repeat until none finds anything. */
export function canonicalise(graph: Graph): Graph {
  const next = removeDead(foldBatchNorm(detectHetConv(graph)));
  return next === graph ? graph : canonicalise(next);
}
