// Normalisation of each picture by its own statistics, over groups of channels or each channel alone: mean and variance in two passes,
// so that a large mean costs no digits of the variance.
import * as abi from '../../assembly/abi.js';
import type { Shape } from '../graph/graph.js';
import { requireShape } from './convolution.js';
import { lowerElementwise, lowerFunction } from './elementwise.js';
import { nodeError } from './nodeError.js';
import type { Case, Kernel, Op, View } from './op.js';
import { lowerReduction, MEAN, MEAN_SQUARE, type Reduction, reductionExports } from './reduce.js';
import { broadcastView, rowMajorView, splitAxis } from './view.js';

export interface InstanceNormAttributes {
  readonly epsilon: number;
}
export interface GroupNormAttributes extends InstanceNormAttributes {
  readonly groups: number;
}

const epsilon = { kind: 'float', min: 0, default: 1e-5 } as const;
const UNCLAMPED = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

function infer({ node, inputs: [x, scale, shift] }: Omit<Case<unknown>, 'outputs'>) {
  if (x!.length < 2) throw nodeError(node, `the input must have at least 2 axes, it has shape [${x}]`);
  requireShape(node, scale, [x![1]!], 'the scale');
  requireShape(node, shift, [x![1]!], 'the shift');
  return [x!];
}

function kernelOf<A extends InstanceNormAttributes>(groupsOf: (c: Case<A>) => number): Kernel<A> {
  return {
    exports: [
      ...reductionExports(MEAN),
      ...reductionExports(MEAN_SQUARE),
      'f32_sub',
      'f32_add',
      'f32_div',
      'f32_mul',
      'f32_function',
    ],
    /** A number for each group, and one for each channel. */
    scratch: (c) => 4 * c.inputs[0]![0]! * (groupsOf(c) + c.inputs[0]![1]!),
    lower(l) {
      const groups = groupsOf(l);
      const [batch, channels, ...pixels] = l.inputs[0] as [number, number, ...number[]];
      const grouped = (view: View, axis: number) => splitAxis(view, axis, [groups, channels / groups]);
      const [x, y] = [l.input(0), l.output(0)];
      const ofGroups = rowMajorView(l.scratch, [batch, groups, 1]);
      const ofChannels = rowMajorView(l.scratch + 4 * batch * groups, [batch, channels]);
      const inGroups = grouped(ofChannels, 1);
      const along = (view: View, shape: Shape): View => ({
        address: view.address,
        shape,
        strides: shape.map((_, axis) => (view.shape[axis] === 1 ? 0 : (view.strides[axis] ?? 0))),
      });
      /** By way of the channels, so that the order of the sums does not depend on a halo. */
      const average = (reduction: Reduction, view: View) => {
        lowerReduction(
          l,
          reduction,
          view,
          along(ofChannels, x.shape),
          [...pixels.keys()].map((axis) => axis + 2),
        );
        lowerReduction(l, MEAN, inGroups, along(ofGroups, inGroups.shape), [2]);
      };
      const [xGroups, yGroups] = [grouped(x, 1), grouped(y, 1)];
      average(MEAN, x);
      lowerElementwise(l, 'f32_sub', [xGroups, along(ofGroups, xGroups.shape)], yGroups);
      average(MEAN_SQUARE, y);
      const constant = rowMajorView(l.store(Float32Array.of(l.attributes.epsilon)), [1]);
      lowerElementwise(l, 'f32_add', [ofGroups, broadcastView(constant, ofGroups.shape)], ofGroups, UNCLAMPED);
      lowerFunction(l, abi.FUNCTION_SQRT, [ofGroups], ofGroups);
      const [scale, shift] = [1, 2].map((i) => broadcastView(grouped(l.input(i), 0), inGroups.shape)) as [View, View];
      lowerElementwise(l, 'f32_div', [scale, along(ofGroups, inGroups.shape)], inGroups);
      lowerElementwise(l, 'f32_mul', [yGroups, along(inGroups, xGroups.shape)], yGroups);
      lowerElementwise(l, 'f32_add', [yGroups, along(shift, xGroups.shape)], yGroups, UNCLAMPED);
    },
  };
}

/** (x - mean) / sqrt(variance + epsilon) · scale + shift over each channel of each picture: x [N, C, …]; scale and shift [C]. */
export const instanceNorm: Op<InstanceNormAttributes> = {
  attributes: { epsilon },
  inputs: [3, 3],
  infer,
  keepsChannels: () => true,
  kernels: [kernelOf(({ inputs }) => inputs[0]![1]!)],
};

/** The same over `groups` groups of neighbouring channels. */
export const groupNorm: Op<GroupNormAttributes> = {
  attributes: { groups: { kind: 'int', min: 1 }, epsilon },
  inputs: [3, 3],
  infer(c) {
    const output = infer(c);
    const { groups } = c.attributes;
    if (c.inputs[0]![1]! % groups !== 0) throw nodeError(c.node, `${groups} groups do not divide axis 1 of [${c.inputs[0]}]`);
    return output;
  },
  kernels: [kernelOf(({ attributes }) => attributes.groups)],
};
