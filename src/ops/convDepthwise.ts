// The depthwise kernel: convolutions with one input channel for each group, and affine maps of single channels.
import * as abi from '../../assembly/abi.js';
import type { ConvAttributes } from './conv.js';
import { type ClampAttributes, haloOf, liveTaps, weightAxes } from './convolution.js';
import type { Kernel, Lowering, View } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { type GridAxis, storeTiles } from './tiles.js';

const TILE_PIXELS = 4;
const PANEL = 8;

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

/** One step for each filter of a channel. */
export function lowerDepthwise(l: Lowering<unknown>, c: DepthwiseConvolution): void {
  const channels = c.input.shape[1]!;
  const panels = Math.ceil(channels / PANEL);
  const [, , row = 0, column = 0] = c.input.strides;
  const tiles = storeTiles(l, c, TILE_PIXELS);
  const tapAddress = l.store(Int32Array.from(c.taps, (tap) => 4 * (tap.dy * row + tap.dx * column)));
  for (let filter = 0; filter < c.multiplier; filter++) {
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
    const record = new ParameterRecord(abi.DEPTHWISE_WORDS)
      .int(abi.DEPTHWISE_INPUT, c.input.address)
      .int(abi.DEPTHWISE_OUTPUT, c.output.address + 4 * filter)
      .int(abi.DEPTHWISE_RESIDUAL, c.residual ? c.residual.address + 4 * filter : 0)
      .int(abi.DEPTHWISE_TILES, tiles.address)
      .int(abi.DEPTHWISE_TAPS, tapAddress)
      .int(abi.DEPTHWISE_TAP_COUNT, c.taps.length)
      .int(abi.DEPTHWISE_WEIGHTS, l.store(weights))
      .int(abi.DEPTHWISE_BIAS, l.store(bias))
      .int(abi.DEPTHWISE_CHANNELS, channels)
      .int(abi.DEPTHWISE_STEP, 4 * c.multiplier)
      .float(abi.DEPTHWISE_MIN, c.clamp.clampMin)
      .float(abi.DEPTHWISE_MAX, c.clamp.clampMax);
    l.step('f32_depthwise', record, tiles.count);
  }
}

/** Lanes of a panel that do something, of all its lanes. */
const filled = (count: number): number => count / (PANEL * Math.ceil(count / PANEL));

/** The row of `conv` for one input channel in each group, unless the filters of a group fill vectors better than the channels do. */
export const convDepthwise: Kernel<ConvAttributes> = {
  exports: ['f32_depthwise'],
  accepts({ attributes, inputs, outputs }) {
    const channels = inputs[0]![1]!;
    return attributes.groups === channels && filled(channels) >= filled(outputs[0]![1]! / channels);
  },
  halo: (c) => haloOf(...weightAxes(c)),
  lower(l) {
    const [vertical, horizontal] = weightAxes(l);
    const values = l.constant(1);
    const bias = l.inputs[2] && l.constant(2);
    const area = vertical.kernel * horizontal.kernel;
    const live = liveTaps(vertical).flatMap((ky) => liveTaps(horizontal).map((kx) => ({ ky, kx })));
    lowerDepthwise(l, {
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
    });
  },
};
