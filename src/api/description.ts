// What is told of a model's plan: layers with their kernels, totals, memory.
import type { Graph } from '../graph/graph.js';
import { costOf, type LayerCost, type TotalCost } from '../ops/cost.js';
import type { Finding } from '../passes/finding.js';
import type { Reason } from '../plan/chooseKernels.js';
import type { Plan } from '../plan/plan.js';
import type { Variant } from '../runtime/variants.js';

export interface MemoryUse {
  /** All of the model's WebAssembly memory, in bytes: activations, records, tables, packed weights, and what planning them took. */
  readonly total: number;
  /** Planned for activations (halos counted), and the largest set of them that lives at one time. */
  readonly activations: number;
  readonly largestLiveSet: number;
}

export interface LayerPlan extends LayerCost {
  /** The wasm kernels that compute it; none where it only renames its input. */
  readonly kernels: readonly string[];
  /** Why these: measured by `tune`, the shortest predicted time, no other allowed, or simply the first of its op. */
  readonly chosen: 'measured' | Reason;
}

export interface ModelDescription {
  readonly name: string;
  readonly variant: Variant;
  readonly layers: readonly LayerPlan[];
  readonly total: TotalCost;
  readonly memory: MemoryUse;
  /** Layers that only reorder channels, because an edge forced them. */
  readonly permutes: number;
  /** Layers that were found in other spellings when the model was loaded; a converted file has none left to find. */
  readonly findings: readonly Finding[];
}

export interface DescribedParts {
  /** The optimised graph; its weights are not looked at. */
  readonly graph: Graph;
  readonly variant: Variant;
  readonly plan: Pick<Plan, 'choices' | 'activationBytes' | 'largestLiveSet'>;
  readonly memoryBytes: number;
  readonly findings: readonly Finding[];
  /** Nodes whose kernels were measured. */
  readonly measured: ReadonlySet<string>;
}

export function describePlan({ graph, variant, plan, memoryBytes, findings, measured }: DescribedParts): ModelDescription {
  const { layers, total } = costOf(graph);
  return {
    name: graph.name,
    variant,
    layers: layers.map((layer): LayerPlan => {
      const { kernels, reason } = plan.choices.get(layer.name)!;
      return { ...layer, kernels, chosen: measured.has(layer.name) ? 'measured' : reason };
    }),
    total,
    memory: { total: memoryBytes, activations: plan.activationBytes, largestLiveSet: plan.largestLiveSet },
    permutes: graph.nodes.filter(({ op }) => op === 'permuteChannels').length,
    findings,
  };
}
