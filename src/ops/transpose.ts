// Axes in another order.

import { nodeError } from './nodeError.js';
import type { Op } from './op.js';
import { stridedCopy } from './stridedCopy.js';
import { transposeView } from './view.js';

export interface TransposeAttributes {
  /** Axis `i` of the output is axis `perm[i]` of the input. */
  readonly perm: readonly number[];
}

export const transpose: Op<TransposeAttributes> = {
  attributes: { perm: { kind: 'ints', min: 0 } },
  inputs: [1, 1],
  outputType: 'input',
  infer({ node, attributes: { perm }, inputs: [x] }) {
    if (perm.length !== x!.length || !x!.every((_, axis) => perm.includes(axis))) {
      throw nodeError(node, `perm [${perm}] does not order the ${x!.length} axes of [${x}]`, 'bad-attribute');
    }
    return [perm.map((axis) => x![axis]!)];
  },
  keepsChannels: ({ attributes: { perm } }) => perm[1] === 1,
  kernels: [
    {
      exports: ['f32_copy'],
      lower: (l) => stridedCopy(l, transposeView(l.input(0), l.attributes.perm), l.output(0)),
    },
  ],
};
