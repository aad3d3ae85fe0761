// Softmax and its logarithm along one axis, with the maximum subtracted first.
import * as abi from '../abi';
import { exp, log } from '../math';
import { storeLanes } from '../simd';
import { rowOffset } from '../rows';

/** Outer axis 3 counts blocks of 4 lanes of the axis of unit stride. Reads up to 12 bytes behind the lanes. */
export function f32_softmax_lanes(p: usize, begin: i32, end: i32): void {
  softmax(p, begin, end, false, true);
}

/** The axis walked has unit stride in input and output. Reads up to 12 bytes behind it. */
export function f32_softmax_row(p: usize, begin: i32, end: i32): void {
  softmax(p, begin, end, false, false);
}

/** Lanes as in f32_softmax_lanes. */
export function f32_log_softmax_lanes(p: usize, begin: i32, end: i32): void {
  softmax(p, begin, end, true, true);
}

/** A row as in f32_softmax_row. */
export function f32_log_softmax_row(p: usize, begin: i32, end: i32): void {
  softmax(p, begin, end, true, false);
}

/** Work item: one position of the outer axes. */
// @ts-ignore: decorator
@inline
function softmax(p: usize, begin: i32, end: i32, logarithm: bool, lanes: bool): void {
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
      if (lanes) softmaxLanes(p, input, output, load<i32>(p, abi.REDUCE_LANES << 2) - 4 * i, logarithm);
      else softmaxRow(input, output, load<i32>(p, (abi.REDUCE_ALONG + 3) << 2), logarithm);
      input += inputStep;
      output += outputStep;
    }
  }
}

// @ts-ignore: decorator
@inline
function softmaxLanes(p: usize, input: usize, output: usize, lanes: i32, logarithm: bool): void {
  const count = load<i32>(p, (abi.REDUCE_ALONG + 3) << 2);
  const inputStep = <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 3) << 2);
  const outputStep = <usize>load<u32>(p, abi.REDUCE_ALONG_OUTPUT << 2);
  let greatest = f32x4.splat(-Infinity);
  let x = input;
  for (let i = 0; i < count; i++, x += inputStep) greatest = f32x4.max(greatest, v128.load(x));
  let sum = f32x4.splat(0);
  x = input;
  let y = output;
  for (let i = 0; i < count; i++, x += inputStep, y += outputStep) {
    const e = exp(f32x4.sub(v128.load(x), greatest));
    sum = f32x4.add(sum, e);
    if (!logarithm) storeLanes(y, e, lanes);
  }
  const shift = logarithm ? log(sum) : sum;
  x = input;
  y = output;
  for (let i = 0; i < count; i++, x += inputStep, y += outputStep) {
    storeLanes(y, logarithm ? f32x4.sub(f32x4.sub(v128.load(x), greatest), shift) : f32x4.div(v128.load(y), shift), lanes);
  }
}

// @ts-ignore: decorator
@inline
function softmaxRow(input: usize, output: usize, count: i32, logarithm: bool): void {
  let greatest = f32x4.splat(-Infinity);
  let x = input;
  for (let left = count; left > 0; left -= 4, x += 16) greatest = f32x4.max(greatest, loadPart(x, left));
  greatest = f32x4.max(greatest, v128.shuffle<i32>(greatest, greatest, 2, 3, 0, 1));
  greatest = f32x4.max(greatest, v128.shuffle<i32>(greatest, greatest, 1, 0, 3, 2));
  let sum = f32x4.splat(0);
  x = input;
  let y = output;
  for (let left = count; left > 0; left -= 4, x += 16, y += 16) {
    const e = exp(f32x4.sub(loadPart(x, left), greatest));
    sum = f32x4.add(sum, e);
    if (!logarithm) storeLanes(y, e, left);
  }
  sum = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  sum = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 1, 0, 3, 2));
  const shift = logarithm ? log(sum) : sum;
  x = input;
  y = output;
  for (let left = count; left > 0; left -= 4, x += 16, y += 16) {
    storeLanes(y, logarithm ? f32x4.sub(f32x4.sub(v128.load(x), greatest), shift) : f32x4.div(v128.load(y), shift), left);
  }
}

/** Four words of which the first `count` matter; -Infinity, which adds nothing to a sum of e^x, in place of the others. */
// @ts-ignore: decorator
@inline
function loadPart(address: usize, count: i32): v128 {
  const x = v128.load(address);
  if (count >= 4) return x;
  return v128.bitselect(x, f32x4.splat(-Infinity), i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count)));
}
