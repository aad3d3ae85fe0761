// Boxes that nonMaxSuppression selected: ONNX's rows are as many as were chosen, ours are followed by rows of -1.
import type { Shape } from '../../src/graph/graph.js';

/** The rows that hold a selection. */
export function usedBoxes<Data extends Float32Array | Float64Array | Int32Array>(rows: { shape: Shape; data: Data }) {
  const used = rows.data.indexOf(-1);
  const end = used < 0 ? rows.data.length : used;
  return { shape: [end / 3, 3], data: rows.data.slice(0, end) as Data };
}
