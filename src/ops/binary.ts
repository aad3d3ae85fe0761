// Functions of two elements each, with NumPy's broadcasting.
import type { AttributeSpecs } from './attributes.js';
import { type ClampAttributes, clampSpecs } from './convolution.js';
import { lowerElementwise, operandsShareChannels } from './elementwise.js';
import type { Op } from './op.js';
import { broadcastShape, broadcastView } from './view.js';

function binary<A>(kernel: string, attributes: AttributeSpecs<A>, numbers: (attributes: A) => readonly [number, number]): Op<A> {
  return {
    attributes,
    inputs: [2, 2],
    infer: ({ node, inputs: [a, b] }) => [broadcastShape(node, a!, b!)],
    keepsChannels: operandsShareChannels,
    kernels: [
      {
        exports: [kernel],
        lower(l) {
          const operands = [0, 1].map((i) => broadcastView(l.input(i), l.outputs[0]!));
          lowerElementwise(l, kernel, operands, numbers(l.attributes));
        },
      },
    ],
  };
}

/** min(max(a + b, clampMin), clampMax) */
export const add = binary<ClampAttributes>('f32_add', clampSpecs, (a) => [a.clampMin, a.clampMax]);
export const sub = binary('f32_sub', {}, () => [0, 0]);
export const mul = binary('f32_mul', {}, () => [0, 0]);
/** a / b as IEEE divides: by zero gives an infinity or NaN. */
export const div = binary('f32_div', {}, () => [0, 0]);
