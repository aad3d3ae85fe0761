// Channels in another order, where two sides of an edge need different ones.
import { gatherKernels, ZEROS } from './gatherAxis.js';
import { nodeError } from './nodeError.js';
import type { Op } from './op.js';

export interface PermuteChannelsAttributes {
  /** Output channel `i` is input channel `order[i]`, or zeros where that is -1. */
  readonly order: readonly number[];
}

/** Input [N, C, …]; `order` may leave channels out or repeat them. */
export const permuteChannels: Op<PermuteChannelsAttributes> = {
  attributes: { order: { kind: 'ints', min: ZEROS } },
  inputs: [1, 1],
  outputType: 'input',
  infer({ node, attributes: { order }, inputs: [x] }) {
    const c = x![1];
    const wrong = order.find((channel) => c === undefined || channel >= c);
    if (c === undefined || wrong !== undefined) {
      throw nodeError(node, `there is no channel ${wrong} in axis 1 of [${x}]`, 'bad-attribute');
    }
    return [x!.with(1, order.length)];
  },
  kernels: gatherKernels(({ attributes: { order } }) => ({ axis: 1, order })),
};
