// Sums (means, by a divisor) and maxima along any axes.
import * as abi from '../abi';
import { rowOffset } from '../rows';
import { storeApart } from '../simd';

/** Sum over the divisor: outer axis 3 counts blocks of 16 lanes of the axis of unit stride. Reads up to 60 bytes behind the lanes. */
export function f32_reduce_sum_lanes(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, false, true);
}

/** Sum over the divisor, where the innermost axis walked has unit stride. */
export function f32_reduce_sum_row(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, false, false);
}

/** Maximum; NaN wins. Lanes as in f32_reduce_sum_lanes. */
export function f32_reduce_max_lanes(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, true, true);
}

/** Maximum, where the innermost axis walked has unit stride; NaN wins. */
export function f32_reduce_max_row(p: usize, begin: i32, end: i32): void {
  reduce(p, begin, end, true, false);
}

/** Work item: one position of the outer axes. */
// @ts-ignore: decorator
@inline
function reduce(p: usize, begin: i32, end: i32, max: bool, lanes: bool): void {
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
      if (lanes) reduceLanes(p, input, output, load<i32>(p, abi.REDUCE_LANES << 2) - 16 * i, max);
      else store<f32>(output, reduceRow(p, input, max));
      input += inputStep;
      output += outputStep;
    }
  }
}

// @ts-ignore: decorator
@inline
function combine(a: v128, b: v128, max: bool): v128 {
  return max ? f32x4.max(a, b) : f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
function reduceLanes(p: usize, input: usize, output: usize, count: i32, max: bool): void {
  let a = f32x4.splat(max ? -Infinity : 0);
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
          a = combine(a, v128.load(x), max);
          b = combine(b, v128.load(x, 16), max);
          c = combine(c, v128.load(x, 32), max);
          d = combine(d, v128.load(x, 48), max);
          x += step;
        }
        axis2 += <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 2) << 2);
      }
      axis1 += <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 1) << 2);
    }
    axis0 += <usize>load<u32>(p, abi.REDUCE_ALONG_INPUT << 2);
  }
  if (!max) {
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
function reduceRow(p: usize, input: usize, max: bool): f32 {
  let sums = f32x4.splat(max ? -Infinity : 0);
  let rest: f32 = max ? -Infinity : 0;
  let axis0 = input;
  for (let i = load<i32>(p, abi.REDUCE_ALONG << 2); i > 0; i--) {
    let axis1 = axis0;
    for (let j = load<i32>(p, (abi.REDUCE_ALONG + 1) << 2); j > 0; j--) {
      let axis2 = axis1;
      for (let k = load<i32>(p, (abi.REDUCE_ALONG + 2) << 2); k > 0; k--) {
        let x = axis2;
        let left = load<i32>(p, (abi.REDUCE_ALONG + 3) << 2);
        for (; left >= 4; left -= 4, x += 16) sums = combine(sums, v128.load(x), max);
        for (; left > 0; left--, x += 4) rest = max ? greater(rest, load<f32>(x)) : rest + load<f32>(x);
        axis2 += <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 2) << 2);
      }
      axis1 += <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 1) << 2);
    }
    axis0 += <usize>load<u32>(p, abi.REDUCE_ALONG_INPUT << 2);
  }
  sums = combine(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1), max);
  sums = combine(sums, v128.shuffle<i32>(sums, sums, 1, 0, 3, 2), max);
  const value = f32x4.extract_lane(combine(sums, f32x4.splat(rest), max), 0);
  return max ? value : value / load<f32>(p, abi.REDUCE_DIVISOR << 2);
}

/** f32.max, NaN wins. */
// @ts-ignore: decorator
@inline
function greater(a: f32, b: f32): f32 {
  return max<f32>(a, b);
}
