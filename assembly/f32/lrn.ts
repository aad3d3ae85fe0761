// Local response normalisation: each channel over a power of the squares of its neighbours.
import * as abi from '../abi';
import { pow } from '../math';
import { rowOffset } from '../rows';
import { storeLanes } from '../simd';

/**
 * Work item: one pixel, whose channels have unit stride. Channel c becomes x (bias + scale · sum of x² over c - before … c + after)^power;
 * neighbours beyond the first and the last channel count as 0. Reads up to 12 bytes before and behind a pixel.
 */
export function f32_lrn(p: usize, begin: i32, end: i32): void {
  const channels = load<i32>(p, abi.LRN_CHANNELS << 2);
  const before = load<i32>(p, abi.LRN_BEFORE << 2);
  const after = load<i32>(p, abi.LRN_AFTER << 2);
  const scale = v128.load32_splat(p, abi.LRN_SCALE << 2);
  const bias = v128.load32_splat(p, abi.LRN_BIAS << 2);
  const power = v128.load32_splat(p, abi.LRN_POWER << 2);
  const lanes = i32x4(0, 1, 2, 3);
  for (let item = begin; item < end; item++) {
    const input = <usize>load<u32>(p, abi.LRN_INPUT << 2) + <usize>rowOffset(p, item, abi.LRN_SIZES, abi.LRN_INPUT_STRIDES);
    const output = <usize>load<u32>(p, abi.LRN_OUTPUT << 2) + <usize>rowOffset(p, item, abi.LRN_SIZES, abi.LRN_OUTPUT_STRIDES);
    for (let channel = 0; channel < channels; channel += 4) {
      let sum = f32x4.splat(0);
      const last = min(channel + after, channels - 1);
      for (let i = max(channel - before, -3); i <= last; i++) {
        const isInside = i32x4.lt_u(i32x4.add(i32x4.splat(i), lanes), i32x4.splat(channels));
        const x = v128.and(v128.load(input + (i << 2)), isInside);
        sum = f32x4.add(sum, f32x4.mul(x, x));
      }
      const divisor = pow(f32x4.add(bias, f32x4.mul(scale, sum)), power);
      storeLanes(output + (<usize>channel << 2), f32x4.mul(v128.load(input + (<usize>channel << 2)), divisor), channels - channel);
    }
  }
}
