// Multiply-adds on registers alone: as many as this engine and core can make. What kernels reach is told as a share of it.
import { PEAK_ADDEND, PEAK_FACTOR, PEAK_RESULT } from './abi';
import { madd } from './simd';

/**
 * Work item: a = addend + a * factor, once on each of PEAK_CHAINS chains, which begin at factor + i * addend. There are as many
 * chains as leave registers for the factor and the addend. The sum of all chains is stored as the result.
 */
export function f32_peak(p: usize, begin: i32, end: i32): void {
  const c = v128.load(p, PEAK_FACTOR << 2);
  const d = v128.load(p, PEAK_ADDEND << 2);
  let a0 = c;
  let a1 = f32x4.add(a0, d);
  let a2 = f32x4.add(a1, d);
  let a3 = f32x4.add(a2, d);
  let a4 = f32x4.add(a3, d);
  let a5 = f32x4.add(a4, d);
  let a6 = f32x4.add(a5, d);
  let a7 = f32x4.add(a6, d);
  let a8 = f32x4.add(a7, d);
  let a9 = f32x4.add(a8, d);
  let a10 = f32x4.add(a9, d);
  let a11 = f32x4.add(a10, d);
  for (let i = begin; i < end; i++) {
    a0 = madd(d, a0, c);
    a1 = madd(d, a1, c);
    a2 = madd(d, a2, c);
    a3 = madd(d, a3, c);
    a4 = madd(d, a4, c);
    a5 = madd(d, a5, c);
    a6 = madd(d, a6, c);
    a7 = madd(d, a7, c);
    a8 = madd(d, a8, c);
    a9 = madd(d, a9, c);
    a10 = madd(d, a10, c);
    a11 = madd(d, a11, c);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3)), f32x4.add(a4, a5));
  const high = f32x4.add(f32x4.add(f32x4.add(a6, a7), f32x4.add(a8, a9)), f32x4.add(a10, a11));
  v128.store(p, f32x4.add(low, high), PEAK_RESULT << 2);
}
