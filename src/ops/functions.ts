// Functions of one element or two that few networks have: they share one kernel, which takes the function's number.
import * as abi from '../../assembly/abi.js';
import { binary } from './binary.js';
import { lowerFunction } from './elementwise.js';
import type { Op } from './op.js';
import { row, unary } from './unary.js';

function ofOne(name: number): Op {
  const lower: Op['kernels'][number]['lower'] = (l) => lowerFunction(l, name, [l.input(0)], l.output(0));
  return unary({}, [{ exports: ['f32_function'], lower }]);
}

function ofTwo(name: number): Op {
  return binary('f32_function', {}, (l, operands) => lowerFunction(l, name, operands, l.output(0)));
}

/** a^b as C's powf has it: 1^b = a^0 = 1, NaN of a negative number to a power that is no integer. */
export const pow = ofTwo(abi.FUNCTION_POW);
/** NaN wins in both. */
export const min = ofTwo(abi.FUNCTION_MIN);
export const max = ofTwo(abi.FUNCTION_MAX);

export const exp = ofOne(abi.FUNCTION_EXP);
/** ln x: -Infinity of 0, NaN below. */
export const log = ofOne(abi.FUNCTION_LOG);
export const sqrt = ofOne(abi.FUNCTION_SQRT);
export const abs = ofOne(abi.FUNCTION_ABS);
export const neg = ofOne(abi.FUNCTION_NEG);
export const reciprocal = ofOne(abi.FUNCTION_RECIPROCAL);
export const erf = ofOne(abi.FUNCTION_ERF);
/** ln(1 + e^x) */
export const softplus = ofOne(abi.FUNCTION_SOFTPLUS);
/** x / (1 + |x|) */
export const softsign = ofOne(abi.FUNCTION_SOFTSIGN);
export const floor = ofOne(abi.FUNCTION_FLOOR);
export const ceil = ofOne(abi.FUNCTION_CEIL);
/** To the nearest integer, of two to the even one. */
export const round = ofOne(abi.FUNCTION_ROUND);
/** -1, 0 or 1; NaN of NaN. */
export const sign = ofOne(abi.FUNCTION_SIGN);

/** gamma x where x > 0, else gamma alpha (e^x - 1) */
export const selu = unary<{ readonly alpha: number; readonly gamma: number }>(
  { alpha: { kind: 'float', default: 1.6732632423543772 }, gamma: { kind: 'float', default: 1.0507009873554805 } },
  [row('f32_elu', ({ alpha, gamma }) => [gamma * alpha, gamma])],
);
