// Weights for a bare architecture, where only the time that they take matters.
import { constant } from '../graph/constant.js';
import { elementCount, type Graph } from '../graph/graph.js';
import { seededRandom } from './random.js';

/** Numbers that are drawn; more weights repeat them. A prime, so that rows of a matrix differ. */
const DRAWN = 65521;

/** The graph with seeded values for every tensor: positive ones of rank 1, scaled by fan-in above. */
export function withRandomWeights(graph: Graph, seed = graph.name): Graph {
  const random = seededRandom(seed);
  const drawn = Float32Array.from({ length: DRAWN }, random);
  const tensors = [...graph.tensors].map(([name, { shape }]) => {
    const scale = shape.length === 1 ? 1 : Math.sqrt(6 / elementCount(shape.slice(1)));
    const offset = shape.length === 1 ? 0.5 : -0.5;
    const scaled = drawn.map((value) => (value + offset) * scale);
    const values = new Float32Array(elementCount(shape));
    const start = Math.floor(random() * DRAWN);
    for (let at = 0, from = start; at < values.length; from = 0) {
      const piece = scaled.subarray(from, from + values.length - at);
      values.set(piece, at);
      at += piece.length;
    }
    return [name, constant(shape, values)] as const;
  });
  return { ...graph, tensors: new Map(tensors) };
}
