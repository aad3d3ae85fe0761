// Functions of one element or two that few networks have, from their definitions.
import { binary } from './binary.js';
import { elementwise, normalDistribution } from './unary.js';

/** C's pow; JavaScript's has NaN in place of some of its ones. */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
}

/** Of two halves the even neighbour. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below === 0.5) return 2 * Math.round(below / 2);
  return Math.round(x);
}

/** Exact to f64 also where it is tiny. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 0.5 || Number.isNaN(x)) return 2 * normalDistribution(x * Math.SQRT2) - 1;
  let term = x;
  let sum = x;
  for (let n = 1; n < 30; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

export const pow = binary(power);
export const min = binary((a, b) => Math.min(a, b));
export const max = binary((a, b) => Math.max(a, b));

export const exp = elementwise(Math.exp);
export const log = elementwise(Math.log);
export const sqrt = elementwise(Math.sqrt);
export const abs = elementwise(Math.abs);
export const neg = elementwise((x) => -x);
export const reciprocal = elementwise((x) => 1 / x);
export const erf = elementwise(errorFunction);
export const softplus = elementwise((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
export const softsign = elementwise((x) => (Math.abs(x) === Infinity ? Number.NaN : x / (1 + Math.abs(x))));
export const floor = elementwise(Math.floor);
export const ceil = elementwise(Math.ceil);
export const round = elementwise(roundHalfEven);
export const sign = elementwise(Math.sign);
export const selu = elementwise((x, a: { alpha: number; gamma: number }) =>
  x > 0 ? a.gamma * x : a.gamma * a.alpha * Math.expm1(x),
);

/** Towards zero and saturating to integers; integers are themselves as numbers. */
export const cast = elementwise((x, { to }: { to: string }) =>
  to === 'f32' ? x : Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), -(2 ** 31)), 2 ** 31 - 1),
);
