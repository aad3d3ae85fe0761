// The vector helpers that hide the instruction set: the only user of ASC_FEATURE_RELAXED_SIMD.

/** c + a * b, fused where the binary has relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function madd(c: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

/** min(max(x, low), high); NaN stays NaN, and a zero keeps its sign: one instruction each, where min and max take several. */
// @ts-ignore: decorator
@inline
export function clamp(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high);
}

/** Stores the first `count` (1…4) lanes. */
// @ts-ignore: decorator
@inline
export function storeLanes(address: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(address, x);
    return;
  }
  v128.store_lane<f32>(address, x, 0);
  if (count > 1) v128.store_lane<f32>(address, x, 1, 4);
  if (count > 2) v128.store_lane<f32>(address, x, 2, 8);
}

/** Stores the first `count` lanes, `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeApart(address: usize, x: v128, count: i32, step: usize): void {
  v128.store_lane<f32>(address, x, 0);
  if (count > 1) v128.store_lane<f32>(address + step, x, 1);
  if (count > 2) v128.store_lane<f32>(address + 2 * step, x, 2);
  if (count > 3) v128.store_lane<f32>(address + 3 * step, x, 3);
}
