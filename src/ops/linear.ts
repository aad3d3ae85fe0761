// Fully connected layer [B, M] -> [B, N] with weight [N, M].
import { type ClampAttributes, clampSpecs, requireRank, requireShape } from './convolution.js';
import { nodeError } from './nodeError.js';
import type { Lowering, Op, View } from './op.js';
import { panelSpans } from './panels.js';
import { lowerRunList } from './runList.js';
import type { TileShape } from './tileShapes.js';
import { tileRows } from './tiles.js';

/** A [B, C] value as an image of one pixel each. */
const asPixels = (view: View): View => ({ ...view, shape: [...view.shape, 1, 1], strides: [...view.strides, 0, 0] });

function lower(l: Lowering<ClampAttributes>, tile: TileShape): void {
  const inC = l.inputs[1]![1]!;
  lowerRunList(l, tile, {
    input: asPixels(l.input(0)),
    output: asPixels(l.output(0)),
    groups: 1,
    taps: [{ dy: 0, dx: 0, own: { input: 1, base: 0, group: 0, filter: inC, channel: 1 } }],
    rows: { count: 1, start: 0, step: 1, stride: 1 },
    columns: { count: 1, start: 0, step: 1, stride: 1 },
    ...(l.inputs[2] && { bias: l.constant(2) }),
    clamp: l.attributes,
  });
}

export const linear: Op<ClampAttributes> = {
  attributes: clampSpecs,
  inputs: [2, 3],
  infer({ node, inputs }) {
    const input = requireRank(node, inputs[0], 2, 'the input');
    const weight = requireRank(node, inputs[1], 2, 'the weight');
    if (weight[1] !== input[1]) {
      throw nodeError(node, `weight [${weight}] takes ${weight[1]} features, the input [${input}] has ${input[1]}`);
    }
    requireShape(node, inputs[2], [weight[0]!], 'the bias');
    return [[input[0]!, weight[0]!]];
  },
  cost: ({ inputs, outputs }) => ({ macs: outputs[0]![0]! * inputs[1]![0]! * inputs[1]![1]!, adds: 0 }),
  kernels: tileRows({
    lower,
    loads: ({ inputs }, width) =>
      panelSpans(inputs[1]![0]!, 1, width).map(({ panels }) => ({
        panels,
        pixels: inputs[0]![0]!,
        runs: 1,
        channels: inputs[1]![1]!,
      })),
  }),
};
