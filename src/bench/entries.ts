// What a benchmark compares: an architecture with one convolution after another in place of its own, and model files.
import { architecture, type ConvolutionKind, type UniformKind } from '../architectures/index.js';
import { HetConvError } from '../graph/error.js';
import type { Graph } from '../graph/graph.js';
import { costOf, type TotalCost } from '../ops/cost.js';
import { detectHetConv } from '../passes/detectHetConv.js';
import { optimise } from '../passes/index.js';
import type { Entry, Network } from './bench.js';
import { withRandomWeights } from './randomWeights.js';

/** The kinds that one option names, with every part and number of groups; the standard one, the baseline, comes first. */
export function kindsOf(
  names: readonly UniformKind['kind'][],
  parts: readonly number[],
  groups: readonly number[],
): UniformKind[] {
  const others = names.flatMap((kind): UniformKind[] => {
    if (kind === 'standard') return [];
    if (kind === 'hetconv') return parts.filter((part) => part > 1).map((part) => ({ kind, part }));
    return kind === 'gwpw' ? groups.map((count) => ({ kind, groups: count })) : [{ kind }];
  });
  return [{ kind: 'standard' }, ...others];
}

/** An architecture of random weights with each kind; `size` is that of its pictures, where it takes any. Throws `bad-option` or `bad-shape`. */
export function architectureNetwork(name: string, kinds: readonly ConvolutionKind[], size?: number): Network {
  const entries = kinds.map((kind): Entry => {
    const bare = sized(architecture(name, kind), size);
    return {
      name: entryName(kind),
      ...(kind.kind === 'hetconv' && { part: kind.part }),
      ...(kind.kind === 'gwpw' && { groups: kind.groups }),
      cost: publishedCost(bare),
      graph: () => optimise(withRandomWeights(bare)),
    };
  });
  return { name: size === undefined ? name : `${name} ${size}×${size}`, entries };
}

/** As the tables of the HetConv paper count: batch norms are not folded. */
export function publishedCost(bare: Graph): TotalCost {
  return costOf(detectHetConv(bare)).total;
}

function entryName(kind: ConvolutionKind): string {
  switch (kind.kind) {
    case 'standard':
      return 'standard';
    case 'hetconv':
      return `HetConv P${kind.part}`;
    case 'mixed':
      return `mixed ${[...kind.parts.values()].join(' ')}`;
    case 'dwpw':
      return 'DW+PW';
    case 'gwpw':
      return `GW+PW G${kind.groups}`;
    case 'pw':
      return 'PW';
  }
}

function sized(graph: Graph, size: number | undefined): Graph {
  if (size === undefined) return graph;
  const inputs = graph.inputs.map(({ name, shape }) => ({ name, shape: [...shape.slice(0, 2), size, size] }));
  const other = { ...graph, inputs };
  try {
    costOf(other);
  } catch (cause) {
    if (!(cause instanceof HetConvError)) throw cause;
    throw new HetConvError('bad-shape', `${graph.name} does not take pictures of ${size}×${size}: ${cause.message}`, { cause });
  }
  return other;
}
