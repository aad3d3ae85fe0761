// Positions of one axis in another order, left out or repeated: a gather of single elements where the axis is innermost in memory and
// few of them stay together, else a copy for each run.
import * as abi from '../../assembly/abi.js';
import type { Case, Kernel, Lowering } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { rowAxes, rowCount, rowSizes, rowStrides } from './rows.js';
import { stridedCopy } from './stridedCopy.js';
import { broadcastView, memoryOrder, rowMajorView, sliceView } from './view.js';

/** In place of a position: zeros. */
export const ZEROS = -1;

/** Position `i` of the output's axis is position `order[i]` of the input's, or zeros. */
export interface AxisOrder {
  readonly axis: number;
  readonly order: readonly number[];
}

/** From so many positions that stay together on the average, a copy for each run beats a gather of single elements. */
const LONG_RUN = 32;

/** Maximal runs of consecutive positions or of zeros, as [first output position, count]. */
function runsOf(order: readonly number[]): [first: number, count: number][] {
  const runs: [number, number][] = [];
  order.forEach((position, i) => {
    const before = order[i - 1];
    const continues = before === ZEROS ? position === ZEROS : before !== undefined && position === before + 1;
    if (continues) runs.at(-1)![1]++;
    else runs.push([i, 1]);
  });
  return runs;
}

function lowerCopies<A>(l: Lowering<A>, { axis, order }: AxisOrder): void {
  const zero = order.includes(ZEROS) ? l.store(Float32Array.of(0)) : 0;
  for (const [first, count] of runsOf(order)) {
    const target = sliceView(l.output(0), axis, first, count);
    const isZeros = order[first] === ZEROS;
    const source = isZeros
      ? broadcastView(rowMajorView(zero, [1]), target.shape)
      : sliceView(l.input(0), axis, order[first]!, count);
    stridedCopy(l, source, target);
  }
}

function lowerGather<A>(l: Lowering<A>, { axis, order }: AxisOrder): void {
  const [input, output] = [l.input(0), l.output(0)];
  const others = rowAxes([sliceView(input, axis, 0, 1), sliceView(output, axis, 0, 1)]).slice(1);
  const axes = [...others, { size: order.length, strides: [input.strides[axis]!, output.strides[axis]!] }];
  const offsets = Int32Array.from(order, (position) => 4 * position * input.strides[axis]!);
  const record = new ParameterRecord(abi.GATHER_WORDS)
    .int(abi.COPY_SOURCE, input.address)
    .int(abi.COPY_TARGET, output.address)
    .ints(abi.COPY_SIZES, rowSizes(axes))
    .ints(abi.COPY_SOURCE_STRIDES, rowStrides(axes, 0))
    .ints(abi.COPY_TARGET_STRIDES, rowStrides(axes, 1))
    .int(abi.GATHER_OFFSETS, l.store(offsets));
  l.step('f32_gather', record, rowCount(axes));
}

/** The rows of an op that puts input 0 into the order that `of` tells. */
export function gatherKernels<A>(of: (c: Case<A>) => AxisOrder): Kernel<A>[] {
  const gathers = (c: Case<A>): boolean => {
    const { axis, order } = of(c);
    const isInnermost = memoryOrder(c.inputs[0]!.length).at(-1) === axis;
    return isInnermost && !order.includes(ZEROS) && order.length < LONG_RUN * runsOf(order).length;
  };
  return [
    { exports: ['f32_gather'], accepts: gathers, lower: (l) => lowerGather(l, of(l)) },
    { exports: ['f32_copy'], lower: (l) => lowerCopies(l, of(l)) },
  ];
}
