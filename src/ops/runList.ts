// Planning for the run-list micro-kernel (assembly/f32/conv.ts): tiles of pixels, panels of filters, runs of channels,
// and weights packed in exactly the order in which they are consumed. Every dense-inside convolution is lowered here.
import * as abi from '../../assembly/abi.js';
import { elementCount, type Shape } from '../graph/graph.js';
import type { ClampAttributes } from './convolution.js';
import type { Case, Halo, Kernel, Lowering, View } from './op.js';
import { ParameterRecord } from './parameterRecord.js';

/** The tile shapes that the binaries offer. */
export interface TileShape {
  readonly kernel: string;
  readonly pixels: number;
  readonly filters: number;
  /** Whether it suits so many output pixels. */
  fits(pixels: number): boolean;
}
const TILES: readonly TileShape[] = [
  { kernel: 'f32_conv_1x16', pixels: 1, filters: 16, fits: (pixels) => pixels === 1 },
  { kernel: 'f32_conv_6x8', pixels: 6, filters: 8, fits: (pixels) => pixels > 4 },
  { kernel: 'f32_conv_4x8', pixels: 4, filters: 8, fits: () => true },
];

/** A kernel row for each tile shape, of an op whose output pixels are all axes but the channels'. */
export function tileRows<A>(lower: (l: Lowering<A>, tile: TileShape) => void, halo?: (c: Case<A>) => Halo): Kernel<A>[] {
  const pixels = (output: Shape) => elementCount(output) / output[1]!;
  return TILES.map((tile) => ({
    exports: [tile.kernel],
    accepts: (c) => tile.fits(pixels(c.outputs[0]!)),
    ...(halo && { halo }),
    lower: (l) => lower(l, tile),
  }));
}

/** Weights of one tap: those of filter f (within its group g) on channel j are at base + g·group + f·filter + j·channel. */
export interface TapWeights {
  readonly values: Float32Array;
  readonly base: number;
  readonly group: number;
  readonly filter: number;
  readonly channel: number;
}

/** One tap: `own` weights on the channels of the filter's group, `others` on all other channels, in ascending order. */
export interface Tap {
  /** Input pixels from the window's origin. */
  readonly dy: number;
  readonly dx: number;
  readonly own: TapWeights;
  readonly others?: TapWeights;
}

/** Outputs start + i·step, i = 0 … count-1, along one axis; the window of output i begins at input pixel origin + i·stride. */
export interface GridAxis {
  readonly count: number;
  readonly start: number;
  readonly step: number;
  readonly stride: number;
}

export interface RunListConvolution {
  /** Channels-last views [N, C, H, W] (channel stride 1). */
  readonly input: View;
  readonly output: View;
  readonly residual?: View;
  readonly groups: number;
  readonly taps: readonly Tap[];
  readonly rows: GridAxis;
  readonly columns: GridAxis;
  readonly bias?: Float32Array;
  readonly clamp: ClampAttributes;
}

interface Panel {
  readonly firstFilter: number;
  readonly filters: number;
  readonly firstGroup: number;
  readonly groups: number;
}

/**
 * Filters of one panel share their runs, so a panel takes filters of one group, or as many whole groups as fit where
 * groups are narrow. Weights that a filter does not have are zero there.
 */
function panelsOf(outC: number, groups: number, width: number): Panel[] {
  const perGroup = outC / groups;
  const panels: Panel[] = [];
  const together = Math.max(1, Math.floor(width / perGroup));
  for (let group = 0; group < groups; group += together) {
    const span = Math.min(together, groups - group);
    const end = (group + span) * perGroup;
    for (let filter = group * perGroup; filter < end; filter += width) {
      panels.push({ firstFilter: filter, filters: Math.min(width, end - filter), firstGroup: group, groups: span });
    }
  }
  return panels;
}

export function lowerRunList(l: Lowering<unknown>, tile: TileShape, c: RunListConvolution): void {
  const panels = panelsOf(c.output.shape[1]!, c.groups, tile.filters);
  const tiles = tileTable(c, tile.pixels);
  const record = new ParameterRecord(abi.CONV_WORDS)
    .int(abi.CONV_INPUT, c.input.address)
    .int(abi.CONV_OUTPUT, c.output.address)
    .int(abi.CONV_RESIDUAL, c.residual?.address ?? 0)
    .int(abi.CONV_TILES, l.store(tiles))
    .int(abi.CONV_TILE_COUNT, tiles.length / (3 * tile.pixels))
    .int(abi.CONV_PANELS, l.store(panelTable(l, tile, c, panels)))
    .float(abi.CONV_MIN, c.clamp.clampMin)
    .float(abi.CONV_MAX, c.clamp.clampMax);
  l.step(tile.kernel, record, panels.length);
}

/** Byte offsets of input, output and residual for each pixel of each tile; the last tile repeats its last pixel. */
export function tileTable(
  c: Pick<RunListConvolution, 'input' | 'output' | 'residual' | 'rows' | 'columns'>,
  pixels: number,
): Int32Array {
  const batch = c.output.shape[0]!;
  const count = batch * c.rows.count * c.columns.count;
  const table = new Int32Array(Math.ceil(count / pixels) * 3 * pixels);
  const [outImage = 0, , outRow = 0, outColumn = 0] = c.output.strides;
  const [inImage = 0, , inRow = 0, inColumn = 0] = c.input.strides;
  const [residualImage = 0, , residualRow = 0, residualColumn = 0] = c.residual?.strides ?? [];
  for (let slot = 0; slot * 3 < table.length; slot++) {
    const pixel = Math.min(slot, count - 1);
    const column = pixel % c.columns.count;
    const row = Math.floor(pixel / c.columns.count) % c.rows.count;
    const image = Math.floor(pixel / (c.columns.count * c.rows.count));
    const y = c.rows.start + row * c.rows.step;
    const x = c.columns.start + column * c.columns.step;
    const at = Math.floor(slot / pixels) * 3 * pixels + (slot % pixels);
    table[at] = 4 * (image * inImage + row * c.rows.stride * inRow + column * c.columns.stride * inColumn);
    table[at + pixels] = 4 * (image * outImage + y * outRow + x * outColumn);
    table[at + 2 * pixels] = 4 * (image * residualImage + y * residualRow + x * residualColumn);
  }
  return table;
}

/** Panel records; runs and weights are stored on the way, run lists once for all panels of the same groups. */
function panelTable(l: Lowering<unknown>, tile: TileShape, c: RunListConvolution, panels: readonly Panel[]): Int32Array {
  const records = panels.map(() => new ParameterRecord(abi.PANEL_WORDS));
  const bias = new Float32Array(panels.length * tile.filters);
  const runLists = new Map<number, { address: number; count: number }>();
  const streams = panels.map((panel) => packWeights(c, panel, tile.filters));
  const weights = l.store(concatenate(streams));
  let weightOffset = 0;
  panels.forEach((panel, i) => {
    if (c.bias) bias.set(c.bias.subarray(panel.firstFilter, panel.firstFilter + panel.filters), i * tile.filters);
    let runs = runLists.get(panel.firstGroup);
    if (!runs) {
      const table = runTable(c, panel);
      runs = { address: l.store(table), count: table.length / abi.RUN_WORDS };
      runLists.set(panel.firstGroup, runs);
    }
    records[i]!.int(abi.PANEL_WEIGHTS, weights + 4 * weightOffset)
      .int(abi.PANEL_RUNS, runs.address)
      .int(abi.PANEL_RUN_COUNT, runs.count)
      .int(abi.PANEL_CHANNEL, 4 * panel.firstFilter)
      .int(abi.PANEL_FILTERS, panel.filters);
    weightOffset += streams[i]!.length;
  });
  const biasAddress = l.store(bias);
  const table = new Int32Array(panels.length * abi.PANEL_WORDS);
  records.forEach((record, i) => {
    record.int(abi.PANEL_BIAS, biasAddress + 4 * i * tile.filters);
    table.set(record.words(), i * abi.PANEL_WORDS);
  });
  return table;
}

/** The channels that a tap reads for a panel: all where it has weights on other groups, else those of the panel's groups. */
function channelsOf(c: RunListConvolution, panel: Panel, tap: Tap): [first: number, count: number] {
  const perGroup = c.input.shape[1]! / c.groups;
  return tap.others ? [0, c.input.shape[1]!] : [panel.firstGroup * perGroup, panel.groups * perGroup];
}

/** Runs in stream order; a run that continues its predecessor in memory is merged into it. */
function runTable(c: RunListConvolution, panel: Panel): Int32Array {
  const [, , row = 0, column = 0] = c.input.strides;
  const runs: number[] = [];
  for (const tap of c.taps) {
    const [first, count] = channelsOf(c, panel, tap);
    const offset = 4 * (tap.dy * row + tap.dx * column + first);
    const last = runs.length - abi.RUN_WORDS;
    if (last >= 0 && runs[last + abi.RUN_OFFSET]! + runs[last + abi.RUN_BYTES]! === offset)
      runs[last + abi.RUN_BYTES]! += 4 * count;
    else runs.push(offset, 4 * count);
  }
  return Int32Array.from(runs);
}

function packWeights(c: RunListConvolution, panel: Panel, width: number): Float32Array {
  const inPerGroup = c.input.shape[1]! / c.groups;
  const outPerGroup = c.output.shape[1]! / c.groups;
  const length = c.taps.reduce((sum, tap) => sum + channelsOf(c, panel, tap)[1], 0);
  const stream = new Float32Array(length * width);
  let at = 0;
  for (const tap of c.taps) {
    const [first, count] = channelsOf(c, panel, tap);
    for (let group = panel.firstGroup; group < panel.firstGroup + panel.groups; group++) {
      const firstFilter = Math.max(panel.firstFilter, group * outPerGroup);
      const endFilter = Math.min(panel.firstFilter + panel.filters, (group + 1) * outPerGroup);
      const ownChannel = group * inPerGroup;
      for (let filter = firstFilter; filter < endFilter; filter++) {
        const copy = (source: TapWeights, from: number, channels: number, firstChannel: number) => {
          let read = source.base + group * source.group + (filter - group * outPerGroup) * source.filter + from * source.channel;
          let write = at + (firstChannel - first) * width + (filter - panel.firstFilter);
          for (let channel = 0; channel < channels; channel++, read += source.channel, write += width)
            stream[write] = source.values[read]!;
        };
        copy(tap.own, 0, inPerGroup, ownChannel);
        if (tap.others) {
          copy(tap.others, 0, ownChannel, 0);
          const behind = ownChannel + inPerGroup;
          copy(tap.others, ownChannel, c.input.shape[1]! - behind, behind);
        }
      }
    }
    at += count * width;
  }
  return stream;
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
