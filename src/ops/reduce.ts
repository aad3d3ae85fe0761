// Means, maxima and sums along any axes; global average pooling is the mean over the picture.
import * as abi from '../../assembly/abi.js';
import { requireRank } from './convolution.js';
import type { Case, Lowering, Op } from './op.js';
import { planReduction, reducedShape, reducedView, resolveAxes } from './reduction.js';

export interface ReduceAttributes {
  /** Negative ones count from the end. */
  readonly axes: readonly number[];
  /** Whether the reduced axes stay, with size 1. */
  readonly keepDims: boolean;
}

type Kind = 'mean' | 'max' | 'sum';

const LANES = 16;

function lowerReduce(l: Lowering<unknown>, kind: Kind, axes: readonly number[], keepDims: boolean): void {
  const input = l.input(0);
  const plan = planReduction(input, reducedView(l.output(0), input.shape, axes, keepDims), axes, LANES, false);
  if (kind === 'mean')
    plan.record.float(
      abi.REDUCE_DIVISOR,
      axes.reduce((count, axis) => count * input.shape[axis]!, 1),
    );
  l.step(kernelNames(kind)[plan.row ? 1 : 0], plan.record, plan.items);
}

const kernelNames = (kind: Kind): [lanes: string, row: string] =>
  kind === 'max' ? ['f32_reduce_max_lanes', 'f32_reduce_max_row'] : ['f32_reduce_sum_lanes', 'f32_reduce_sum_row'];

/** Whether the channels, neither reduced nor moved from axis 1, come out in the order in which they went in. */
export const channelsStay = (axes: readonly number[], keepDims: boolean): boolean =>
  !axes.includes(1) && (keepDims || !axes.includes(0));

function reduce(kind: Kind): Op<ReduceAttributes> {
  const axesOf = (c: Omit<Case<ReduceAttributes>, 'outputs'>) => resolveAxes(c.node, c.attributes.axes, c.inputs[0]!.length);
  return {
    attributes: { axes: { kind: 'ints' }, keepDims: { kind: 'bool', default: true } },
    inputs: [1, 1],
    infer: (c) => [reducedShape(c.inputs[0]!, axesOf(c), c.attributes.keepDims)],
    keepsChannels: (c) => channelsStay(axesOf(c), c.attributes.keepDims),
    kernels: [{ exports: kernelNames(kind), lower: (l) => lowerReduce(l, kind, axesOf(l), l.attributes.keepDims) }],
  };
}

/** As numpy.mean over `axes`. */
export const reduceMean = reduce('mean');
/** As numpy.max over `axes`; NaN wins. */
export const reduceMax = reduce('max');
/** As numpy.sum over `axes`. */
export const reduceSum = reduce('sum');

/** [N, C, H, W] -> [N, C, 1, 1], the mean of each channel. */
export const globalAveragePool: Op = {
  attributes: {},
  inputs: [1, 1],
  infer: ({ node, inputs }) => [reducedShape(requireRank(node, inputs[0], 4, 'the input'), [2, 3], true)],
  keepsChannels: () => true,
  kernels: [{ exports: kernelNames('mean'), lower: (l) => lowerReduce(l, 'mean', [2, 3], true) }],
};
