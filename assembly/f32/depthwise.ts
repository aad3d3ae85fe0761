// Depthwise convolution: one K x K filter for each channel, so the vectors run along the channels of input and weights alike.
//
//   WEIGHTS  panel of 4 channels: tap 0 c0…c3, tap 1 c0…c3, …; the last panel is filled up with zeros
//
// Loop order: tile > panel > tap. The sum of an output starts at the bias and adds the taps in their order, then the residual; it
// is clamped and stored. Weights and bias are 16-byte aligned; reads stay within 12 bytes behind a pixel's last channel, stores
// are exact. An output may be computed twice: a residual must not share memory with the output.
//
// One vector of channels at a time: the loads of a tap, or of a row of taps, and the sums fill the registers.
import * as abi from '../abi';
import { clamp, madd, storeLanes } from '../simd';

/**
 * Work item: a tile of 4 pixels, by any taps.
 *
 *   TILES  input offset of 4 pixels | output offset of 4 pixels | residual offset of 4 pixels
 *   TAPS   offset of each tap from the pixel, in bytes
 *
 * Channels of the output may lie apart: every m-th one where there are m filters for each channel.
 */
export function f32_depthwise_4x4(p: usize, begin: i32, end: i32): void {
  const input = <usize>load<u32>(p, abi.DEPTHWISE_INPUT << 2);
  const output = <usize>load<u32>(p, abi.DEPTHWISE_OUTPUT << 2);
  const residual = <usize>load<u32>(p, abi.DEPTHWISE_RESIDUAL << 2);
  const taps = <usize>load<u32>(p, abi.DEPTHWISE_TAPS << 2);
  const tapsEnd = taps + (<usize>load<u32>(p, abi.DEPTHWISE_TAP_COUNT << 2) << 2);
  const weights = <usize>load<u32>(p, abi.DEPTHWISE_WEIGHTS << 2);
  const biases = <usize>load<u32>(p, abi.DEPTHWISE_BIAS << 2);
  const channels = load<i32>(p, abi.DEPTHWISE_CHANNELS << 2);
  const step = <usize>load<u32>(p, abi.DEPTHWISE_STEP << 2);
  const low = v128.load32_splat(p, abi.DEPTHWISE_MIN << 2);
  const high = v128.load32_splat(p, abi.DEPTHWISE_MAX << 2);
  let tile = <usize>load<u32>(p, abi.DEPTHWISE_TILES << 2) + <usize>begin * 48;
  for (let item = begin; item < end; item++, tile += 48) {
    let pixel0 = input + <usize>load<u32>(tile);
    let pixel1 = input + <usize>load<u32>(tile, 4);
    let pixel2 = input + <usize>load<u32>(tile, 8);
    let pixel3 = input + <usize>load<u32>(tile, 12);
    let w = weights;
    let bias = biases;
    let channelOutput: usize = 0;
    for (let left = channels; left > 0; left -= 4) {
      let a0 = v128.load(bias);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      for (let tap = taps; tap < tapsEnd; tap += 4) {
        const offset = <usize>load<u32>(tap);
        const wa = v128.load(w);
        a0 = madd(a0, v128.load(pixel0 + offset), wa);
        a1 = madd(a1, v128.load(pixel1 + offset), wa);
        a2 = madd(a2, v128.load(pixel2 + offset), wa);
        a3 = madd(a3, v128.load(pixel3 + offset), wa);
        w += 16;
      }
      const target = output + channelOutput;
      const other = residual + channelOutput;
      const r0 = residual ? other + <usize>load<u32>(tile, 32) : 0;
      const r1 = residual ? other + <usize>load<u32>(tile, 36) : 0;
      const r2 = residual ? other + <usize>load<u32>(tile, 40) : 0;
      const r3 = residual ? other + <usize>load<u32>(tile, 44) : 0;
      finish(target + <usize>load<u32>(tile, 16), r0, low, high, left, step, a0);
      finish(target + <usize>load<u32>(tile, 20), r1, low, high, left, step, a1);
      finish(target + <usize>load<u32>(tile, 24), r2, low, high, left, step, a2);
      finish(target + <usize>load<u32>(tile, 28), r3, low, high, left, step, a3);
      pixel0 += 16;
      pixel1 += 16;
      pixel2 += 16;
      pixel3 += 16;
      bias += 16;
      channelOutput += step << 2;
    }
  }
}

/** Adds the residual of one pixel, clamps and stores its up to 4 channels. */
// @ts-ignore: decorator
@inline
function finish(output: usize, residual: usize, low: v128, high: v128, left: i32, step: usize, x: v128): void {
  if (step == 4) {
    if (residual) x = f32x4.add(x, v128.load(residual));
    storeLanes(output, clamp(x, low, high), left);
  } else finishApart(output, residual, low, high, left, step, x);
}

/** The same where the channels of output and residual lie `step` bytes apart. */
function finishApart(output: usize, residual: usize, low: v128, high: v128, left: i32, step: usize, x: v128): void {
  for (let channel = min(left, 4); channel > 0; channel--) {
    let value = f32x4.extract_lane(x, 0);
    if (residual) {
      value += load<f32>(residual);
      residual += step;
    }
    store<f32>(output, f32x4.extract_lane(clamp(f32x4.splat(value), low, high), 0));
    output += step;
    x = v128.shuffle<i32>(x, x, 1, 2, 3, 3);
  }
}

/**
 * Work item: a tile of 4 pixels of one row, by kernels 3 wide, stride 1 along the row: neighbours share what they load.
 *
 *   TILES  offset of the input under the first tap | output offset | residual offset of the first pixel
 */
export function f32_depthwise_3_4x4(p: usize, begin: i32, end: i32): void {
  depthwiseRow(p, begin, end, 1, true);
}

/** The same with stride 2 along the row. */
export function f32_depthwise_3_stride2_4x4(p: usize, begin: i32, end: i32): void {
  depthwiseRow(p, begin, end, 2, true);
}

/** The same by kernels of any width, stride 1 along the row. */
export function f32_depthwise_row_4x4(p: usize, begin: i32, end: i32): void {
  depthwiseRow(p, begin, end, 1, false);
}

// Few addresses at hand, and in the loop, with stride 1, no more vectors than registers even if all loads come first, as some engines
// order them.
// @ts-ignore: decorator
@inline
function depthwiseRow(p: usize, begin: i32, end: i32, stride: i32, three: bool): void {
  const input = <usize>load<u32>(p, abi.DEPTHWISE_INPUT << 2);
  const output = <usize>load<u32>(p, abi.DEPTHWISE_OUTPUT << 2);
  const residual = <usize>load<u32>(p, abi.DEPTHWISE_RESIDUAL << 2);
  const panelBytes = <usize>load<u32>(p, abi.DEPTHWISE_TAP_COUNT << 2) << 4;
  const rowBytes = <usize>load<u32>(p, abi.DEPTHWISE_TAP_COLUMNS << 2) << 4;
  const tapRow = <usize>load<u32>(p, abi.DEPTHWISE_TAP_ROW << 2);
  const weights = <usize>load<u32>(p, abi.DEPTHWISE_WEIGHTS << 2);
  const biases = <usize>load<u32>(p, abi.DEPTHWISE_BIAS << 2);
  const channels = load<i32>(p, abi.DEPTHWISE_CHANNELS << 2);
  const inPixel = <usize>load<u32>(p, abi.DEPTHWISE_INPUT_PIXEL << 2);
  const outPixel = <usize>load<u32>(p, abi.DEPTHWISE_OUTPUT_PIXEL << 2);
  const residualPixel = <usize>load<u32>(p, abi.DEPTHWISE_RESIDUAL_PIXEL << 2);
  const low = v128.load32_splat(p, abi.DEPTHWISE_MIN << 2);
  const high = v128.load32_splat(p, abi.DEPTHWISE_MAX << 2);
  let tile = <usize>load<u32>(p, abi.DEPTHWISE_TILES << 2) + <usize>begin * 12;
  for (let item = begin; item < end; item++, tile += 12) {
    let window = input + <usize>load<u32>(tile);
    let target = output + <usize>load<u32>(tile, 4);
    let other = residual + <usize>load<u32>(tile, 8);
    let w = weights;
    let bias = biases;
    for (let left = channels; left > 0; left -= 4) {
      let a0 = v128.load(bias);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let row = window;
      const panelEnd = w + panelBytes;
      do {
        let at = row;
        let d0 = v128.load(at);
        let d1 = v128.load((at += inPixel));
        let d2 = v128.load((at += inPixel));
        if (three) {
          const w0 = v128.load(w);
          const w1 = v128.load(w, 16);
          const w2 = v128.load(w, 32);
          a0 = addTaps(a0, d0, d1, d2, w0, w1, w2);
          d0 = stride == 1 ? d1 : d2;
          d1 = stride == 1 ? d2 : v128.load((at += inPixel));
          d2 = v128.load((at += inPixel));
          a1 = addTaps(a1, d0, d1, d2, w0, w1, w2);
          d0 = stride == 1 ? d1 : d2;
          d1 = stride == 1 ? d2 : v128.load((at += inPixel));
          d2 = v128.load((at += inPixel));
          a2 = addTaps(a2, d0, d1, d2, w0, w1, w2);
          d0 = stride == 1 ? d1 : d2;
          d1 = stride == 1 ? d2 : v128.load((at += inPixel));
          d2 = v128.load((at += inPixel));
          a3 = addTaps(a3, d0, d1, d2, w0, w1, w2);
          w += 48;
        } else {
          const rowEnd = w + rowBytes;
          do {
            const wa = v128.load(w);
            const d3 = v128.load((at += inPixel));
            a0 = madd(a0, d0, wa);
            a1 = madd(a1, d1, wa);
            a2 = madd(a2, d2, wa);
            a3 = madd(a3, d3, wa);
            d0 = d1;
            d1 = d2;
            d2 = d3;
            w += 16;
          } while (w < rowEnd);
        }
        row += tapRow;
      } while (w < panelEnd);
      if (residual) {
        let at = other;
        a0 = f32x4.add(a0, v128.load(at));
        a1 = f32x4.add(a1, v128.load((at += residualPixel)));
        a2 = f32x4.add(a2, v128.load((at += residualPixel)));
        a3 = f32x4.add(a3, v128.load((at += residualPixel)));
        other += 16;
      }
      a0 = clamp(a0, low, high);
      a1 = clamp(a1, low, high);
      a2 = clamp(a2, low, high);
      a3 = clamp(a3, low, high);
      let at = target;
      if (left >= 4) {
        v128.store(at, a0);
        v128.store((at += outPixel), a1);
        v128.store((at += outPixel), a2);
        v128.store((at += outPixel), a3);
      } else storeSome(at, outPixel, a0, a1, a2, a3, left);
      window += 16;
      target += 16;
      bias += 16;
    }
  }
}

/** Stores the first `count` (1…3) channels of each pixel. */
function storeSome(target: usize, pixel: usize, a0: v128, a1: v128, a2: v128, a3: v128, count: i32): void {
  storeLanes(target, a0, count);
  storeLanes((target += pixel), a1, count);
  storeLanes((target += pixel), a2, count);
  storeLanes(target + pixel, a3, count);
}

/** a + d0 * w0 + d1 * w1 + d2 * w2, in this order. */
// @ts-ignore: decorator
@inline
function addTaps(a: v128, d0: v128, d1: v128, d2: v128, w0: v128, w1: v128, w2: v128): v128 {
  return madd(madd(madd(a, d0, w0), d1, w1), d2, w2);
}
