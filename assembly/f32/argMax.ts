// Where along an axis the greatest element lies: the first of equals or the last; NaN counts as greatest.
import * as abi from '../abi';
import { rowOffset } from '../rows';
import { storeApart } from '../simd';

/** Outer axis 3 counts blocks of 4 lanes of the axis of unit stride. Reads up to 12 bytes behind the lanes. Output i32. */
export function f32_arg_max_lanes(p: usize, begin: i32, end: i32): void {
  argMax(p, begin, end, true);
}

/** The axis walked has unit stride. Output i32. */
export function f32_arg_max_row(p: usize, begin: i32, end: i32): void {
  argMax(p, begin, end, false);
}

/** Work item: one position of the outer axes. */
// @ts-ignore: decorator
@inline
function argMax(p: usize, begin: i32, end: i32, lanes: bool): void {
  const inputBase = <usize>load<u32>(p, abi.REDUCE_INPUT << 2);
  const outputBase = <usize>load<u32>(p, abi.REDUCE_OUTPUT << 2);
  const size = load<i32>(p, (abi.REDUCE_OUTER + 3) << 2);
  const inputStep = <usize>load<u32>(p, (abi.REDUCE_OUTER_INPUT + 3) << 2);
  const outputStep = <usize>load<u32>(p, (abi.REDUCE_OUTER_OUTPUT + 3) << 2);
  const along = load<i32>(p, (abi.REDUCE_ALONG + 3) << 2);
  const alongStep = <usize>load<u32>(p, (abi.REDUCE_ALONG_INPUT + 3) << 2);
  const laneStep = <usize>load<u32>(p, abi.REDUCE_LANE_OUTPUT << 2);
  const last = v128.load32_splat(p, abi.REDUCE_LAST << 2);
  for (let item = begin; item < end; ) {
    const first = item % size;
    const stop = min(size, first + end - item);
    let input = inputBase + <usize>rowOffset(p, item, abi.REDUCE_OUTER, abi.REDUCE_OUTER_INPUT);
    let output = outputBase + <usize>rowOffset(p, item, abi.REDUCE_OUTER, abi.REDUCE_OUTER_OUTPUT);
    item += stop - first;
    for (let i = first; i < stop; i++) {
      if (lanes) storeApart(output, argMaxLanes(input, along, alongStep, last), load<i32>(p, abi.REDUCE_LANES << 2) - 4 * i, laneStep);
      else store<i32>(output, argMaxRow(input, along, last));
      input += inputStep;
      output += outputStep;
    }
  }
}

/** Lanes where x comes before y whatever their places: it is greater, or the only NaN of the two. */
// @ts-ignore: decorator
@inline
function beats(x: v128, y: v128): v128 {
  return v128.or(f32x4.gt(x, y), v128.and(f32x4.ne(x, x), f32x4.eq(y, y)));
}

/** Lanes where x, which lies behind y, is taken instead of it: it comes before y, or where the last counts y does not come before it. */
// @ts-ignore: decorator
@inline
function replaces(x: v128, y: v128, last: v128): v128 {
  return v128.bitselect(v128.not(beats(y, x)), beats(x, y), last);
}

// @ts-ignore: decorator
@inline
function argMaxLanes(x: usize, count: i32, step: usize, last: v128): v128 {
  let best = v128.load(x);
  let place = i32x4.splat(0);
  for (let i = 1; i < count; i++) {
    x += step;
    const here = v128.load(x);
    const take = replaces(here, best, last);
    best = v128.bitselect(here, best, take);
    place = v128.bitselect(i32x4.splat(i), place, take);
  }
  return place;
}

// @ts-ignore: decorator
@inline
function argMaxRow(x: usize, count: i32, last: v128): i32 {
  let best = v128.load32_splat(x);
  let place = i32x4.splat(0);
  let i = 0;
  let places = i32x4(0, 1, 2, 3);
  for (; i + 4 <= count; i += 4, x += 16) {
    const here = v128.load(x);
    const take = replaces(here, best, last);
    best = v128.bitselect(here, best, take);
    place = v128.bitselect(places, place, take);
    places = i32x4.add(places, i32x4.splat(4));
  }
  for (; i < count; i++, x += 4) {
    const here = v128.load32_splat(x);
    const take = replaces(here, best, last);
    best = v128.bitselect(here, best, take);
    place = v128.bitselect(i32x4.splat(i), place, take);
  }
  let other = v128.shuffle<i32>(best, best, 2, 3, 0, 1);
  let otherPlace = v128.shuffle<i32>(place, place, 2, 3, 0, 1);
  const take = before(other, otherPlace, best, place, last);
  best = v128.bitselect(other, best, take);
  place = v128.bitselect(otherPlace, place, take);
  other = v128.shuffle<i32>(best, best, 1, 0, 3, 2);
  otherPlace = v128.shuffle<i32>(place, place, 1, 0, 3, 2);
  return i32x4.extract_lane(v128.bitselect(otherPlace, place, before(other, otherPlace, best, place, last)), 0);
}

/** Lanes where x at place i is taken instead of y at place j; all bits of a place turned over, the last comes first. */
// @ts-ignore: decorator
@inline
function before(x: v128, i: v128, y: v128, j: v128, last: v128): v128 {
  return v128.or(beats(x, y), v128.andnot(i32x4.lt_s(v128.xor(i, last), v128.xor(j, last)), beats(y, x)));
}
