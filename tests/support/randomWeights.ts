// A bare architecture with weights, as bytes of a model file: what tests load where the values do not matter.
import { withRandomWeights } from '../../src/bench/randomWeights.js';
import { native } from '../../src/formats/native.js';
import type { Graph } from '../../src/graph/graph.js';

export function modelBytes(graph: Graph, seed = graph.name): Uint8Array {
  return native.write!({ graph: withRandomWeights(graph, seed) });
}
