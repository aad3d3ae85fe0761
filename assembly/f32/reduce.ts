// Sums (means, by a divisor), sums of squares and maxima along any axes, of what REDUCE_KEEP and REDUCE_FLIP make of the elements.
import * as abi from '../abi';
import { rowOffset } from '../rows';
import { storeApart } from '../simd';

const SUM = 0;
const SQUARES = 1;
const MAX = 2;

/** Sum over the divisor: outer axis 3 counts blocks of 16 lanes of the axis of unit stride. Reads up to 60 bytes behind the lanes. */
export function f32_reduce_sum_lanes(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, SUM, true);
}

/** Sum over the divisor, where the innermost axis walked has unit stride. */
export function f32_reduce_sum_row(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, SUM, false);
}

/** Sum of squares over the divisor. Lanes as in f32_reduce_sum_lanes. */
export function f32_reduce_squares_lanes(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, SQUARES, true);
}

/** Sum of squares over the divisor, where the innermost axis walked has unit stride. */
export function f32_reduce_squares_row(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, SQUARES, false);
}

/** Maximum; NaN wins. Lanes as in f32_reduce_sum_lanes. */
export function f32_reduce_max_lanes(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, MAX, true);
}

/** Maximum, where the innermost axis walked has unit stride; NaN wins. */
export function f32_reduce_max_row(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, MAX, false);
}

/** Work item: one position of the outer axes. */
// @ts-ignore: decorator
@inline
function reduce(p: usize, begin: i32, end: i32, kind: i32, lanes: bool): void {
  const inputBase = <usize>load<u32>(p, abi.REDUCE_INPUT << 2);
  const outputBase = <usize>load<u32>(p, abi.REDUCE_OUTPUT << 2);
  const size = load<i32>(p, (abi.REDUCE_OUTER + 3) << 2);
  const inputStep = <usize>load<u32>(p, (abi.REDUCE_OUTER_INPUT + 3) << 2);
  const outputStep = <usize>load<u32>(p, (abi.REDUCE_OUTER_OUTPUT + 3) << 2);
  for (let item = begin; item < end; ) {
    const first = item % size;
    const stop = min(size, first + end - item);
    let input = inputBase + <usize>rowOffset(p, item, abi.REDUCE_OUTER, abi.REDUCE_OUTER_INPUT);
    let output = outputBase + <usize>rowOffset(p, item, abi.REDUCE_OUTER, abi.REDUCE_OUTER_OUTPUT);
    item += stop - first;
    for (let i = first; i < stop; i++) {
      if (lanes) reduceLanes(p, input, output, load<i32>(p, abi.REDUCE_LANES << 2) - 16 * i, kind);
      else store<f32>(output, reduceRow(p, input, kind));
      input += inputStep;
      output += outputStep;
    }
  }
}

// @ts-ignore: decorator
@inline
function combine(a: v128, b: v128, kind: i32): v128 {
  return kind == MAX ? f32x4.max(a, b) : f32x4.add(a, b);
}

/** What one vector of elements adds to the sum, or compares as. */
// @ts-ignore: decorator
@inline
function term(x: v128, keep: v128, flip: v128, kind: i32): v128 {
  return kind == SQUARES ? f32x4.mul(x, x) : v128.xor(v128.and(x, keep), flip);
}

// @ts-ignore: decorator
@inline
function reduceLanes(p: usize, input: usize, output: usize, count: i32, kind: i32): void {
  const keep = v128.load32_splat(p, abi.REDUCE_KEEP << 2);
  const flip = v128.load32_splat(p, abi.REDUCE_FLIP << 2);
  let a = f32x4.splat(kind == MAX ? -Infinity : 0);
  let b = a;
  let c = a;
  let d = a;
  let axis0 = input;
  for (let i = load<i32>(p, abi.REDUCE_ALONG << 2); i > 0; i--) {
    let axis1 = axis0;
    for (let j = load<i32>(p, (abi.REDUCE_ALONG + 1) << 2); j > 0; j--) {
      let axis2 = axis1;
      for (let k = load<i32>(p, (abi.REDUCE_ALONG + 2) << 2); k > 0; k--) {
        let x = axis2;
        const step = <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 3) << 2);
        for (let l = load<i32>(p, (abi.REDUCE_ALONG + 3) << 2); l > 0; l--) {
          a = combine(a, term(v128.load(x), keep, flip, kind), kind);
          b = combine(b, term(v128.load(x, 16), keep, flip, kind), kind);
          c = combine(c, term(v128.load(x, 32), keep, flip, kind), kind);
          d = combine(d, term(v128.load(x, 48), keep, flip, kind), kind);
          x += step;
        }
        axis2 += <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 2) << 2);
      }
      axis1 += <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 1) << 2);
    }
    axis0 += <usize>load<u32>(p, abi.REDUCE_ALONG_INPUT << 2);
  }
  if (kind == MAX) {
    a = v128.xor(a, flip);
    b = v128.xor(b, flip);
    c = v128.xor(c, flip);
    d = v128.xor(d, flip);
  } else {
    const divisor = v128.load32_splat(p, abi.REDUCE_DIVISOR << 2);
    a = f32x4.div(a, divisor);
    b = f32x4.div(b, divisor);
    c = f32x4.div(c, divisor);
    d = f32x4.div(d, divisor);
  }
  const step = <usize>load<u32>(p, abi.REDUCE_LANE_OUTPUT << 2);
  storeApart(output, a, count, step);
  if (count > 4) storeApart(output + 4 * step, b, count - 4, step);
  if (count > 8) storeApart(output + 8 * step, c, count - 8, step);
  if (count > 12) storeApart(output + 12 * step, d, count - 12, step);
}

// @ts-ignore: decorator
@inline
function reduceRow(p: usize, input: usize, kind: i32): f32 {
  const keep = v128.load32_splat(p, abi.REDUCE_KEEP << 2);
  const flip = v128.load32_splat(p, abi.REDUCE_FLIP << 2);
  let sums = f32x4.splat(kind == MAX ? -Infinity : 0);
  // Every lane the same.
  let rest = sums;
  let axis0 = input;
  for (let i = load<i32>(p, abi.REDUCE_ALONG << 2); i > 0; i--) {
    let axis1 = axis0;
    for (let j = load<i32>(p, (abi.REDUCE_ALONG + 1) << 2); j > 0; j--) {
      let axis2 = axis1;
      for (let k = load<i32>(p, (abi.REDUCE_ALONG + 2) << 2); k > 0; k--) {
        let x = axis2;
        let left = load<i32>(p, (abi.REDUCE_ALONG + 3) << 2);
        for (; left >= 4; left -= 4, x += 16) sums = combine(sums, term(v128.load(x), keep, flip, kind), kind);
        for (; left > 0; left--, x += 4) rest = combine(rest, term(v128.load32_splat(x), keep, flip, kind), kind);
        axis2 += <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 2) << 2);
      }
      axis1 += <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 1) << 2);
    }
    axis0 += <usize>load<u32>(p, abi.REDUCE_ALONG_INPUT << 2);
  }
  sums = combine(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1), kind);
  sums = combine(sums, v128.shuffle<i32>(sums, sums, 1, 0, 3, 2), kind);
  const value = combine(sums, rest, kind);
  if (kind == MAX) return f32x4.extract_lane(v128.xor(value, flip), 0);
  return f32x4.extract_lane(value, 0) / load<f32>(p, abi.REDUCE_DIVISOR << 2);
}
