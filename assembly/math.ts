// Transcendental functions of four lanes, from additions and multiplications alone: the same bits on every engine.
// Errors are largest over all f32 arguments, in ulp of the result. NaN gives NaN.

// ln 2 in two parts; k * LN2_HIGH is exact for |k| < 2^15.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;
const LOG2_E: f32 = 1.4426950408889634;

/** e^x, within 1 ulp. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  return expSum(x, f32x4.splat(0));
}

/** e^(high + low) for |low| < 0.1, as exact as e^high. */
// @ts-ignore: decorator
@inline
export function expSum(high: v128, low: v128): v128 {
  const x = f32x4.pmin(f32x4.pmax(high, f32x4.splat(-104)), f32x4.splat(89));
  const k = f32x4.nearest(f32x4.mul(x, f32x4.splat(LOG2_E)));
  const y = f32x4.add(f32x4.splat(1), expm1Reduced(f32x4.add(reduce(x, k), low)));
  // Two factors, since 2^k alone may be subnormal or infinite.
  const exponent = i32x4.trunc_sat_f32x4_s(k);
  const half = i32x4.shr_s(exponent, 1);
  return f32x4.mul(f32x4.mul(y, powerOf2(half)), powerOf2(i32x4.sub(exponent, half)));
}

/** e^x - 1 for x <= 0, within 1 ulp. */
// @ts-ignore: decorator
@inline
export function expm1Negative(x: v128): v128 {
  x = f32x4.pmax(x, f32x4.splat(-32));
  const k = f32x4.nearest(f32x4.mul(x, f32x4.splat(LOG2_E)));
  const scale = powerOf2(i32x4.trunc_sat_f32x4_s(k));
  return f32x4.add(f32x4.mul(scale, expm1Reduced(reduce(x, k))), f32x4.sub(scale, f32x4.splat(1)));
}

/** 1 / (1 + e^-x), within 3 ulp. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exp(f32x4.neg(f32x4.abs(x)));
  const negative = f32x4.lt(x, f32x4.splat(0));
  return f32x4.div(v128.bitselect(e, one, negative), f32x4.add(one, e));
}

/** tanh x = -t / (2 + t) with t = e^(-2|x|) - 1, and the sign of x; within 3 ulp. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const t = expm1Negative(f32x4.mul(f32x4.abs(x), f32x4.splat(-2)));
  return v128.or(f32x4.div(f32x4.neg(t), f32x4.add(f32x4.splat(2), t)), sign);
}

/**
 * The normal distribution (1 + erf(x / sqrt 2)) / 2, within 8 ulp. Its tail is e^(-x^2 / 2) u q(u) with u = 1 / (1 + 0.3 |x|); x is split so that
 * the square of its high part is exact.
 */
// @ts-ignore: decorator
@inline
export function normal(x: v128): v128 {
  const one = f32x4.splat(1);
  const a = f32x4.pmin(f32x4.abs(x), f32x4.splat(15));
  const high = v128.and(a, i32x4.splat(0xfffff000));
  const minusHalf = f32x4.splat(-0.5);
  const low = f32x4.mul(f32x4.mul(f32x4.sub(a, high), f32x4.add(a, high)), minusHalf);
  const u = f32x4.div(one, f32x4.add(one, f32x4.mul(a, f32x4.splat(0.3))));
  let q = f32x4.splat(0.005001844372600317);
  q = step(q, u, 0.012911803089082241);
  q = step(q, u, -0.11342549324035645);
  q = step(q, u, 0.16001683473587036);
  q = step(q, u, -0.02424456737935543);
  q = step(q, u, 0.11709582060575485);
  q = step(q, u, 0.10258112102746964);
  q = step(q, u, 0.12041545659303665);
  q = step(q, u, 0.11964722722768784);
  const tail = f32x4.mul(expSum(f32x4.mul(f32x4.mul(high, high), minusHalf), low), f32x4.mul(u, q));
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
}

/** x - k ln 2 */
// @ts-ignore: decorator
@inline
function reduce(x: v128, k: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(k, f32x4.splat(LN2_HIGH))), f32x4.mul(k, f32x4.splat(LN2_LOW)));
}

/** e^r - 1 = r + r^2 q(r), a minimax fit for |r| <= ln 2 / 2 (relative error 2.4e-10 before rounding). */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  let q = f32x4.splat(0.00019912210700567812);
  q = step(q, r, 0.0013941118959337473);
  q = step(q, r, 0.008333276957273483);
  q = step(q, r, 0.04166635125875473);
  q = step(q, r, 0.1666666716337204);
  q = step(q, r, 0.5);
  return f32x4.add(r, f32x4.mul(f32x4.mul(r, r), q));
}

/** q x + c; never fused, so that results do not depend on the engine. */
// @ts-ignore: decorator
@inline
function step(q: v128, x: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(q, x), f32x4.splat(c));
}

/** 2^k for integers -126 <= k <= 127 */
// @ts-ignore: decorator
@inline
function powerOf2(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23);
}

/** ln x for normal positive x, within 1 ulp: ln m + e ln 2 with m in √½…√2, and ln m = r - r²/2 + r³ q(r) for r = m - 1 (q as in Cephes). */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  // Bits counted from those of √½: the exponent field is e, the rest is what m has beyond √½.
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const r = f32x4.sub(m, f32x4.splat(1));
  const square = f32x4.mul(r, r);
  let q = f32x4.splat(7.0376836292e-2);
  q = step(q, r, -1.151461031e-1);
  q = step(q, r, 1.167699874e-1);
  q = step(q, r, -1.2420140846e-1);
  q = step(q, r, 1.4249322787e-1);
  q = step(q, r, -1.6668057665e-1);
  q = step(q, r, 2.0000714765e-1);
  q = step(q, r, -2.4999993993e-1);
  q = step(q, r, 3.3333331174e-1);
  let y = f32x4.mul(f32x4.mul(q, r), square);
  y = f32x4.add(y, f32x4.mul(e, f32x4.splat(LN2_LOW)));
  y = f32x4.sub(y, f32x4.mul(square, f32x4.splat(0.5)));
  y = f32x4.add(f32x4.add(r, y), f32x4.mul(e, f32x4.splat(LN2_HIGH)));
  // NaN has an exponent like any other
  return f32x4.add(y, f32x4.sub(x, x));
}
