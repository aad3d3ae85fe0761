// What goes into a model and what comes out.
import type { Shape } from '../graph/graph.js';

/** Row-major elements; pictures are [N, C, H, W]. */
export interface Tensor<Data extends Float32Array | Int32Array = Float32Array | Int32Array> {
  readonly shape: Shape;
  readonly data: Data;
}
