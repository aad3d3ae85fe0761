// Channels interleaved across groups, as ShuffleNet does: output channel j·groups + g is input channel g·C/groups + j.

import { nodeError } from './nodeError.js';
import type { Op } from './op.js';
import { stridedCopy } from './stridedCopy.js';
import { splitAxis, transposeView } from './view.js';

export interface ChannelShuffleAttributes {
  readonly groups: number;
}

/** Input [N, C, …] of 2…5 axes, whose C is a multiple of `groups`. */
export const channelShuffle: Op<ChannelShuffleAttributes> = {
  attributes: { groups: { kind: 'int', min: 1 } },
  inputs: [1, 1],
  outputType: 'input',
  infer({ node, attributes: { groups }, inputs: [x] }) {
    const c = x![1];
    if (c === undefined || x!.length > 5 || c % groups !== 0) {
      throw nodeError(node, `${groups} groups do not divide axis 1 of [${x}] (2…5 axes)`);
    }
    return [x!];
  },
  kernels: [
    {
      exports: ['f32_copy'],
      lower(l) {
        const x = l.input(0);
        const { groups } = l.attributes;
        const each = x.shape[1]! / groups;
        const trailing = x.shape.slice(2).map((_, i) => i + 3);
        stridedCopy(
          l,
          transposeView(splitAxis(x, 1, [groups, each]), [0, 2, 1, ...trailing]),
          splitAxis(l.output(0), 1, [each, groups]),
        );
      },
    },
  ],
};
