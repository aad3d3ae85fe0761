// Functions of one element each: an op is its kernel and the two numbers that the kernel takes.
import type { AttributeSpecs } from './attributes.js';
import { lowerElementwise } from './elementwise.js';
import type { Kernel, Op } from './op.js';

export function row<A>(
  kernel: string,
  numbers: (attributes: A) => readonly [number, number],
  accepts?: (attributes: A) => boolean,
): Kernel<A> {
  return {
    exports: [kernel],
    ...(accepts && { accepts: (c) => accepts(c.attributes) }),
    lower: (l) => lowerElementwise(l, kernel, [l.input(0)], l.output(0), numbers(l.attributes)),
  };
}

export function unary<A>(attributes: AttributeSpecs<A>, kernels: readonly Kernel<A>[]): Op<A> {
  return { attributes, inputs: [1, 1], infer: ({ inputs }) => [inputs[0]!], keepsChannels: () => true, kernels };
}

const none = () => [0, 0] as const;

/** max(x, 0); NaN stays NaN, as in all of these. */
export const relu = unary({}, [row('f32_clip', () => [0, Infinity])]);

/** min(max(x, min), max) */
export const clip = unary<{ readonly min: number; readonly max: number }>(
  { min: { kind: 'float', default: -Infinity }, max: { kind: 'float', default: Infinity } },
  [row('f32_clip', (a) => [a.min, a.max])],
);

/** x where x > 0, else alpha x */
export const leakyRelu = unary<{ readonly alpha: number }>({ alpha: { kind: 'float', default: 0.01 } }, [
  row('f32_leaky_relu', (a) => [a.alpha, 0]),
]);

/** x where x > 0, else alpha (e^x - 1) */
export const elu = unary<{ readonly alpha: number }>({ alpha: { kind: 'float', default: 1 } }, [
  row('f32_elu', (a) => [a.alpha, 1]),
]);

/** 1 / (1 + e^-x) */
export const sigmoid = unary({}, [row('f32_sigmoid', none)]);

export const tanh = unary({}, [row('f32_tanh', none)]);

/** x min(max(x + 3, 0), 6) / 6 */
export const hardSwish = unary({}, [row('f32_hard_swish', none)]);

/** min(max(alpha x + beta, 0), 1) */
export const hardSigmoid = unary<{ readonly alpha: number; readonly beta: number }>(
  { alpha: { kind: 'float', default: 1 / 6 }, beta: { kind: 'float', default: 0.5 } },
  [row('f32_hard_sigmoid', (a) => [a.alpha, a.beta])],
);

/** x sigmoid(x) */
export const silu = unary({}, [row('f32_silu', none)]);

/** x (1 + erf(x / √2)) / 2, or its approximation x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 */
export const gelu = unary<{ readonly approximate: string }>(
  { approximate: { kind: 'enum', values: ['none', 'tanh'], default: 'none' } },
  [row('f32_gelu', none, (a) => a.approximate === 'none'), row('f32_gelu_tanh', none, (a) => a.approximate === 'tanh')],
);
