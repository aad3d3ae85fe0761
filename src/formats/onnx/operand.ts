// What an ONNX name stands for while a graph is imported: a value that the network computes, or a tensor that is known already.
import { type Constant, derive, type StoredValues } from '../../graph/constant.js';
import { HetConvError } from '../../graph/error.js';
import type { Shape } from '../../graph/graph.js';
import type { ElementType } from '../../ops/inferTypes.js';
import type { OnnxNode } from './proto.js';

export interface Computed {
  readonly shape: Shape;
  readonly type: ElementType;
  /** Integers in an f32, as inputs hold them: they may be moved and cast, not computed with. */
  integer?: boolean;
  /** The first ONNX name that it got; a name is made up for those that get none. */
  name?: string;
}

/** Integers of every width are doubles, as are booleans (0 and 1): exact up to 2^53. */
export type Values = Float32Array | Float64Array;
export type KnownType = 'f32' | 'f64' | 'int' | 'bool';

export interface Known {
  readonly shape: Shape;
  readonly type: KnownType;
  /** Row-major; never write into the result. */
  readonly read: () => Values;
  /** Of an initialiser. */
  readonly name?: string;
  readonly stored?: StoredValues;
}

export type Operand = Computed | Known;

export function isKnown(operand: Operand): operand is Known {
  return 'read' in operand;
}

/** The tensor as a constant of the graph, or undefined if it does not hold floats. */
export function constantOf({ type, shape, read, stored }: Known): Constant | undefined {
  // A number without axes broadcasts as one element does.
  const axes = shape.length === 0 ? [1] : shape;
  if (type === 'f32') return { shape: axes, read: read as () => Float32Array, ...(stored && { stored }) };
  return type === 'f64' ? derive(axes, [], () => Float32Array.from(read())) : undefined;
}

/** A known tensor of few values. */
export function known(type: KnownType, shape: Shape, values: readonly number[]): Known {
  const array = type === 'f32' ? Float32Array.from(values) : Float64Array.from(values);
  return { type, shape, read: () => array };
}

/** How messages call a node of the ONNX file. */
export function label(node: OnnxNode): string {
  return `${node.opType} node "${node.name || node.outputs[0] || ''}"`;
}

export function unsupported(node: OnnxNode, reason: string): never {
  throw new HetConvError('unsupported-op', `${label(node)}: ${reason}`);
}
