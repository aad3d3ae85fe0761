// How an op is folded.
import type { Attribute, Shape } from '../../../graph/graph.js';
import type { Known, KnownType, Values } from '../operand.js';
import type { OnnxNode } from '../proto.js';

export interface FoldContext {
  readonly source: OnnxNode;
  /** A known tensor of this shape, row-major, computed when first read. Throws `too-large`. */
  readonly derive: (type: KnownType, shape: Shape, compute: () => Values) => Known;
}

/** The output, or undefined where the op has to run: it would not be exact, or is not defined for these types. */
export type Fold = (
  inputs: readonly Known[],
  attributes: Readonly<Record<string, Attribute>>,
  context: FoldContext,
) => Known | undefined;

export function arrayOf(type: KnownType, length: number): Values {
  return type === 'f32' ? new Float32Array(length) : new Float64Array(length);
}
