// The stated error of each transcendental function over a sweep of its arguments, and what it makes of NaN and the infinities.
import { exp, expm1Negative, log, normal, sigmoid, tanh } from '../../assembly/math';

/** One unit in the last place of an f32 of this magnitude. */
function ulp(x: f64): f64 {
  const exponent = <i64>((reinterpret<u64>(x) >> 52) & 0x7ff) - 1023;
  return NativeMath.pow(2, <f64>(max(exponent, -126) - 23));
}

const STEPS = 40000;

/** The largest error in ulp over evenly spaced arguments from `low` to `high`. */
function worst(f: (x: v128) => v128, exact: (x: f64) => f64, low: f32, high: f32): f64 {
  let most: f64 = 0;
  for (let i = 0; i <= STEPS; i++) {
    const x = low + (high - low) * (<f32>i / <f32>STEPS);
    const want = exact(<f64>x);
    if (NativeMath.abs(want) > <f64>f32.MAX_VALUE) continue;
    const error = NativeMath.abs(<f64>f32x4.extract_lane(f(f32x4.splat(x)), 0) - want) / ulp(want);
    if (!(error <= most)) most = error;
  }
  return most;
}

function at(f: (x: v128) => v128, x: f32): f32 {
  return f32x4.extract_lane(f(f32x4(0.5, 0.5, x, 0.5)), 2);
}

function logistic(x: f64): f64 {
  return 1 / (1 + NativeMath.exp(-x));
}

// Inlined functions have no address, so each gets a wrapper.
function expOf(x: v128): v128 {
  return exp(x);
}
function expm1Of(x: v128): v128 {
  return expm1Negative(x);
}
function logOf(x: v128): v128 {
  return log(x);
}
function sigmoidOf(x: v128): v128 {
  return sigmoid(x);
}
function tanhOf(x: v128): v128 {
  return tanh(x);
}
function normalOf(x: v128): v128 {
  return normal(x);
}

function expectWithin(error: f64, bound: f64, what: string): void {
  expect(error).toBeLessThanOrEqual(bound, what + ' is ' + error.toString() + ' ulp off');
}

describe('math', () => {
  test('exp is within 1 ulp, subnormal results included', () => {
    expectWithin(worst(expOf, NativeMath.exp, -104, 89), 1, 'exp');
    expectWithin(worst(expOf, NativeMath.exp, -1, 1), 1, 'exp near 0');
  });

  test('expm1Negative is within 1 ulp', () => {
    expectWithin(worst(expm1Of, NativeMath.expm1, -40, 0), 1, 'expm1');
    expectWithin(worst(expm1Of, NativeMath.expm1, -0.01, 0), 1, 'expm1 near 0');
  });

  test('log is within 1 ulp', () => {
    expectWithin(worst(logOf, NativeMath.log, 1e-30, 4), 1, 'log');
    expectWithin(worst(logOf, NativeMath.log, 1, 1e30), 1, 'log of large arguments');
  });

  test('sigmoid is within 3 ulp', () => {
    expectWithin(worst(sigmoidOf, logistic, -104, 104), 3, 'sigmoid');
    expectWithin(worst(sigmoidOf, logistic, -4, 4), 3, 'sigmoid near 0');
  });

  test('tanh is within 3 ulp', () => {
    expectWithin(worst(tanhOf, NativeMath.tanh, -12, 12), 3, 'tanh');
    expectWithin(worst(tanhOf, NativeMath.tanh, -0.01, 0.01), 3, 'tanh near 0');
  });

  test('normal is the normal distribution', () => {
    // Abramowitz and Stegun, tables 26.1 and 26.2
    expect(at(normalOf, 0)).toBe(0.5);
    expect(at(normalOf, 1)).toBeCloseTo(<f32>0.84134474606854294, 6);
    expect(at(normalOf, -1)).toBeCloseTo(<f32>0.15865525393145706, 7);
    expect(at(normalOf, -5) / <f32>2.866515719235352e-7).toBeCloseTo(1, 6);
    expect(at(normalOf, -10) / <f32>7.61985302416047e-24).toBeCloseTo(1, 6);
  });

  test('the infinities give the limits', () => {
    expect(at(expOf, Infinity)).toBe(Infinity);
    expect(at(expOf, -Infinity)).toBe(0);
    expect(at(expm1Of, -Infinity)).toBe(-1);
    expect(at(sigmoidOf, Infinity)).toBe(1);
    expect(at(sigmoidOf, -Infinity)).toBe(0);
    expect(at(tanhOf, Infinity)).toBe(1);
    expect(at(tanhOf, -Infinity)).toBe(-1);
    expect(at(normalOf, Infinity)).toBe(1);
    expect(at(normalOf, -Infinity)).toBe(0);
  });

  test('NaN gives NaN', () => {
    expect(at(expOf, NaN)).toBeNaN();
    expect(at(expm1Of, NaN)).toBeNaN();
    expect(at(logOf, NaN)).toBeNaN();
    expect(at(sigmoidOf, NaN)).toBeNaN();
    expect(at(tanhOf, NaN)).toBeNaN();
    expect(at(normalOf, NaN)).toBeNaN();
  });

  test('tanh keeps the sign of zero and tiny arguments', () => {
    expect(reinterpret<u32>(at(tanhOf, -0.0))).toBe(0x80000000);
    expect(at(tanhOf, 1e-40)).toBe(1e-40);
  });
});
