// Weights on their way into memory: widened, and put into the order in which the convolution kernels consume them.
import * as abi from '../abi';

/**
 * Work item: a panel. For each channel of each of its taps the weights of PACK_LANES filters, PACK_LANE bytes apart, go to consecutive
 * words. Alignment: 4.
 */
export function f32_pack(p: usize, begin: i32, end: i32): void {
  const lane = <usize>load<u32>(p, abi.PACK_LANE << 2);
  const channels = <usize>load<u32>(p, abi.PACK_CHANNELS << 2);
  const sourceStep = <usize>load<u32>(p, abi.PACK_CHANNEL << 2);
  const targetStep = <usize>load<u32>(p, abi.PACK_STEP << 2);
  const bytes = <usize>load<u32>(p, abi.PACK_LANES << 2) << 2;
  const taps = load<i32>(p, abi.PACK_TAPS << 2);
  const tapSource = <usize>load<u32>(p, abi.PACK_TAP_SOURCE << 2);
  const tapTarget = <usize>load<u32>(p, abi.PACK_TAP_TARGET << 2);
  for (let panel = <usize>begin; panel < <usize>end; panel++) {
    let tapFrom = <usize>load<u32>(p, abi.PACK_SOURCE << 2) + panel * <usize>load<u32>(p, abi.PACK_PANEL_SOURCE << 2);
    let tapTo = <usize>load<u32>(p, abi.PACK_TARGET << 2) + panel * <usize>load<u32>(p, abi.PACK_PANEL_TARGET << 2);
    for (let tap = 0; tap < taps; tap++, tapFrom += tapSource, tapTo += tapTarget) {
      let source = tapFrom;
      const last = tapTo + channels * targetStep;
      for (let target = tapTo; target < last; target += targetStep, source += sourceStep) {
        let from = source;
        let to = target;
        for (const whole = target + (bytes & ~15); to < whole; to += 16) {
          let words = v128.load32_zero(from);
          words = v128.load32_lane(from + lane, words, 1);
          words = v128.load32_lane(from + 2 * lane, words, 2);
          words = v128.load32_lane(from + 3 * lane, words, 3);
          v128.store(to, words);
          from += 4 * lane;
        }
        for (const stop = target + bytes; to < stop; to += 4, from += lane) store<u32>(to, load<u32>(from));
      }
    }
  }
}

/**
 * Work item: 8 numbers of IEEE binary16 to f32, exactly; NaN payloads included. The source may lie in the second half of the
 * target: no item is overwritten before it was read.
 */
export function f32_widen(p: usize, begin: i32, end: i32): void {
  const source = <usize>load<u32>(p, abi.WIDEN_SOURCE << 2);
  const target = <usize>load<u32>(p, abi.WIDEN_TARGET << 2);
  for (let item = <usize>begin; item < <usize>end; item++) {
    const halves = v128.load(source + (item << 4));
    v128.store(target + (item << 5), widen(i32x4.extend_low_i16x8_u(halves)));
    v128.store(target + (item << 5), widen(i32x4.extend_high_i16x8_u(halves)), 16);
  }
}

/** Exponent and fraction move into place; a multiplication by 2^112 corrects the exponent's bias, of subnormals too. */
// @ts-ignore: decorator
@inline
function widen(half: v128): v128 {
  const magnitude = i32x4.shl(v128.and(half, i32x4.splat(0x7fff)), 13);
  const sign = i32x4.shl(v128.and(half, i32x4.splat(0x8000)), 16);
  const special = v128.and(i32x4.ge_s(magnitude, i32x4.splat(0x7c00 << 13)), i32x4.splat(0x7f800000));
  const value = f32x4.mul(magnitude, f32x4.splat(reinterpret<f32>(0x77800000)));
  return v128.or(v128.or(value, special), sign);
}
