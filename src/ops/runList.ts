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
  const tiles = storeTiles(l, c, tile.pixels);
  const record = new ParameterRecord(abi.CONV_WORDS)
    .int(abi.CONV_INPUT, c.input.address)
    .int(abi.CONV_OUTPUT, c.output.address)
    .int(abi.CONV_RESIDUAL, c.residual?.address ?? 0)
    .int(abi.CONV_TILES, tiles.address)
    .int(abi.CONV_TILE_COUNT, tiles.count)
    .int(abi.CONV_PANELS, storePanels(l, tile, c, panels))
    .float(abi.CONV_MIN, c.clamp.clampMin)
    .float(abi.CONV_MAX, c.clamp.clampMax);
  l.step(tile.kernel, record, panels.length);
}

/** Where pixels lie: what tiles are made from. */
export type PixelGrid = Pick<RunListConvolution, 'input' | 'output' | 'residual' | 'rows' | 'columns'>;

/** A table: byte offsets of input, output and residual for each pixel of each tile; the last tile repeats its last pixel. */
export function storeTiles(l: Lowering<unknown>, c: PixelGrid, pixels: number): { address: number; count: number } {
  const pixelCount = c.output.shape[0]! * c.rows.count * c.columns.count;
  const count = Math.ceil(pixelCount / pixels);
  const [outImage = 0, , outRow = 0, outColumn = 0] = c.output.strides;
  const [inImage = 0, , inRow = 0, inColumn = 0] = c.input.strides;
  const [residualImage = 0, , residualRow = 0, residualColumn = 0] = c.residual?.strides ?? [];
  const address = l.storeInts(count * 3 * pixels, (table) => {
    for (let slot = 0; slot < count * pixels; slot++) {
      const pixel = Math.min(slot, pixelCount - 1);
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
  });
  return { address, count };
}

/** Panel records; runs and weights are stored on the way, run lists once for all panels of the same groups. */
function storePanels(l: Lowering<unknown>, tile: TileShape, c: RunListConvolution, panels: readonly Panel[]): number {
  const bias = l.storeFloats(panels.length * tile.filters, (target) => {
    panels.forEach(({ firstFilter, filters }, i) => {
      if (c.bias) target.set(c.bias.subarray(firstFilter, firstFilter + filters), i * tile.filters);
    });
  });
  const lengths = panels.map((panel) => tile.filters * c.taps.reduce((sum, tap) => sum + channelsOf(c, panel, tap)[1], 0));
  const begins: number[] = [];
  const weights = l.storeFloats(
    lengths.reduce((sum, length) => sum + length, 0),
    (target) => {
      let begin = 0;
      panels.forEach((panel, i) => {
        begins.push(begin);
        packWeights(c, panel, tile.filters, target.subarray(begin, begin + lengths[i]!));
        begin += lengths[i]!;
      });
    },
  );
  const runLists = new Map<number, { address: number; count: number }>();
  for (const panel of panels) {
    if (runLists.has(panel.firstGroup)) continue;
    const table = runTable(c, panel);
    runLists.set(panel.firstGroup, { address: l.store(table), count: table.length / abi.RUN_WORDS });
  }
  return l.storeInts(panels.length * abi.PANEL_WORDS, (target) => {
    panels.forEach((panel, i) => {
      const runs = runLists.get(panel.firstGroup)!;
      const record = new ParameterRecord(abi.PANEL_WORDS)
        .int(abi.PANEL_WEIGHTS, weights + 4 * begins[i]!)
        .int(abi.PANEL_BIAS, bias + 4 * i * tile.filters)
        .int(abi.PANEL_RUNS, runs.address)
        .int(abi.PANEL_RUN_COUNT, runs.count)
        .int(abi.PANEL_CHANNEL, 4 * panel.firstFilter)
        .int(abi.PANEL_FILTERS, panel.filters);
      target.set(record.words(), i * abi.PANEL_WORDS);
    });
  });
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

/** Writes the panel's weights in stream order: for each channel of each tap those of its filters, `width` apart. */
function packWeights(c: RunListConvolution, panel: Panel, width: number, stream: Float32Array): void {
  const inC = c.input.shape[1]!;
  const inPerGroup = inC / c.groups;
  const outPerGroup = c.output.shape[1]! / c.groups;
  let at = 0;
  for (const tap of c.taps) {
    const [first, count] = channelsOf(c, panel, tap);
    for (let group = panel.firstGroup; group < panel.firstGroup + panel.groups; group++) {
      const firstFilter = Math.max(panel.firstFilter, group * outPerGroup);
      const endFilter = Math.min(panel.firstFilter + panel.filters, (group + 1) * outPerGroup);
      const ownChannel = group * inPerGroup;
      for (let filter = firstFilter; filter < endFilter; filter++) {
        const lane = at + (filter - panel.firstFilter);
        const copy = (source: TapWeights, from: number, channels: number, firstChannel: number) => {
          const base = source.base + group * source.group + (filter - group * outPerGroup) * source.filter;
          let read = base + from * source.channel;
          let write = lane + (firstChannel - first) * width;
          for (let i = 0; i < channels; i++, read += source.channel, write += width) stream[write] = source.values[read]!;
        };
        copy(tap.own, 0, inPerGroup, ownChannel);
        if (tap.others) {
          const behind = ownChannel + inPerGroup;
          copy(tap.others, 0, ownChannel, 0);
          copy(tap.others, ownChannel, inC - behind, behind);
        }
      }
    }
    at += count * width;
  }
}
