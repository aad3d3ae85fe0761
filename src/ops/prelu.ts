// x where x > 0, else slope x: leakyRelu with a trained slope, usually one for each channel.

import { lowerElementwise, operandsShareChannels } from './elementwise.js';
import { nodeError } from './nodeError.js';
import type { Op, View } from './op.js';
import { broadcastShape, broadcastView } from './view.js';

/** A slope of one axis belongs to the channels (axis 1), as in PyTorch, if their number fits; any other is aligned with the trailing axes. */
function alignSlope(slope: View, x: readonly number[]): View {
  const perChannel = slope.shape.length === 1 && x.length > 2 && slope.shape[0] === x[1];
  if (!perChannel) return slope;
  const trailing = x.slice(2).map(() => 1);
  return { address: slope.address, shape: [slope.shape[0]!, ...trailing], strides: [slope.strides[0]!, ...trailing] };
}

/** Inputs x and slope, of shape [1], [C] or any that broadcasts to the shape of x. */
export const prelu: Op = {
  attributes: {},
  inputs: [2, 2],
  infer({ node, inputs }) {
    const [x, slope] = inputs as [readonly number[], readonly number[]];
    const aligned = alignSlope({ address: 0, shape: slope, strides: slope }, x).shape;
    if (`${broadcastShape(node, x, aligned)}` !== `${x}`) {
      throw nodeError(node, `a slope of shape [${slope}] does not broadcast to the input's [${x}]`);
    }
    return [x];
  },
  keepsChannels: operandsShareChannels,
  kernels: [
    {
      exports: ['f32_prelu'],
      lower(l) {
        const x = l.input(0);
        lowerElementwise(l, 'f32_prelu', [x, broadcastView(alignSlope(l.input(1), x.shape), x.shape)], l.output(0));
      },
    },
  ],
};
