// What reductions, arg max and softmax share: which axes are walked, and the record of strides that their kernels read.
import * as abi from '../../assembly/abi.js';
import { HetConvError } from '../graph/error.js';
import type { Node, Shape } from '../graph/graph.js';
import { nodeError } from './nodeError.js';
import type { View } from './op.js';
import { ParameterRecord } from './parameterRecord.js';

interface Axis {
  readonly along: boolean;
  /** Whether a halo may lie between its positions. It counts as if one did: the order of a sum must not depend on the neighbours in a graph. */
  readonly gaps: boolean;
  readonly size: number;
  readonly input: number;
  readonly output: number;
}

export interface ReductionPlan {
  /** Whether the kernel for rows fits: the innermost axis walked has unit stride. Else it is the kernel for lanes. */
  readonly row: boolean;
  readonly record: ParameterRecord;
  readonly items: number;
}

/** Axes from 0, ascending and without repetition; negative ones count from the end. Throws `bad-attribute`. */
export function resolveAxes(node: Node, axes: readonly number[], rank: number): number[] {
  const resolved = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  const wrong = axes.find((_, i) => resolved[i]! < 0 || resolved[i]! >= rank);
  if (wrong !== undefined) {
    throw nodeError(node, `axis ${wrong} is outside the ${rank} axes of the input`, 'bad-attribute');
  }
  return [...new Set(resolved)].sort((a, b) => a - b);
}

export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** `output` as a view of the input's rank: its reduced axes, dropped or of size 1, have stride 0. */
export function reducedView(output: View, input: Shape, axes: readonly number[], keepDims: boolean): View {
  const kept = [...output.strides];
  const strides = input.map((_, axis) => {
    if (!axes.includes(axis)) return kept.shift()!;
    if (keepDims) kept.shift();
    return 0;
  });
  return { address: output.address, shape: input, strides };
}

/**
 * The walk along `axes` of `input`. `output` has as many axes; where nothing is stored along an axis its stride is 0.
 * A lanes kernel takes `block` lanes of a work item at once. `unitOutput`: the kernel stores vectors, so that the axis of unit
 * stride must have it in the output, too.
 */
export function planReduction(
  input: View,
  output: View,
  axes: readonly number[],
  block: number,
  unitOutput: boolean,
): ReductionPlan {
  const walked = mergedAxes(input, output, axes);
  const last = walked.at(-1);
  const unit = last?.input === 4 && !last.gaps && (!unitOutput || last.output === 4) ? last : undefined;
  const row = unit?.along ?? false;
  const lanes = unit && !row ? unit : { size: 1, input: 0, output: 4 };
  const rest = unit && !row ? walked.slice(0, -1) : walked;
  const blocks: Axis = {
    along: false,
    gaps: false,
    size: Math.ceil(lanes.size / block),
    input: block * lanes.input,
    output: block * lanes.output,
  };
  const along = fourAxes(rest.filter((axis) => axis.along));
  const outer = fourAxes([...rest.filter((axis) => !axis.along), ...(row ? [] : [blocks])]);
  const of = (list: readonly Axis[], field: 'size' | 'input' | 'output') => list.map((axis) => axis[field]);
  const record = new ParameterRecord(abi.REDUCE_WORDS)
    .int(abi.REDUCE_INPUT, input.address)
    .int(abi.REDUCE_OUTPUT, output.address)
    .ints(abi.REDUCE_OUTER, of(outer, 'size'))
    .ints(abi.REDUCE_OUTER_INPUT, of(outer, 'input'))
    .ints(abi.REDUCE_OUTER_OUTPUT, of(outer, 'output'))
    .ints(abi.REDUCE_ALONG, of(along, 'size'))
    .ints(abi.REDUCE_ALONG_INPUT, of(along, 'input'))
    .int(abi.REDUCE_ALONG_OUTPUT, along[3]!.output)
    .int(abi.REDUCE_LANES, lanes.size)
    .int(abi.REDUCE_LANE_OUTPUT, lanes.output)
    .float(abi.REDUCE_DIVISOR, 1)
    .int(abi.REDUCE_KEEP, -1);
  return { row, record, items: outer.reduce((product, axis) => product * axis.size, 1) };
}

/** The axes longer than 1 by descending input stride (in bytes), neighbours merged where they are one axis in memory. */
function mergedAxes(input: View, output: View, axes: readonly number[]): Axis[] {
  const merged: Axis[] = [];
  const rank = input.shape.length;
  const isPicture = rank === 3 || rank === 4;
  const sorted = input.shape
    .map(
      (size, i): Axis => ({
        along: axes.includes(i),
        gaps: isPicture && i !== 1 && i !== rank - 1,
        size,
        input: 4 * input.strides[i]!,
        output: 4 * output.strides[i]!,
      }),
    )
    .filter((axis) => axis.size > 1)
    .sort((a, b) => b.input - a.input);
  for (const axis of sorted) {
    const outer = merged.at(-1);
    if (
      outer?.along === axis.along &&
      !outer.gaps &&
      outer.input === axis.size * axis.input &&
      outer.output === axis.size * axis.output
    ) {
      merged[merged.length - 1] = { ...axis, size: outer.size * axis.size };
    } else merged.push(axis);
  }
  return merged;
}

/** Inputs of at most six axes leave no more than four on either side: ranks 5 and 6 have no gaps, so that neighbours merge. */
function fourAxes(axes: readonly Axis[]): Axis[] {
  if (axes.length > 4)
    throw new HetConvError('bad-shape', `a reduction takes ${axes.length} separate axes, at most 4 are supported`);
  const none: Axis = { along: false, gaps: false, size: 1, input: 0, output: 0 };
  return [...new Array<Axis>(4 - axes.length).fill(none), ...axes];
}
