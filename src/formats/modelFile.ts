// What a model file says, whatever its format: the network and how to feed and read it.
import type { Graph } from '../graph/graph.js';
import type { Preprocessing } from '../graph/preprocessing.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface ModelFile {
  /** Sorted, its shapes checked. */
  readonly graph: Graph;
  /** The graph is in the canonical form of src/passes: nobody need look for HetConv or batch norm to fold. */
  readonly canonical?: boolean;
  readonly preprocessing?: Preprocessing;
  /** Names of the classes, in the order of the network's output. */
  readonly labels?: readonly string[];
  /** How the network was trained or converted: free-form. */
  readonly provenance?: Readonly<Record<string, Json>>;
  /** Of the weights: an SPDX expression. */
  readonly license?: string;
}
