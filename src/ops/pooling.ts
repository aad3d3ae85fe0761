// Max and average pooling: windows are clipped at the border, as the zeros of a halo would be wrong for a maximum.
import * as abi from '../../assembly/abi.js';
import type { Node, Shape } from '../graph/graph.js';
import type { AttributeSpecs } from './attributes.js';
import { requireRank } from './convolution.js';
import { nodeError } from './nodeError.js';
import type { Kernel, Lowering, Op } from './op.js';
import { ParameterRecord } from './parameterRecord.js';

export interface PoolAttributes {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  /** top, left, bottom, right */
  readonly padding: readonly number[];
  readonly ceilMode: boolean;
}
export interface MaxPoolAttributes extends PoolAttributes {
  readonly dilation: readonly number[];
}
export interface AveragePoolAttributes extends PoolAttributes {
  /** Whether the padding counts in the divisor. */
  readonly countIncludePad: boolean;
}

const poolSpecs: AttributeSpecs<PoolAttributes> = {
  kernel: { kind: 'ints', length: 2, min: 1 },
  stride: { kind: 'ints', length: 2, min: 1 },
  padding: { kind: 'ints', length: 4, min: 0, default: [0, 0, 0, 0] },
  ceilMode: { kind: 'bool', default: false },
};

/** One axis of the windows: output i covers inputs i·stride - begin + tap·dilation. */
interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly end: number;
}

function axesOf(a: PoolAttributes, dilation: readonly number[], input: Shape): [Axis, Axis] {
  const axis = (i: 0 | 1): Axis => ({
    size: input[2 + i]!,
    kernel: a.kernel[i]!,
    stride: a.stride[i]!,
    dilation: dilation[i]!,
    begin: a.padding[i]!,
    end: a.padding[2 + i]!,
  });
  return [axis(0), axis(1)];
}

/** As PyTorch counts: with ceilMode a window may leave the padded input, but it must begin before the padding at the end. */
function outputSize(axis: Axis, ceilMode: boolean): number {
  const free = axis.size + axis.begin + axis.end - axis.dilation * (axis.kernel - 1) - 1;
  if (!ceilMode) return Math.floor(free / axis.stride) + 1;
  const count = Math.ceil(free / axis.stride) + 1;
  return (count - 1) * axis.stride >= axis.size + axis.begin ? count - 1 : count;
}

function inferPool(node: Node, a: PoolAttributes, dilation: readonly number[], x: Shape | undefined): Shape[] {
  const input = requireRank(node, x, 4, 'the input');
  const [height, width] = axesOf(a, dilation, input).map((axis) => outputSize(axis, a.ceilMode)) as [number, number];
  if (height < 1 || width < 1) {
    throw nodeError(node, `a window of ${a.kernel.join('×')} does not fit the padded input [${input}]`);
  }
  return [[input[0]!, input[1]!, height, width]];
}

interface Span {
  /** Input position of the first tap inside the picture. */
  readonly first: number;
  /** How many taps are inside. */
  readonly taps: number;
  readonly divisor: number;
}

function spanOf(axis: Axis, output: number, countPadding: boolean): Span {
  const start = output * axis.stride - axis.begin;
  const firstTap = Math.max(0, Math.ceil(-start / axis.dilation));
  const endTap = Math.min(axis.kernel, Math.ceil((axis.size - start) / axis.dilation));
  const taps = Math.max(0, endTap - firstTap);
  const divisor = countPadding ? Math.min(start + axis.kernel, axis.size + axis.end) - start : Math.max(1, taps);
  return { first: taps > 0 ? start + firstTap * axis.dilation : 0, taps, divisor };
}

function lowerPool<A extends PoolAttributes>(
  l: Lowering<A>,
  kernel: string,
  dilation: readonly number[],
  countPadding: boolean,
): void {
  const input = l.input(0);
  const output = l.output(0);
  const [vertical, horizontal] = axesOf(l.attributes, dilation, input.shape);
  const [batch, channels, outH, outW] = output.shape as [number, number, number, number];
  const [inImage, , inRow, inColumn] = input.strides as [number, number, number, number];
  const [outImage, , outRow, outColumn] = output.strides as [number, number, number, number];
  const table = (count: number, entry: (i: number) => { span: Span; input: number; output: number }) => {
    const record = new ParameterRecord(count * abi.SPAN_WORDS);
    for (let i = 0; i < count; i++) {
      const { span, input: source, output: target } = entry(i);
      record
        .int(i * abi.SPAN_WORDS + abi.SPAN_INPUT, 4 * source)
        .int(i * abi.SPAN_WORDS + abi.SPAN_OUTPUT, 4 * target)
        .int(i * abi.SPAN_WORDS + abi.SPAN_TAPS, span.taps)
        .float(i * abi.SPAN_WORDS + abi.SPAN_DIVISOR, span.divisor);
    }
    return l.store(record.words());
  };
  const rows = table(batch * outH, (i) => {
    const image = Math.floor(i / outH);
    const span = spanOf(vertical, i % outH, countPadding);
    return { span, input: image * inImage + span.first * inRow, output: image * outImage + (i % outH) * outRow };
  });
  const columns = table(outW, (i) => {
    const span = spanOf(horizontal, i, countPadding);
    return { span, input: span.first * inColumn, output: i * outColumn };
  });
  const record = new ParameterRecord(abi.POOL_WORDS)
    .int(abi.POOL_INPUT, input.address)
    .int(abi.POOL_OUTPUT, output.address)
    .int(abi.POOL_ROWS, rows)
    .int(abi.POOL_COLUMNS, columns)
    .int(abi.POOL_COLUMN_COUNT, outW)
    .int(abi.POOL_CHANNELS, channels)
    .int(abi.POOL_TAP_ROW, 4 * vertical.dilation * inRow)
    .int(abi.POOL_TAP_COLUMN, 4 * horizontal.dilation * inColumn);
  l.step(kernel, record, batch * outH);
}

const maxPoolKernel: Kernel<MaxPoolAttributes> = {
  exports: ['f32_max_pool'],
  lower: (l) => lowerPool(l, 'f32_max_pool', l.attributes.dilation, false),
};

/** Maximum over windows of [N, C, H, W], as torch.nn.MaxPool2d; -Infinity where a window has no tap inside the picture. */
export const maxPool: Op<MaxPoolAttributes> = {
  attributes: { ...poolSpecs, dilation: { kind: 'ints', length: 2, min: 1, default: [1, 1] } },
  inputs: [1, 1],
  infer: ({ node, attributes, inputs }) => inferPool(node, attributes, attributes.dilation, inputs[0]),
  keepsChannels: () => true,
  kernels: [maxPoolKernel],
};

const averagePoolKernel: Kernel<AveragePoolAttributes> = {
  exports: ['f32_average_pool'],
  lower: (l) => lowerPool(l, 'f32_average_pool', [1, 1], l.attributes.countIncludePad),
};

/** Mean over windows of [N, C, H, W], as torch.nn.AvgPool2d: what ceilMode adds beyond the padding never counts in the divisor. */
export const averagePool: Op<AveragePoolAttributes> = {
  attributes: { ...poolSpecs, countIncludePad: { kind: 'bool', default: true } },
  inputs: [1, 1],
  infer: ({ node, attributes, inputs }) => inferPool(node, attributes, [1, 1], inputs[0]),
  keepsChannels: () => true,
  kernels: [averagePoolKernel],
};
