// Element-wise functions of one or two operands, broadcasting included: one loop over rows, instantiated for each function.
import {
  FUNCTION_ABS,
  FUNCTION_CEIL,
  FUNCTION_ERF,
  FUNCTION_EXP,
  FUNCTION_FLOOR,
  FUNCTION_FROM_INT,
  FUNCTION_LOG,
  FUNCTION_MAX,
  FUNCTION_MIN,
  FUNCTION_NEG,
  FUNCTION_POW,
  FUNCTION_RECIPROCAL,
  FUNCTION_ROUND,
  FUNCTION_SIGN,
  FUNCTION_SOFTPLUS,
  FUNCTION_SOFTSIGN,
  FUNCTION_SQRT,
  FUNCTION_TO_INT,
  ROWS_A,
  ROWS_A_STRIDES,
  ROWS_B,
  ROWS_B_STRIDES,
  ROWS_FIRST,
  ROWS_FUNCTION,
  ROWS_OUTPUT,
  ROWS_OUTPUT_STRIDES,
  ROWS_SECOND,
  ROWS_SIZES,
} from '../abi';
import { calledExp, erf, expm1Negative, logAny, normal, pow, sigmoid, softplus, tanh } from '../math';
import { rowOffset, word } from '../rows';
import { clamp, storeLanes } from '../simd';

// Two operands:
const ADD = 1;
const SUB = 2;
const MUL = 3;
const DIV = 4;
const PRELU = 5;
const FUNCTION = 0;
// One operand:
const CLIP = 6;
const LEAKY_RELU = 7;
const ELU = 8;
const SIGMOID = 9;
const TANH = 10;
const HARD_SWISH = 11;
const HARD_SIGMOID = 12;
const SILU = 13;
const GELU = 14;
const GELU_TANH = 15;

// Work item of each kernel: one row, that is one index of axes 0…4; axis 5 is the row. Any strides, alignment 4.
// Reads up to 12 bytes beyond a row of unit stride. Every lane computes alike, so a result does not depend on its place.

/** min(max(a + b, first), second) */
export function f32_add(p: usize, begin: i32, end: i32): void {
  rows(ADD, p, begin, end);
}
export function f32_sub(p: usize, begin: i32, end: i32): void {
  rows(SUB, p, begin, end);
}
export function f32_mul(p: usize, begin: i32, end: i32): void {
  rows(MUL, p, begin, end);
}
export function f32_div(p: usize, begin: i32, end: i32): void {
  rows(DIV, p, begin, end);
}
/** a where a > 0, else a b */
export function f32_prelu(p: usize, begin: i32, end: i32): void {
  rows(PRELU, p, begin, end);
}
/** min(max(a, first), second) */
export function f32_clip(p: usize, begin: i32, end: i32): void {
  rows(CLIP, p, begin, end);
}
/** a where a > 0, else first a */
export function f32_leaky_relu(p: usize, begin: i32, end: i32): void {
  rows(LEAKY_RELU, p, begin, end);
}
/** a second where a > 0, else first (e^a - 1) */
export function f32_elu(p: usize, begin: i32, end: i32): void {
  rows(ELU, p, begin, end);
}
export function f32_sigmoid(p: usize, begin: i32, end: i32): void {
  rows(SIGMOID, p, begin, end);
}
export function f32_tanh(p: usize, begin: i32, end: i32): void {
  rows(TANH, p, begin, end);
}
/** a min(max(a + 3, 0), 6) / 6 */
export function f32_hard_swish(p: usize, begin: i32, end: i32): void {
  rows(HARD_SWISH, p, begin, end);
}
/** min(max(first a + second, 0), 1) */
export function f32_hard_sigmoid(p: usize, begin: i32, end: i32): void {
  rows(HARD_SIGMOID, p, begin, end);
}
/** a sigmoid(a) */
export function f32_silu(p: usize, begin: i32, end: i32): void {
  rows(SILU, p, begin, end);
}
/** a times the normal distribution at a */
export function f32_gelu(p: usize, begin: i32, end: i32): void {
  rows(GELU, p, begin, end);
}
/** a (1 + tanh u) / 2 = a sigmoid(2 u) with u = sqrt(2 / pi) (a + 0.044715 a^3) */
export function f32_gelu_tanh(p: usize, begin: i32, end: i32): void {
  rows(GELU_TANH, p, begin, end);
}

/** What ROWS_FUNCTION names, of both operands: functions that few networks have share their code in one loop. */
export function f32_function(p: usize, begin: i32, end: i32): void {
  rows(FUNCTION, p, begin, end);
}

/** The function named by its number, of four lanes. */
function named(f: i32, a: v128, b: v128): v128 {
  const one = f32x4.splat(1);
  switch (f) {
    case FUNCTION_POW:
      return pow(a, b);
    case FUNCTION_MIN:
      return f32x4.min(a, b);
    case FUNCTION_MAX:
      return f32x4.max(a, b);
    case FUNCTION_EXP:
      return calledExp(a);
    case FUNCTION_LOG:
      return logAny(a);
    case FUNCTION_SQRT:
      return f32x4.sqrt(a);
    case FUNCTION_ABS:
      return f32x4.abs(a);
    case FUNCTION_NEG:
      return f32x4.neg(a);
    case FUNCTION_RECIPROCAL:
      return f32x4.div(one, a);
    case FUNCTION_ERF:
      return erf(a);
    case FUNCTION_SOFTPLUS:
      return softplus(a);
    case FUNCTION_SOFTSIGN:
      return f32x4.div(a, f32x4.add(one, f32x4.abs(a)));
    case FUNCTION_FLOOR:
      return f32x4.floor(a);
    case FUNCTION_CEIL:
      return f32x4.ceil(a);
    case FUNCTION_ROUND:
      return f32x4.nearest(a);
    case FUNCTION_SIGN:
      // ±1 by the sign bit; what is neither positive nor negative stays: 0 and NaN.
      return v128.bitselect(v128.bitselect(a, one, i32x4.splat(0x80000000)), a, f32x4.gt(f32x4.abs(a), f32x4.splat(0)));
    case FUNCTION_TO_INT:
      return i32x4.trunc_sat_f32x4_s(a);
    case FUNCTION_FROM_INT:
      return f32x4.convert_i32x4_s(a);
    default:
      return a;
  }
}

// @ts-ignore: decorator
@inline
function apply(f: i32, a: v128, b: v128, first: v128, second: v128, name: i32): v128 {
  if (f == FUNCTION) return named(name, a, b);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  let y = a;
  if (f == ADD) y = clamp(f32x4.add(a, b), first, second);
  else if (f == SUB) y = f32x4.sub(a, b);
  else if (f == MUL) y = f32x4.mul(a, b);
  else if (f == DIV) y = f32x4.div(a, b);
  else if (f == PRELU) y = f32x4.mul(a, b);
  else if (f == CLIP) y = clamp(a, first, second);
  else if (f == LEAKY_RELU) y = f32x4.mul(a, first);
  else if (f == ELU) y = f32x4.mul(expm1Negative(a), first);
  else if (f == SIGMOID) y = sigmoid(a);
  else if (f == TANH) y = tanh(a);
  else if (f == HARD_SWISH) {
    const bent = clamp(f32x4.add(a, f32x4.splat(3)), zero, f32x4.splat(6));
    y = f32x4.mul(a, f32x4.mul(bent, f32x4.splat(1.0 / 6.0)));
  } else if (f == HARD_SIGMOID) y = clamp(f32x4.add(f32x4.mul(a, first), second), zero, one);
  else if (f == SILU) y = f32x4.mul(a, sigmoid(a));
  else if (f == GELU) y = f32x4.mul(a, normal(a));
  else {
    const cubic = f32x4.add(f32x4.mul(f32x4.mul(a, a), f32x4.splat(0.044715)), one);
    y = f32x4.mul(a, sigmoid(f32x4.mul(f32x4.mul(a, f32x4.splat(1.5957691216057308)), cubic)));
  }
  if (f == ELU) return v128.bitselect(f32x4.mul(a, second), y, f32x4.gt(a, zero));
  const keepsPositive = f == PRELU || f == LEAKY_RELU;
  return keepsPositive ? v128.bitselect(a, y, f32x4.gt(a, zero)) : y;
}

// @ts-ignore: decorator
@inline
function rows(f: i32, p: usize, begin: i32, end: i32): void {
  const first = f32x4.splat(load<f32>(p + 4 * ROWS_FIRST));
  const second = f32x4.splat(load<f32>(p + 4 * ROWS_SECOND));
  const name = f == FUNCTION ? word(p, ROWS_FUNCTION) : 0;
  const count = word(p, ROWS_SIZES + 4);
  const columns = word(p, ROWS_SIZES + 5);
  const stepA = word(p, ROWS_A_STRIDES + 5);
  const stepB = word(p, ROWS_B_STRIDES + 5);
  const stepOutput = word(p, ROWS_OUTPUT_STRIDES + 5);
  const both = f <= PRELU;
  const contiguous = stepOutput == 4 && stepA == 4 && (!both || stepB == 4);
  // Vectors also where an operand repeats one element along the row; lanes come one by one for any other strides.
  const vectors = stepOutput == 4 && (stepA == 4 || stepA == 0) && (!both || stepB == 4 || stepB == 0);
  const width = vectors ? 4 : 1;
  while (begin < end) {
    const outer = begin / count;
    const row = begin - outer * count;
    const until = min(count, row + end - begin);
    let rowA: usize = word(p, ROWS_A) + row * word(p, ROWS_A_STRIDES + 4) + rowOffset(p, outer, ROWS_SIZES, ROWS_A_STRIDES);
    let rowB: usize = 0;
    if (both) rowB = word(p, ROWS_B) + row * word(p, ROWS_B_STRIDES + 4) + rowOffset(p, outer, ROWS_SIZES, ROWS_B_STRIDES);
    let rowOutput: usize =
      word(p, ROWS_OUTPUT) + row * word(p, ROWS_OUTPUT_STRIDES + 4) + rowOffset(p, outer, ROWS_SIZES, ROWS_OUTPUT_STRIDES);
    begin += until - row;
    for (let i = row; i < until; i++) {
      let a = rowA;
      let b = rowB;
      let output = rowOutput;
      let left = columns;
      if (contiguous) {
        for (; left >= 4; left -= 4) {
          const x = v128.load(a);
          v128.store(output, apply(f, x, both ? v128.load(b) : x, first, second, name));
          a += 16;
          b += 16;
          output += 16;
        }
      }
      for (; left > 0; left -= width) {
        const x = operand(a, stepA);
        storeLanes(output, apply(f, x, both ? operand(b, stepB) : x, first, second, name), min(left, width));
        a += width * stepA;
        b += width * stepB;
        output += width * stepOutput;
      }
      rowA += word(p, ROWS_A_STRIDES + 4);
      if (both) rowB += word(p, ROWS_B_STRIDES + 4);
      rowOutput += word(p, ROWS_OUTPUT_STRIDES + 4);
    }
  }
}

/** Four elements of unit stride, or one in every lane. */
// @ts-ignore: decorator
@inline
function operand(address: usize, stride: i32): v128 {
  return stride == 4 ? v128.load(address) : v128.load32_splat(address);
}
