// Functions of two elements each, with NumPy's broadcasting.
import type { AttributeSpecs } from './attributes.js';
import { type ClampAttributes, clampSpecs } from './convolution.js';
import { lowerElementwise, operandsShareChannels } from './elementwise.js';
import type { Lowering, Op, View } from './op.js';
import { broadcastShape, broadcastView } from './view.js';

/** `lower` gets the operands as views of the output's shape. */
export function binary<A>(
  kernel: string,
  attributes: AttributeSpecs<A>,
  lower: (l: Lowering<A>, operands: readonly [View, View]) => void,
): Op<A> {
  return {
    attributes,
    inputs: [2, 2],
    infer: ({ node, inputs: [a, b] }) => [broadcastShape(node, a!, b!)],
    keepsChannels: operandsShareChannels,
    kernels: [
      {
        exports: [kernel],
        lower(l) {
          const operand = (i: number) => broadcastView(l.input(i), l.outputs[0]!);
          lower(l, [operand(0), operand(1)]);
        },
      },
    ],
  };
}

function arithmetic(kernel: string): Op {
  return binary(kernel, {}, (l, operands) => lowerElementwise(l, kernel, operands, l.output(0)));
}

/** min(max(a + b, clampMin), clampMax) */
export const add = binary<ClampAttributes>('f32_add', clampSpecs, (l, operands) =>
  lowerElementwise(l, 'f32_add', operands, l.output(0), [l.attributes.clampMin, l.attributes.clampMax]),
);
export const sub = arithmetic('f32_sub');
export const mul = arithmetic('f32_mul');
/** a / b as IEEE divides: by zero gives an infinity or NaN. */
export const div = arithmetic('f32_div');
