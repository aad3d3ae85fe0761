// Depthwise convolution: one K x K filter for each channel, so the vectors run along the channels of input and weights alike.
//
//   TILES    input offset of 4 pixels | output offset of 4 pixels | residual offset of 4 pixels
//   TAPS     offset of each tap from the pixel, in bytes
//   WEIGHTS  panel of 8 channels: tap 0 c0…c7, tap 1 c0…c7, …; the last panel is filled up with zeros
import * as abi from '../abi';
import { clamp, madd } from '../simd';
import { finish8 } from './conv';

/**
 * Work item: a tile of 4 pixels. Loop order: tile > panel > tap. The sum of an output starts at the bias and adds the taps in
 * their order, then the residual; it is clamped and stored. Weights and bias are 16-byte aligned; reads stay within 28 bytes
 * behind a pixel's last channel, stores are exact. Channels of the output may lie apart: every m-th one where there are m
 * filters for each channel. The last tile repeats its last pixel: a residual must not share memory with the output.
 */
export function f32_depthwise(p: usize, begin: i32, end: i32): void {
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
    for (let left = channels; left > 0; left -= 8) {
      let a0 = v128.load(bias);
      let b0 = v128.load(bias, 16);
      let a1 = a0;
      let b1 = b0;
      let a2 = a0;
      let b2 = b0;
      let a3 = a0;
      let b3 = b0;
      for (let tap = taps; tap < tapsEnd; tap += 4) {
        const offset = <usize>load<u32>(tap);
        const wa = v128.load(w);
        const wb = v128.load(w, 16);
        a0 = madd(a0, v128.load(pixel0 + offset), wa);
        b0 = madd(b0, v128.load(pixel0 + offset, 16), wb);
        a1 = madd(a1, v128.load(pixel1 + offset), wa);
        b1 = madd(b1, v128.load(pixel1 + offset, 16), wb);
        a2 = madd(a2, v128.load(pixel2 + offset), wa);
        b2 = madd(b2, v128.load(pixel2 + offset, 16), wb);
        a3 = madd(a3, v128.load(pixel3 + offset), wa);
        b3 = madd(b3, v128.load(pixel3 + offset, 16), wb);
        w += 32;
      }
      const target = output + channelOutput;
      const other = residual + channelOutput;
      const r0 = residual ? other + <usize>load<u32>(tile, 32) : 0;
      const r1 = residual ? other + <usize>load<u32>(tile, 36) : 0;
      const r2 = residual ? other + <usize>load<u32>(tile, 40) : 0;
      const r3 = residual ? other + <usize>load<u32>(tile, 44) : 0;
      finish(target + <usize>load<u32>(tile, 16), r0, low, high, left, step, a0, b0);
      finish(target + <usize>load<u32>(tile, 20), r1, low, high, left, step, a1, b1);
      finish(target + <usize>load<u32>(tile, 24), r2, low, high, left, step, a2, b2);
      finish(target + <usize>load<u32>(tile, 28), r3, low, high, left, step, a3, b3);
      pixel0 += 32;
      pixel1 += 32;
      pixel2 += 32;
      pixel3 += 32;
      bias += 32;
      channelOutput += step << 3;
    }
  }
}

// @ts-ignore: decorator
@inline
function finish(output: usize, residual: usize, low: v128, high: v128, left: i32, step: usize, x: v128, y: v128): void {
  if (step == 4) finish8(output, residual, low, high, left, x, y);
  else finishApart(output, residual, low, high, left, step, x, y);
}

/** finish8 where the channels of output and residual lie `step` bytes apart. */
function finishApart(output: usize, residual: usize, low: v128, high: v128, left: i32, step: usize, x: v128, y: v128): void {
  for (let channel = min(left, 8); channel > 0; channel--) {
    let value = f32x4.extract_lane(x, 0);
    if (residual) {
      value += load<f32>(residual);
      residual += step;
    }
    store<f32>(output, f32x4.extract_lane(clamp(f32x4.splat(value), low, high), 0));
    output += step;
    x = v128.shuffle<i32>(x, y, 1, 2, 3, 4);
    y = v128.shuffle<i32>(y, y, 1, 2, 3, 3);
  }
}
