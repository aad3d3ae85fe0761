// The depthwise kernels: convolutions with one input channel for each group, and affine maps of single channels.
import * as abi from '../../assembly/abi.js';
import type { ConvAttributes } from './conv.js';
import { type ClampAttributes, haloOf, liveTaps, weightAxes } from './convolution.js';
import type { Case, Kernel, Lowering, View } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { type GridAxis, storeTiles } from './tiles.js';

const TILE = { pixels: 4 };
const PANEL = 4;

export interface DepthwiseConvolution {
  /** Views whose channels lie side by side; the output has `multiplier` channels for each of the input. */
  readonly input: View;
  readonly output: View;
  readonly residual?: View;
  /** Filters of each channel: output channel c·multiplier + j is filter j of channel c. */
  readonly multiplier: number;
  /** Input pixels from the window's origin. */
  readonly taps: readonly { readonly dy: number; readonly dx: number }[];
  readonly rows: GridAxis;
  readonly columns: GridAxis;
  weight(outChannel: number, tap: number): number;
  bias(outChannel: number): number;
  readonly clamp: ClampAttributes;
}

/** A kernel that computes one filter of each channel. */
export interface DepthwiseKernel {
  readonly name: string;
  accepts(c: Case<ConvAttributes>): boolean;
  /** Stores what is the same wherever the pixels are: weights, bias and taps. */
  record(l: Lowering<unknown>, c: DepthwiseConvolution, filter: number): ParameterRecord;
  /** Stores the offsets of the pixels; the kernel's work items are `count` tiles. */
  tiles(l: Lowering<unknown>, c: DepthwiseConvolution): { readonly address: number; readonly count: number };
}

/** One step for each filter of a channel. */
export function lowerDepthwise(l: Lowering<unknown>, c: DepthwiseConvolution, kernel = byTaps): void {
  const tiles = kernel.tiles(l, c);
  for (let filter = 0; filter < c.multiplier; filter++) {
    const residual = c.residual ? c.residual.address + 4 * filter : 0;
    const record = kernel
      .record(l, c, filter)
      .int(abi.DEPTHWISE_INPUT, c.input.address)
      .int(abi.DEPTHWISE_OUTPUT, c.output.address + 4 * filter)
      .int(abi.DEPTHWISE_RESIDUAL, residual)
      .int(abi.DEPTHWISE_TILES, tiles.address);
    l.step(kernel.name, record, tiles.count);
  }
}

/** What all depthwise kernels read alike: one filter of each channel. */
function recordOf(l: Lowering<unknown>, c: DepthwiseConvolution, filter: number): ParameterRecord {
  const channels = c.input.shape[1]!;
  const panels = Math.ceil(channels / PANEL);
  const weights = new Float32Array(panels * c.taps.length * PANEL);
  const bias = new Float32Array(panels * PANEL);
  for (let channel = 0; channel < channels; channel++) {
    const panel = Math.floor(channel / PANEL);
    const lane = channel % PANEL;
    const outChannel = channel * c.multiplier + filter;
    bias[channel] = c.bias(outChannel);
    for (let tap = 0; tap < c.taps.length; tap++) {
      weights[(panel * c.taps.length + tap) * PANEL + lane] = c.weight(outChannel, tap);
    }
  }
  return new ParameterRecord(abi.DEPTHWISE_WORDS)
    .int(abi.DEPTHWISE_WEIGHTS, l.store(weights))
    .int(abi.DEPTHWISE_BIAS, l.store(bias))
    .int(abi.DEPTHWISE_TAP_COUNT, c.taps.length)
    .int(abi.DEPTHWISE_CHANNELS, channels)
    .int(abi.DEPTHWISE_STEP, 4 * c.multiplier)
    .float(abi.DEPTHWISE_MIN, c.clamp.clampMin)
    .float(abi.DEPTHWISE_MAX, c.clamp.clampMax);
}

/** Lanes of a panel that do something, of all its lanes. */
const filled = (count: number): number => count / (PANEL * Math.ceil(count / PANEL));

/** One input channel for each group, unless the filters of a group fill vectors better than the channels do. */
function isDepthwise({ attributes, inputs, outputs }: Case<ConvAttributes>): boolean {
  const channels = inputs[0]![1]!;
  return attributes.groups === channels && filled(channels) >= filled(outputs[0]![1]! / channels);
}

/** A depthwise `conv` with its live taps, row by row. */
export function depthwiseOf(l: Lowering<ConvAttributes>): DepthwiseConvolution {
  const [vertical, horizontal] = weightAxes(l);
  const values = l.constant(1);
  const bias = l.inputs[2] && l.constant(2);
  const area = vertical.kernel * horizontal.kernel;
  const live = liveTaps(vertical).flatMap((ky) => liveTaps(horizontal).map((kx) => ({ ky, kx })));
  return {
    input: l.input(0),
    output: l.output(0),
    ...(l.inputs[3] && { residual: l.input(3) }),
    multiplier: l.outputs[0]![1]! / l.attributes.groups,
    taps: live.map(({ ky, kx }) => ({
      dy: ky * vertical.dilation - vertical.begin,
      dx: kx * horizontal.dilation - horizontal.begin,
    })),
    rows: { count: vertical.count, start: 0, step: 1, stride: vertical.stride },
    columns: { count: horizontal.count, start: 0, step: 1, stride: horizontal.stride },
    weight: (outChannel, tap) => values[outChannel * area + live[tap]!.ky * horizontal.kernel + live[tap]!.kx]!,
    bias: (outChannel) => (bias ? bias[outChannel]! : 0),
    clamp: l.attributes,
  };
}

const byTaps: DepthwiseKernel = {
  name: 'f32_depthwise_4x4',
  accepts: isDepthwise,
  record(l, c, filter) {
    const [, , row = 0, column = 0] = c.input.strides;
    const taps = Int32Array.from(c.taps, ({ dy, dx }) => 4 * (dy * row + dx * column));
    return recordOf(l, c, filter).int(abi.DEPTHWISE_TAPS, l.store(taps));
  },
  tiles(l, c) {
    const { address, whole } = storeTiles(l, c, TILE);
    return { address, count: whole };
  },
};

/** 4 pixels of a row together, by taps side by side, best first; those that name a width are for kernels of no other. */
const byRows = [
  { name: 'f32_depthwise_3_4x4', width: 3, stride: 1 },
  { name: 'f32_depthwise_3_stride2_4x4', width: 3, stride: 2 },
  { name: 'f32_depthwise_row_4x4', stride: 1 },
].map(
  ({ name, width, stride }): DepthwiseKernel => ({
    name,
    accepts(c) {
      const [vertical, horizontal] = weightAxes(c);
      const { kernel, dilation, count } = horizontal;
      const live = [vertical, horizontal].every((axis) => liveTaps(axis).length === axis.kernel);
      const fits = kernel === (width ?? kernel) && dilation === 1 && horizontal.stride === stride && count >= TILE.pixels;
      return isDepthwise(c) && c.outputs[0]![1] === c.attributes.groups && live && fits;
    },
    record(l, c, filter) {
      const [, , row = 0, column = 0] = c.input.strides;
      const [first] = c.taps;
      const columns = c.taps.filter(({ dy }) => dy === first!.dy).length;
      const next = c.taps[columns] ?? first!;
      return recordOf(l, c, filter)
        .int(abi.DEPTHWISE_TAP_ROW, 4 * (next.dy - first!.dy) * row)
        .int(abi.DEPTHWISE_TAP_COLUMNS, columns)
        .int(abi.DEPTHWISE_INPUT_PIXEL, 4 * column)
        .int(abi.DEPTHWISE_OUTPUT_PIXEL, 4 * c.output.strides[3]!)
        .int(abi.DEPTHWISE_RESIDUAL_PIXEL, 4 * (c.residual?.strides[3] ?? 0));
    },
    tiles: storeRowTiles,
  }),
);

/** Byte offsets of input, output and residual for the first pixel of each tile; the last of a row begins where it ends with the row. */
function storeRowTiles(l: Lowering<unknown>, c: DepthwiseConvolution) {
  const { input, output, residual = output, taps, rows, columns } = c;
  const { dy, dx } = taps[0]!;
  const perRow = Math.ceil(columns.count / TILE.pixels);
  const count = output.shape[0]! * rows.count * perRow;
  const key = ['row tiles', count, input.strides, output.strides, residual.strides, dy, dx, rows, columns];
  const address = l.once(key, () =>
    l.storeInts(3 * count, (table) => {
      for (let tile = 0; tile < count; tile++) {
        const x = Math.min(TILE.pixels * (tile % perRow), columns.count - TILE.pixels);
        const y = Math.floor(tile / perRow) % rows.count;
        const image = Math.floor(tile / (perRow * rows.count));
        const at = (strides: readonly number[], row: number, column: number) =>
          4 * (image * strides[0]! + row * strides[2]! + column * strides[3]!);
        table[3 * tile] = at(input.strides, y * rows.stride + dy, x * columns.stride + dx);
        table[3 * tile + 1] = at(output.strides, y, x);
        table[3 * tile + 2] = at(residual.strides, y, x);
      }
    }),
  );
  return { address, count };
}

/** Best first. */
export const depthwiseKernels: readonly DepthwiseKernel[] = [...byRows, byTaps];

/** The rows of `conv` for one input channel in each group. */
export const depthwiseRows = depthwiseKernels.map(
  (kernel): Kernel<ConvAttributes> => ({
    exports: [kernel.name],
    accepts: kernel.accepts,
    halo: (c) => haloOf(...weightAxes(c)),
    lower: (l) => lowerDepthwise(l, depthwiseOf(l), kernel),
  }),
);
