// What an operand names: a model file or address, or an architecture with random weights.
import { existsSync } from 'node:fs';
import { architectures, namedGraph } from '../architectures/index.js';
import type { Entry } from '../bench/bench.js';
import { publishedCost } from '../bench/entries.js';
import { withRandomWeights } from '../bench/randomWeights.js';
import { readModel } from '../formats/index.js';
import type { Graph } from '../graph/graph.js';
import { costOf } from '../ops/cost.js';
import { optimise } from '../passes/index.js';
import { host } from '../platform/node/host.js';
import { HetConvError } from '../platform/node/index.js';
import { about } from './reportError.js';

export interface NetworkSource extends Entry {
  /** Whether its weights are those of a file. */
  readonly trained: boolean;
  readonly optimised: Graph;
}

/** Throws `not-found` for what is neither, and what reading a model throws. */
export async function networkSource(operand: string): Promise<NetworkSource> {
  const isPlace = existsSync(operand) || /[/\\]|\.(safetensors|onnx|pt|pth)$|^https?:/.test(operand);
  const bare = isPlace ? undefined : namedGraph(operand);
  if (bare)
    return sourceOf({ name: operand, cost: publishedCost(bare), trained: false }, await optimise(withRandomWeights(bare)));
  if (!isPlace) {
    const known = Object.keys(architectures).join(', ');
    throw new HetConvError(
      'not-found',
      `there is no file "${operand}", and no architecture of that name; known are ${known}, each also with -standard, -hetconv-p4 (any P), -dwpw, -gwpw-g4 or -pw behind it`,
    );
  }
  return about(operand, async () => {
    const bytes = await host.read(operand, {});
    const { graph, canonical } = await readModel(bytes, { sibling: host.sibling(operand, {}) });
    const optimised = await optimise(graph, canonical);
    return sourceOf({ name: operand, cost: costOf(optimised).total, fileBytes: bytes.length, trained: true }, optimised);
  });
}

function sourceOf(about: Omit<NetworkSource, 'graph' | 'optimised'>, optimised: Graph): NetworkSource {
  return { ...about, optimised, graph: async () => optimised };
}
