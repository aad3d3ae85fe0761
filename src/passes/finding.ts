// What the search for canonical form found: carried out of the passes beside the graph, for people to read.
import { elementCount, type Shape } from '../graph/graph.js';

export interface Finding {
  /** The node that stands for it now. */
  readonly node: string;
  readonly op: 'hetConv' | 'conv';
  /** P of a HetConv. */
  readonly part?: number;
  readonly pattern?: 'block' | 'shifted';
  /** How the network spelled it. */
  readonly spelling: string;
  /** Nodes that became one. */
  readonly merged: number;
  /** Multiply-accumulates of these nodes, and of the one. */
  readonly macsBefore: number;
  readonly macsAfter: number;
}

export type Report = (finding: Finding) => void;

/** How often a convolution's filters are computed for an output [N, C, H, W]. */
export function pixelCount(output: Shape): number {
  return elementCount(output) / output[1]!;
}
