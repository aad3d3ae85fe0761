// Batch norm at inference, (x - mean) / sqrt(variance + epsilon) · scale + shift, where no pass could fold it into a convolution:
// a depthwise convolution of one tap.
import { lowerDepthwise } from './convDepthwise.js';
import { requireShape } from './convolution.js';
import { nodeError } from './nodeError.js';
import type { Op, View } from './op.js';

export interface BatchNormAttributes {
  readonly epsilon: number;
}

const INPUT_NAMES = ['', 'the scale', 'the shift', 'the mean', 'the variance'];

/** A value of rank 2 to 4 as [N, C, H, W]. */
function asPictures(view: View): View {
  const missing = 4 - view.shape.length;
  const pad = (list: readonly number[], filler: number) => [
    ...list.slice(0, 2),
    ...new Array<number>(missing).fill(filler),
    ...list.slice(2),
  ];
  return { address: view.address, shape: pad(view.shape, 1), strides: pad(view.strides, 0) };
}

/** x [N, C], [N, C, W] or [N, C, H, W]; scale, shift, mean and variance [C]. */
export const batchNorm: Op<BatchNormAttributes> = {
  attributes: { epsilon: { kind: 'float', min: 0, default: 1e-5 } },
  inputs: [5, 5],
  infer({ node, inputs }) {
    const input = inputs[0]!;
    if (input.length < 2 || input.length > 4) {
      throw nodeError(node, `the input must have 2 to 4 axes, it has shape [${input}]`);
    }
    for (let i = 1; i < 5; i++) requireShape(node, inputs[i], [input[1]!], INPUT_NAMES[i]!);
    return [input];
  },
  keepsChannels: () => true,
  // mean and variance are counted, not trained
  parameters: ({ inputs }) => 2 * inputs[0]![1]!,
  kernels: [
    {
      exports: ['f32_depthwise_4x4'],
      lower(l) {
        const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => l.constant(i)) as [
          Float32Array,
          Float32Array,
          Float32Array,
          Float32Array,
        ];
        const factors = Float64Array.from(scale, (s, i) => s / Math.sqrt(variance[i]! + l.attributes.epsilon));
        const output = asPictures(l.output(0));
        const axis = (count: number) => ({ count, start: 0, step: 1, stride: 1 });
        lowerDepthwise(l, {
          input: asPictures(l.input(0)),
          output,
          multiplier: 1,
          taps: [{ dy: 0, dx: 0 }],
          rows: axis(output.shape[2]!),
          columns: axis(output.shape[3]!),
          weight: (channel) => factors[channel]!,
          bias: (channel) => shift[channel]! - mean[channel]! * factors[channel]!,
          clamp: { clampMin: Number.NEGATIVE_INFINITY, clampMax: Number.POSITIVE_INFINITY },
        });
      },
    },
  ],
};
