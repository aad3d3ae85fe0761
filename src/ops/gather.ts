// Positions of one axis picked by a constant list.
import { gatherKernels } from './gatherAxis.js';
import { nodeError } from './nodeError.js';
import type { Case, Op } from './op.js';
import { resolveAxes } from './reduction.js';

export interface GatherAttributes {
  /** A negative one counts from the end. */
  readonly axis: number;
  /** Output position `i` of the axis is input position `indices[i]`. */
  readonly indices: readonly number[];
}

const axisOf = ({ node, attributes, inputs }: Omit<Case<GatherAttributes>, 'outputs'>): number =>
  resolveAxes(node, [attributes.axis], inputs[0]!.length)[0]!;

export const gather: Op<GatherAttributes> = {
  attributes: { axis: { kind: 'int' }, indices: { kind: 'ints', min: 0 } },
  inputs: [1, 1],
  outputType: 'input',
  infer(c) {
    const [x] = c.inputs;
    const { indices } = c.attributes;
    const axis = axisOf(c);
    const wrong = indices.find((index) => index >= x![axis]!);
    if (wrong !== undefined || indices.length === 0) {
      throw nodeError(c.node, `there is no position ${wrong ?? 'to gather'} in axis ${axis} of [${x}]`, 'bad-attribute');
    }
    return [x!.with(axis, indices.length)];
  },
  keepsChannels: (c) => axisOf(c) !== 1,
  kernels: gatherKernels((c) => ({ axis: axisOf(c), order: c.attributes.indices })),
};
