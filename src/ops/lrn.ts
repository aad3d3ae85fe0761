// Local response normalisation across channels, as ONNX has it.
import * as abi from '../../assembly/abi.js';
import { elementCount } from '../graph/graph.js';
import { nodeError } from './nodeError.js';
import type { Op } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { rowAxes, rowSizes, rowStrides } from './rows.js';
import { sliceView } from './view.js';

export interface LrnAttributes {
  /** How many neighbours count, the channel among them: (size - 1) / 2 on either side, of an even size one more after it. */
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

/** x / (bias + alpha / size · sum of x² over neighbouring channels)^beta, x [N, C, W] or [N, C, H, W]. */
export const lrn: Op<LrnAttributes> = {
  attributes: {
    size: { kind: 'int', min: 1 },
    alpha: { kind: 'float', default: 1e-4 },
    beta: { kind: 'float', default: 0.75 },
    bias: { kind: 'float', default: 1 },
  },
  inputs: [1, 1],
  infer({ node, inputs: [x] }) {
    if (x!.length !== 3 && x!.length !== 4) throw nodeError(node, `the input must have 3 or 4 axes, it has shape [${x}]`);
    return [x!];
  },
  kernels: [
    {
      exports: ['f32_lrn'],
      lower(l) {
        const { size, alpha, beta, bias } = l.attributes;
        const [input, output] = [l.input(0), l.output(0)];
        const pixels = rowAxes([sliceView(input, 1, 0, 1), sliceView(output, 1, 0, 1)]).slice(2);
        const channels = input.shape[1]!;
        const neighbours = (count: number) => Math.min(Math.floor(count), channels);
        const record = new ParameterRecord(abi.LRN_WORDS)
          .int(abi.LRN_INPUT, input.address)
          .int(abi.LRN_OUTPUT, output.address)
          .ints(abi.LRN_SIZES, rowSizes(pixels))
          .ints(abi.LRN_INPUT_STRIDES, rowStrides(pixels, 0))
          .ints(abi.LRN_OUTPUT_STRIDES, rowStrides(pixels, 1))
          .int(abi.LRN_CHANNELS, channels)
          .int(abi.LRN_BEFORE, neighbours((size - 1) / 2))
          .int(abi.LRN_AFTER, neighbours(size / 2))
          .float(abi.LRN_SCALE, alpha / size)
          .float(abi.LRN_BIAS, bias)
          .float(abi.LRN_POWER, -beta);
        l.step('f32_lrn', record, elementCount(rowSizes(pixels)));
      },
    },
  ],
};
