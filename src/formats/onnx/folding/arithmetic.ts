// Arithmetic on known tensors, one element at a time: floats are computed in f64 and rounded once, which is exact for these
// functions; integers must stay within those that a double holds.
import { HetConvError } from '../../../graph/error.js';
import { broadcastShape } from '../../../ops/view.js';
import { type Known, type KnownType, label, type Values } from '../operand.js';
import type { OnnxNode } from '../proto.js';
import { arrayOf, type Fold, type FoldContext } from './fold.js';
import { broadcastStrides, pick } from './strided.js';

/** The type of the result of two operands, or undefined where they may not meet. */
function common(a: Known, b: Known): KnownType | undefined {
  if (a.type === b.type) return a.type;
  return [a.type, b.type].every((type) => type === 'f32' || type === 'f64') ? 'f64' : undefined;
}

/** NumPy's broadcasting; the result has `type`. */
export function zip(
  [a, b]: readonly [Known, Known],
  type: KnownType,
  { source, derive }: FoldContext,
  compute: (x: number, y: number) => number,
): Known {
  const named = { name: source.name || source.outputs[0]!, op: source.opType, inputs: [], outputs: [], attributes: {} };
  const shape = broadcastShape(named, a.shape, b.shape);
  return derive(type, shape, () => {
    const [x, y] = [a, b].map((operand) => pick(operand.type, operand.read(), shape, broadcastStrides(operand.shape, shape))) as [
      Values,
      Values,
    ];
    const result = arrayOf(type, x.length);
    for (let i = 0; i < result.length; i++) result[i] = compute(x[i]!, y[i]!);
    if (type === 'int') checkIntegers(result, source);
    return result;
  });
}

function checkIntegers(values: Values, source: OnnxNode): void {
  const wrong = values.find((value) => !Number.isSafeInteger(value));
  if (wrong !== undefined)
    throw new HetConvError('bad-graph', `${label(source)} gives ${wrong}, beyond the integers that are exact`);
}

/** Integer division rounds towards zero. */
const binary =
  (compute: (x: number, y: number) => number, integers: boolean | ((x: number, y: number) => number) = true): Fold =>
  ([a, b], { clampMin, clampMax }, context) => {
    const type = common(a!, b!);
    if (type === undefined || type === 'bool' || clampMin !== undefined || clampMax !== undefined) return undefined;
    if (type !== 'int') return zip([a!, b!], type, context, compute);
    if (integers === false) return undefined;
    return zip([a!, b!], type, context, integers === true ? compute : integers);
  };

const unary =
  (compute: (x: number) => number): Fold =>
  ([x], _, { derive }) =>
    x!.type === 'bool' ? undefined : derive(x!.type, x!.shape, () => x!.read().map(compute));

/** By squaring: Math.pow is not the same on every engine. */
function integerPower(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) result *= square;
  }
  return exponent < 0 ? Math.trunc(1 / integerPower(base, -exponent)) : result;
}

const pow: Fold = (inputs, attributes, context) =>
  inputs[0]!.type === 'int' ? binary(integerPower)(inputs, attributes, context) : undefined;

/** To nearest, ties to even. */
function round(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

export const arithmetic: Readonly<Record<string, Fold>> = {
  abs: unary(Math.abs),
  add: binary((x, y) => x + y),
  ceil: unary(Math.ceil),
  div: binary(
    (x, y) => x / y,
    (x, y) => Math.trunc(x / y),
  ),
  floor: unary(Math.floor),
  max: binary(Math.max),
  min: binary(Math.min),
  mul: binary((x, y) => x * y),
  neg: unary((x) => -x),
  pow,
  reciprocal: unary((x) => 1 / x),
  relu: unary((x) => (x < 0 ? 0 : x)),
  round: unary(round),
  sign: unary(Math.sign),
  sqrt: unary(Math.sqrt),
  sub: binary((x, y) => x - y),
};
