// Functions of one element from their definitions.
import type { Reference } from './reference.js';

export function elementwise<A>(f: (x: number, attributes: A) => number): Reference<A> {
  return ([x], attributes) => [{ shape: x!.shape, data: Float64Array.from(x!.data, (value) => f(value, attributes)) }];
}

const logistic = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

/** (1 + erf(x / √2)) / 2, exact to f64 also where it is tiny: a power series near 0, a continued fraction in the tails. */
export function normalDistribution(x: number): number {
  const z = Math.abs(x);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 1.5) {
    let term = z;
    let sum = z;
    for (let n = 1; n < 60; n++) {
      term *= (z * z) / (2 * n + 1);
      sum += term;
    }
    return 0.5 + Math.sign(x) * density * sum;
  }
  let fraction = 0;
  for (let n = 300; n > 0; n--) fraction = n / (z + fraction);
  const tail = density / (z + fraction);
  return x < 0 ? tail : 1 - tail;
}

type Alpha = { alpha: number };

export const relu = elementwise((x) => Math.max(x, 0));
export const clip = elementwise((x, a: { min: number; max: number }) => Math.min(Math.max(x, a.min), a.max));
export const leakyRelu = elementwise((x, a: Alpha) => (x > 0 ? x : a.alpha * x));
export const elu = elementwise((x, a: Alpha) => (x > 0 ? x : a.alpha * Math.expm1(x)));
export const sigmoid = elementwise(logistic);
export const tanh = elementwise(Math.tanh);
export const hardSwish = elementwise((x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6);
export const hardSigmoid = elementwise((x, a: Alpha & { beta: number }) => Math.min(Math.max(a.alpha * x + a.beta, 0), 1));
export const silu = elementwise((x) => x * logistic(x));
export const gelu = elementwise((x, a: { approximate: string }) =>
  a.approximate === 'none'
    ? x * normalDistribution(x)
    : 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
);
