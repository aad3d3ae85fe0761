// Nodes that scale and shift each channel by constants: batch norm, and arithmetic with one number a channel or for all.
import type { Constant } from '../graph/constant.js';
import { elementCount, type Node, type Shape } from '../graph/graph.js';
import { attributesOf } from '../ops/attributes.js';
import { opOf } from '../ops/index.js';
import { isClamped } from './filterOps.js';
import type { GraphEditor } from './graphEditor.js';

/** y = factor·x + offset. */
export interface Coefficients {
  readonly factor: Float64Array;
  readonly offset: Float64Array;
}

export interface Affine {
  /** The value that it scales and shifts. */
  readonly input: string;
  readonly channels: number;
  /** Whether the factor may differ from 1 and the offset from 0. */
  readonly scales: boolean;
  readonly shifts: boolean;
  readonly parameters: readonly Constant[];
  /** From the values of `parameters`, in f64. */
  coefficients(values: readonly Float32Array[]): Coefficients;
}

/** What `node` does if that is all it does; undefined for any other. */
export function affineOf(node: Node, editor: GraphEditor, shapes: ReadonlyMap<string, Shape>): Affine | undefined {
  if (node.op === 'batchNorm') return batchNormOf(node, editor);
  const operator = Object.hasOwn(operators, node.op) && !isClamped(node) ? operators[node.op] : undefined;
  if (!operator) return undefined;
  const constants = node.inputs.map((name) => editor.constant(name));
  const at = constants.findIndex((constant) => constant !== undefined);
  const input = node.inputs[1 - at];
  if (at < 0 || input === undefined || constants[1 - at]) return undefined;
  const shape = shapes.get(input)!;
  const parameter = constants[at]!;
  const apply = operator[at as 0 | 1];
  if (!apply || shape.length < 2 || !isPerChannel(parameter.shape, shape)) return undefined;
  const channels = shape[1]!;
  return {
    input,
    channels,
    scales: !(node.op === 'add' || (node.op === 'sub' && at === 1)),
    shifts: node.op === 'add' || node.op === 'sub',
    parameters: [parameter],
    coefficients: ([values]) => {
      const each = Array.from({ length: channels }, (_, c) => apply(values![values!.length === 1 ? 0 : c]!));
      return { factor: Float64Array.from(each, ([factor]) => factor), offset: Float64Array.from(each, ([, offset]) => offset) };
    },
  };
}

type Apply = (constant: number) => readonly [factor: number, offset: number];

/** For the constant as first and as second operand. */
const operators: Readonly<Record<string, readonly [Apply | undefined, Apply]>> = {
  add: [(c) => [1, c], (c) => [1, c]],
  sub: [(c) => [-1, c], (c) => [1, -c]],
  mul: [(c) => [c, 0], (c) => [c, 0]],
  div: [undefined, (c) => [1 / c, 0]],
};

/** Whether a constant has one number for each channel of a value, or one for all, and leaves its shape. */
function isPerChannel(constant: Shape, value: Shape): boolean {
  const missing = value.length - constant.length;
  return missing >= 0 && constant.every((size, axis) => size === 1 || (axis + missing === 1 && size === value[1]));
}

function batchNormOf(node: Node, editor: GraphEditor): Affine | undefined {
  const parameters = [1, 2, 3, 4].map((i) => editor.constant(node.inputs[i]));
  if (!parameters.every((parameter) => parameter !== undefined)) return undefined;
  const { epsilon }: { epsilon: number } = attributesOf(node, opOf(node).attributes);
  return {
    input: node.inputs[0]!,
    channels: elementCount(parameters[0]!.shape),
    scales: true,
    shifts: true,
    parameters,
    coefficients: ([scale, shift, mean, variance]) => {
      const factor = Float64Array.from(scale!, (value, n) => value / Math.sqrt(variance![n]! + epsilon));
      return { factor, offset: factor.map((value, n) => shift![n]! - mean![n]! * value) };
    },
  };
}
