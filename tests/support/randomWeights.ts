// A bare architecture with weights, as bytes of a model file: what tests load where the values do not matter.
import { native } from '../../src/formats/native.js';
import { constant } from '../../src/graph/constant.js';
import type { Graph } from '../../src/graph/graph.js';
import { seededRandom } from '../cases/testCase.js';

/** The graph with seeded values for every tensor: positive ones of rank 1, scaled by fan-in above. */
export function withRandomWeights(graph: Graph, seed: string): Graph {
  const random = seededRandom(seed);
  const tensors = [...graph.tensors].map(([name, { shape }]) => {
    const fanIn = shape.slice(1).reduce((product, size) => product * size, 1);
    const count = fanIn * shape[0]!;
    const scale = shape.length === 1 ? 1 : Math.sqrt(6 / fanIn);
    const offset = shape.length === 1 ? 0.5 : -0.5;
    return [
      name,
      constant(
        shape,
        Float32Array.from({ length: count }, () => (random() + offset) * scale),
      ),
    ] as const;
  });
  return { ...graph, tensors: new Map(tensors) };
}

export function modelBytes(graph: Graph, seed = graph.name): Uint8Array {
  return native.write!({ graph: withRandomWeights(graph, seed) });
}
