// Channels to space: each square of factor × factor pixels comes from as many channels of one pixel.
import { requireRank } from './convolution.js';
import { nodeError } from './nodeError.js';
import type { Op } from './op.js';
import { stridedCopy } from './stridedCopy.js';
import { splitAxis, transposeView } from './view.js';

export interface PixelShuffleAttributes {
  readonly factor: number;
  /** Order of the input channels: CRD channel · row · column (PyTorch), DCR row · column · channel (ONNX's DepthToSpace). */
  readonly mode: string;
}

/** [N, C·factor², H, W] -> [N, C, H·factor, W·factor] */
export const pixelShuffle: Op<PixelShuffleAttributes> = {
  attributes: { factor: { kind: 'int', min: 1 }, mode: { kind: 'enum', values: ['CRD', 'DCR'], default: 'CRD' } },
  inputs: [1, 1],
  outputType: 'input',
  infer({ node, attributes: { factor }, inputs }) {
    const [n, c, h, w] = requireRank(node, inputs[0], 4, 'the input') as [number, number, number, number];
    if (c % factor ** 2 !== 0) {
      throw nodeError(node, `factor ${factor} squared does not divide the ${c} channels of [${inputs[0]}]`);
    }
    return [[n, c / factor ** 2, h * factor, w * factor]];
  },
  kernels: [
    {
      exports: ['f32_copy'],
      lower(l) {
        const { factor, mode } = l.attributes;
        const [, c, h, w] = l.outputs[0] as [number, number, number, number];
        const x = l.input(0);
        const source =
          mode === 'CRD'
            ? transposeView(splitAxis(x, 1, [c, factor, factor]), [0, 1, 4, 2, 5, 3])
            : transposeView(splitAxis(x, 1, [factor, factor, c]), [0, 3, 4, 1, 5, 2]);
        stridedCopy(l, source, splitAxis(splitAxis(l.output(0), 3, [w / factor, factor]), 2, [h / factor, factor]));
      },
    },
  ],
};
