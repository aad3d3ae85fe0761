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

/** exp, not inlined. */
export function calledExp(x: v128): v128 {
  return exp(x);
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

/** The normal distribution (1 + erf(x / sqrt 2)) / 2, within 8 ulp. */
// @ts-ignore: decorator
@inline
export function normal(x: v128): v128 {
  const tail = normalTail(f32x4.abs(x));
  return v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)));
}

/**
 * The normal distribution at -a for a >= 0, within 8 ulp: e^(-a^2 / 2) u q(u) with u = 1 / (1 + 0.3 a); a is split so that the square of
 * its high part is exact.
 */
// @ts-ignore: decorator
@inline
function normalTail(a: v128): v128 {
  a = f32x4.pmin(a, f32x4.splat(15));
  const high = v128.and(a, i32x4.splat(0xfffff000));
  const minusHalf = f32x4.splat(-0.5);
  const low = f32x4.mul(f32x4.mul(f32x4.sub(a, high), f32x4.add(a, high)), minusHalf);
  const one = f32x4.splat(1);
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
  return f32x4.mul(expSum(f32x4.mul(f32x4.mul(high, high), minusHalf), low), f32x4.mul(u, q));
}

/** The error function, within 4 ulp: its Taylor series for |x| < 0.7, beyond that one less twice a tail of the normal distribution. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const a = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let q = f32x4.splat(-1.4925650358406252e-5);
  q = step(q, square, 1.2055332981789664e-4);
  q = step(q, square, -8.548327023450852e-4);
  q = step(q, square, 5.223977625442188e-3);
  q = step(q, square, -2.6866170645131252e-2);
  q = step(q, square, 1.1283791670955126e-1);
  q = step(q, square, -3.761263890318375e-1);
  // 2 / sqrt pi = 1 + 0.128…, so that the last sum rounds at the size of its smaller part.
  q = step(q, square, 1.2837916709551256e-1);
  const near = f32x4.add(x, f32x4.mul(x, q));
  const tail = normalTail(f32x4.mul(a, f32x4.splat(1.4142135623730951)));
  const far = f32x4.sub(f32x4.splat(1), f32x4.add(tail, tail));
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(a, f32x4.splat(0.7)));
}

/** ln(1 + e^x) = max(x, 0) + ln(1 + t) with t = e^-|x|, within 4 ulp. */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  const one = f32x4.splat(1);
  const t = calledExp(f32x4.neg(f32x4.abs(x)));
  const u = f32x4.add(one, t);
  // What the sum 1 + t loses of t, the quotient t / (u - 1) gives back.
  const rest = f32x4.mul(calledLog(u, f32x4.splat(0)), f32x4.div(t, f32x4.sub(u, one)));
  return f32x4.add(f32x4.max(x, f32x4.splat(0)), v128.bitselect(t, rest, f32x4.eq(u, one)));
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

/** ln x for any x, within 1 ulp: -Infinity of ±0, NaN of what is negative. */
// @ts-ignore: decorator
@inline
export function logAny(x: v128): v128 {
  const zero = f32x4.splat(0);
  const infinity = f32x4.splat(Infinity);
  const isSmall = f32x4.lt(x, f32x4.splat(1.1754943508222875e-38));
  const scaled = f32x4.mul(x, v128.bitselect(f32x4.splat(16777216), f32x4.splat(1), isSmall));
  let y = calledLog(scaled, v128.and(f32x4.splat(-24), isSmall));
  y = v128.bitselect(infinity, y, f32x4.eq(x, infinity));
  y = v128.bitselect(f32x4.splat(-Infinity), y, f32x4.eq(x, zero));
  return v128.or(y, f32x4.lt(x, zero));
}

/** ln x for normal positive x, within 1 ulp. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  return logTimes2(x, f32x4.splat(0));
}

/** logTimes2, not inlined. */
function calledLog(x: v128, k: v128): v128 {
  return logTimes2(x, k);
}

/**
 * ln(x 2^k) for normal positive x, within 1 ulp: ln m + e ln 2 with m in √½…√2, and ln m = r - r²/2 + r³ q(r) for r = m - 1
 * (q as in Cephes).
 */
// @ts-ignore: decorator
@inline
function logTimes2(x: v128, k: v128): v128 {
  // Bits counted from those of √½: the exponent field is e, the rest is what m has beyond √½.
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23)), k);
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

/** x^y as C's powf has it, all special cases included, within 0.51 ulp. */
export function pow(x: v128, y: v128): v128 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const base = f32x4.abs(x);
  const low = powHalf(f64x2.promote_low_f32x4(base), f64x2.promote_low_f32x4(y));
  const high = powHalf(
    f64x2.promote_low_f32x4(v128.shuffle<i64>(base, base, 1, 0)),
    f64x2.promote_low_f32x4(v128.shuffle<i64>(y, y, 1, 0)),
  );
  let z = v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
  const integer = f32x4.eq(f32x4.trunc(y), y);
  const half = f32x4.mul(y, f32x4.splat(0.5));
  const odd = v128.andnot(integer, f32x4.eq(f32x4.trunc(half), half));
  z = v128.or(z, v128.and(v128.and(x, odd), i32x4.splat(0x80000000)));
  const infinite = f32x4.eq(base, f32x4.splat(Infinity));
  z = v128.or(z, v128.andnot(f32x4.lt(x, zero), v128.or(integer, infinite)));
  z = v128.bitselect(one, z, v128.and(f32x4.eq(x, f32x4.splat(-1)), f32x4.eq(f32x4.abs(y), f32x4.splat(Infinity))));
  return v128.bitselect(one, z, v128.or(f32x4.eq(x, one), f32x4.eq(y, zero)));
}

/** x^y = e^(y ln x) of two f64 that were f32, x >= 0, within 2^-31 of the result. */
function powHalf(x: v128, y: v128): v128 {
  const one = f64x2.splat(1);
  // Bits counted from those of √½, as in log.
  const bits = i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd));
  // Exponents are small integers: in the low words of 1.5 · 2^52 they become numbers.
  const shift = f64x2.splat(6755399441055744);
  const e = f64x2.sub(i64x2.add(i64x2.shr_s(bits, 52), shift), shift);
  const m = i64x2.add(v128.and(bits, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3fe6a09e667f3bcd));
  // ln m = 2 artanh s
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const square = f64x2.mul(s, s);
  let q = f64x2.splat(2.0 / 13.0);
  q = step64(q, square, 2.0 / 11.0);
  q = step64(q, square, 2.0 / 9.0);
  q = step64(q, square, 2.0 / 7.0);
  q = step64(q, square, 2.0 / 5.0);
  q = step64(q, square, 2.0 / 3.0);
  q = step64(q, square, 2);
  let logarithm = f64x2.add(f64x2.mul(q, s), f64x2.mul(e, f64x2.splat(0.6931471805599453)));
  logarithm = v128.bitselect(f64x2.splat(-Infinity), logarithm, f64x2.eq(x, f64x2.splat(0)));
  logarithm = v128.bitselect(x, logarithm, f64x2.eq(x, f64x2.splat(Infinity)));
  // NaN of x, and of 0 · Infinity for x = 1, which the caller knows.
  let t = f64x2.add(f64x2.mul(y, logarithm), f64x2.sub(v128.bitselect(x, one, f64x2.ne(x, x)), one));
  t = f64x2.pmin(f64x2.pmax(t, f64x2.splat(-110)), f64x2.splat(90));
  const k = f64x2.nearest(f64x2.mul(t, f64x2.splat(1.4426950408889634)));
  const r = f64x2.sub(t, f64x2.mul(k, f64x2.splat(0.6931471805599453)));
  let p = f64x2.splat(1.0 / 40320.0);
  p = step64(p, r, 1.0 / 5040.0);
  p = step64(p, r, 1.0 / 720.0);
  p = step64(p, r, 1.0 / 120.0);
  p = step64(p, r, 1.0 / 24.0);
  p = step64(p, r, 1.0 / 6.0);
  p = step64(p, r, 0.5);
  p = step64(p, r, 1);
  p = step64(p, r, 1);
  const power = i64x2.shl(i64x2.add(f64x2.add(k, shift), i64x2.splat(1023)), 52);
  return f64x2.mul(p, power);
}

/** q x + c in f64 */
// @ts-ignore: decorator
@inline
function step64(q: v128, x: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(q, x), f64x2.splat(c));
}
