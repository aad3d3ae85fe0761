// Which part each layer gets, so that a network stays within a latency and keeps as many multiply-accumulates as it can.
import { HetConvError } from '../graph/error.js';
import { knapsack } from './knapsack.js';
import type { LatencyTable } from './latencyTable.js';
import type { PlannedLayer, PlannedPart } from './record.js';

export interface PartPlan {
  /** In the order of the network. */
  readonly layers: readonly PlannedLayer[];
  readonly predictedMs: number;
}

/** Throws `bad-option` for a budget below the fastest choice. */
export function planParts(table: LatencyTable, budgetMs: number): PartPlan {
  const items = table.layers.map(({ options }) => options.map((option) => ({ option, value: option.macs, weight: option.ms })));
  const chosen = knapsack(items, budgetMs - table.fixedMs);
  if (!chosen) {
    const fastest = table.layers.map(({ options }) => options.toSorted((a, b) => a.ms - b.ms)[0]!);
    throw new HetConvError(
      'bad-option',
      `${table.architecture} takes ${predict(table, fastest).toFixed(3)} ms at its fastest; a budget of ${budgetMs} ms needs a smaller network, or larger parts`,
    );
  }
  const options = chosen.map(({ option }) => option);
  return {
    layers: options.map((option, i) => ({ name: table.layers[i]!.name, ...option })),
    predictedMs: predict(table, options),
  };
}

/** Milliseconds of a run with an option of each layer. */
export function predict({ fixedMs }: LatencyTable, options: readonly PlannedPart[]): number {
  return options.reduce((sum, { ms }) => sum + ms, fixedMs);
}
