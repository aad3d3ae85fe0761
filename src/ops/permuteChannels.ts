// Channels in another order, where two sides of an edge need different ones.
import * as abi from '../../assembly/abi.js';
import { nodeError } from './nodeError.js';
import type { Case, Lowering, Op } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { rowAxes, rowCount, rowSizes, rowStrides } from './rows.js';
import { stridedCopy } from './stridedCopy.js';
import { broadcastView, rowMajorView, sliceView } from './view.js';

export interface PermuteChannelsAttributes {
  /** Output channel `i` is input channel `order[i]`, or zeros where that is -1. */
  readonly order: readonly number[];
}

/** From so many channels that stay together on the average, a copy for each run beats a gather of single elements. */
const LONG_RUN = 32;

const ZEROS = -1;

/** Maximal runs of consecutive input channels or of zeros, as [first output channel, count]. */
function runsOf(order: readonly number[]): [first: number, count: number][] {
  const runs: [number, number][] = [];
  order.forEach((channel, i) => {
    const before = order[i - 1];
    const continues = before === ZEROS ? channel === ZEROS : before !== undefined && channel === before + 1;
    if (continues) runs.at(-1)![1]++;
    else runs.push([i, 1]);
  });
  return runs;
}

const gathers = ({ attributes: { order }, inputs }: Case<PermuteChannelsAttributes>) =>
  inputs[0]!.length <= 4 && !order.includes(ZEROS) && order.length < LONG_RUN * runsOf(order).length;

function lowerCopies(l: Lowering<PermuteChannelsAttributes>): void {
  const { order } = l.attributes;
  const zero = order.includes(ZEROS) ? l.store(Float32Array.of(0)) : 0;
  for (const [first, count] of runsOf(order)) {
    const target = sliceView(l.output(0), 1, first, count);
    const isZeros = order[first] === ZEROS;
    const source = isZeros
      ? broadcastView(rowMajorView(zero, [1]), target.shape)
      : sliceView(l.input(0), 1, order[first]!, count);
    stridedCopy(l, source, target);
  }
}

/** Channels are innermost in memory up to rank 4, so that one gather reorders a pixel. */
function lowerGather(l: Lowering<PermuteChannelsAttributes>): void {
  const { order } = l.attributes;
  const [input, output] = [l.input(0), l.output(0)];
  const pixels = rowAxes([sliceView(input, 1, 0, 1), sliceView(output, 1, 0, 1)]).slice(1);
  const axes = [...pixels, { size: order.length, strides: [input.strides[1]!, output.strides[1]!] }];
  const offsets = Int32Array.from(order, (channel) => 4 * channel * input.strides[1]!);
  const record = new ParameterRecord(abi.GATHER_WORDS)
    .int(abi.COPY_SOURCE, input.address)
    .int(abi.COPY_TARGET, output.address)
    .ints(abi.COPY_SIZES, rowSizes(axes))
    .ints(abi.COPY_SOURCE_STRIDES, rowStrides(axes, 0))
    .ints(abi.COPY_TARGET_STRIDES, rowStrides(axes, 1))
    .int(abi.GATHER_OFFSETS, l.store(offsets));
  l.step('f32_gather', record, rowCount(axes));
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
  kernels: [
    { exports: ['f32_gather'], accepts: gathers, lower: lowerGather },
    { exports: ['f32_copy'], lower: lowerCopies },
  ],
};
