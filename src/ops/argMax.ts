// Where along an axis the greatest element lies: the first of equals or the last, NaN counting as greatest, as in NumPy and PyTorch.
import * as abi from '../../assembly/abi.js';
import type { Case, Op } from './op.js';
import { channelsStay } from './reduce.js';
import { planReduction, reducedShape, reducedView, resolveAxes } from './reduction.js';

export interface ArgMaxAttributes {
  /** A negative one counts from the end. */
  readonly axis: number;
  /** Whether the axis stays, with size 1. */
  readonly keepDims: boolean;
  /** Which of equals: the last, not the first. */
  readonly last: boolean;
}

const LANES = 4;

const axesOf = (c: Omit<Case<ArgMaxAttributes>, 'outputs'>) => resolveAxes(c.node, [c.attributes.axis], c.inputs[0]!.length);

export const argMax: Op<ArgMaxAttributes> = {
  attributes: { axis: { kind: 'int' }, keepDims: { kind: 'bool', default: true }, last: { kind: 'bool', default: false } },
  inputs: [1, 1],
  outputType: 'i32',
  infer: (c) => [reducedShape(c.inputs[0]!, axesOf(c), c.attributes.keepDims)],
  keepsChannels: (c) => channelsStay(axesOf(c), c.attributes.keepDims),
  kernels: [
    {
      exports: ['f32_arg_max_lanes', 'f32_arg_max_row'],
      lower(l) {
        const input = l.input(0);
        const axes = axesOf(l);
        const plan = planReduction(input, reducedView(l.output(0), input.shape, axes, l.attributes.keepDims), axes, LANES, false);
        plan.record.int(abi.REDUCE_LAST, l.attributes.last ? -1 : 0);
        l.step(plan.row ? 'f32_arg_max_row' : 'f32_arg_max_lanes', plan.record, plan.items);
      },
    },
  ],
};
