// Reductions along any axes: means, sums, extremes and norms. Global pooling reduces the picture.
import * as abi from '../../assembly/abi.js';
import { elementCount } from '../graph/graph.js';
import { requireRank } from './convolution.js';
import { lowerFunction } from './elementwise.js';
import type { Case, Kernel, Lowering, Op, View } from './op.js';
import { planReduction, reducedShape, reducedView, resolveAxes } from './reduction.js';

export interface ReduceAttributes {
  /** Negative ones count from the end. */
  readonly axes: readonly number[];
  /** Whether the reduced axes stay, with size 1. */
  readonly keepDims: boolean;
}

/** How a reduction uses its kernel, which has a form for lanes and one for rows. */
export interface Reduction {
  readonly kernel: 'f32_reduce_sum' | 'f32_reduce_squares' | 'f32_reduce_max';
  /** Words that assembly/abi.ts explains. */
  readonly keep?: number;
  readonly flip?: number;
  /** What becomes of the sum. */
  readonly finish?: 'mean' | 'root';
}

const SIGN_BIT = 0x80000000;
const LANES = 16;

export const MEAN: Reduction = { kernel: 'f32_reduce_sum', finish: 'mean' };
export const MEAN_SQUARE: Reduction = { kernel: 'f32_reduce_squares', finish: 'mean' };
const MAX: Reduction = { kernel: 'f32_reduce_max' };

/** Appends the reduction of `input` along `axes`; `output` has as many axes as `input`, those along which it walks with stride 0. */
export function lowerReduction(
  l: Pick<Lowering<unknown>, 'step'>,
  reduction: Reduction,
  input: View,
  output: View,
  axes: readonly number[],
): void {
  const { kernel, keep = -1, flip = 0, finish } = reduction;
  const plan = planReduction(input, output, axes, LANES, false);
  plan.record.int(abi.REDUCE_KEEP, keep).int(abi.REDUCE_FLIP, flip);
  if (finish === 'mean') plan.record.float(abi.REDUCE_DIVISOR, elementCount(axes.map((axis) => input.shape[axis]!)));
  l.step(`${kernel}_${plan.row ? 'row' : 'lanes'}`, plan.record, plan.items);
}

export const reductionExports = ({ kernel, finish }: Reduction): string[] => [
  `${kernel}_lanes`,
  `${kernel}_row`,
  ...(finish === 'root' ? ['f32_function'] : []),
];

function kernelOf<A>(
  reduction: Reduction,
  axesAndDims: (c: Case<A>) => { axes: readonly number[]; keepDims: boolean },
): Kernel<A> {
  return {
    exports: reductionExports(reduction),
    lower(l) {
      const { axes, keepDims } = axesAndDims(l);
      const [input, output] = [l.input(0), l.output(0)];
      lowerReduction(l, reduction, input, reducedView(output, input.shape, axes, keepDims), axes);
      if (reduction.finish === 'root') lowerFunction(l, abi.FUNCTION_SQRT, [output], output);
    },
  };
}

/** Whether the channels, neither reduced nor moved from axis 1, come out in the order in which they went in. */
export const channelsStay = (axes: readonly number[], keepDims: boolean): boolean =>
  !axes.includes(1) && (keepDims || !axes.includes(0));

function reduce(reduction: Reduction): Op<ReduceAttributes> {
  const axesOf = (c: Omit<Case<ReduceAttributes>, 'outputs'>) => resolveAxes(c.node, c.attributes.axes, c.inputs[0]!.length);
  return {
    attributes: { axes: { kind: 'ints' }, keepDims: { kind: 'bool', default: true } },
    inputs: [1, 1],
    infer: (c) => [reducedShape(c.inputs[0]!, axesOf(c), c.attributes.keepDims)],
    keepsChannels: (c) => channelsStay(axesOf(c), c.attributes.keepDims),
    kernels: [kernelOf(reduction, (c) => ({ axes: axesOf(c), keepDims: c.attributes.keepDims }))],
  };
}

/** As numpy.mean over `axes`. */
export const reduceMean = reduce(MEAN);
/** As numpy.max over `axes`; NaN wins. */
export const reduceMax = reduce(MAX);
/** As numpy.min over `axes`; NaN wins. */
export const reduceMin = reduce({ ...MAX, flip: SIGN_BIT });
/** As numpy.sum over `axes`. */
export const reduceSum = reduce({ kernel: 'f32_reduce_sum' });
/** Sum of magnitudes. */
export const reduceL1 = reduce({ kernel: 'f32_reduce_sum', keep: ~SIGN_BIT });
/** Sum of squares. */
export const reduceSumSquare = reduce({ kernel: 'f32_reduce_squares' });
/** Root of the sum of squares. */
export const reduceL2 = reduce({ kernel: 'f32_reduce_squares', finish: 'root' });

function globalPool(reduction: Reduction): Op {
  const axes = [2, 3];
  return {
    attributes: {},
    inputs: [1, 1],
    infer: ({ node, inputs }) => [reducedShape(requireRank(node, inputs[0], 4, 'the input'), axes, true)],
    keepsChannels: () => true,
    kernels: [kernelOf(reduction, () => ({ axes, keepDims: true }))],
  };
}

/** [N, C, H, W] -> [N, C, 1, 1], the mean of each channel. */
export const globalAveragePool = globalPool(MEAN);
/** [N, C, H, W] -> [N, C, 1, 1], the greatest of each channel; NaN wins. */
export const globalMaxPool = globalPool(MAX);
