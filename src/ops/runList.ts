// Planning for the run-list micro-kernel (assembly/f32/conv.ts): tiles of pixels, panels of filters, runs of channels,
// and weights packed in exactly the order in which they are consumed. Every dense-inside convolution is lowered here.
import * as abi from '../../assembly/abi.js';
import type { ClampAttributes } from './convolution.js';
import type { Lowering } from './op.js';
import { blocksOf, type PackedRun, type Panel, packBlock, panelsOf, stage, stagingBytes, type TapWeights } from './panels.js';
import { ParameterRecord } from './parameterRecord.js';
import type { TileShape } from './tileShapes.js';
import { type PixelGrid, storeTiles } from './tiles.js';

/** One tap: `own` weights on the channels of the filter's group, `others` on all other channels, in ascending order. */
export interface Tap {
  /** Input pixels from the window's origin. */
  readonly dy: number;
  readonly dx: number;
  readonly own: TapWeights;
  readonly others?: TapWeights;
}

export interface RunListConvolution extends PixelGrid {
  readonly groups: number;
  readonly taps: readonly Tap[];
  readonly bias?: Float32Array;
  readonly clamp: ClampAttributes;
}

export function lowerRunList(l: Lowering<unknown>, tile: TileShape, c: RunListConvolution): void {
  const panels = panelsOf(c.output.shape[1]!, c.groups, tile.filters);
  runPanels(l, tile, c, storePanels(l, tile, c, panels), panels.length, c.clamp);
}

/** The step that computes the outputs of `panels`, a table of `count` panel records. */
export function runPanels(
  l: Lowering<unknown>,
  tile: TileShape,
  grid: PixelGrid,
  panels: number,
  count: number,
  clamp: ClampAttributes,
): void {
  const tiles = storeTiles(l, grid, tile);
  const record = new ParameterRecord(abi.CONV_WORDS)
    .int(abi.CONV_INPUT, grid.input.address)
    .int(abi.CONV_OUTPUT, grid.output.address)
    .int(abi.CONV_RESIDUAL, grid.residual?.address ?? 0)
    .int(abi.CONV_TILES, tiles.address)
    .int(abi.CONV_TILE_COUNT, tiles.whole)
    .int(abi.CONV_TAIL_COUNT, tiles.tail)
    .int(abi.CONV_PANELS, panels)
    .float(abi.CONV_MIN, clamp.clampMin)
    .float(abi.CONV_MAX, clamp.clampMax);
  l.step(tile.kernel, record, count);
}

/** Panel records; runs and weights are stored on the way, run lists once for all panels of the same groups. */
function storePanels(l: Lowering<unknown>, tile: TileShape, c: RunListConvolution, panels: readonly Panel[]): number {
  const width = tile.filters;
  const bias = l.storeFloats(panels.length * width, (target) => {
    panels.forEach(({ firstFilter, filters }, i) => {
      if (c.bias) target.set(c.bias.subarray(firstFilter, firstFilter + filters), i * width);
    });
  });
  const runLists = new Map<number, { address: number; count: number }>();
  for (const panel of panels) {
    if (runLists.has(panel.firstGroup)) continue;
    const table = runTable(c, panel, width);
    runLists.set(panel.firstGroup, { address: l.store(table), count: table.length / abi.RUN_WORDS });
  }
  const weights = storeWeights(l, width, c, panels);
  return l.storeInts(panels.length * abi.PANEL_WORDS, (target) => {
    panels.forEach((panel, i) => {
      const runs = runLists.get(panel.firstGroup)!;
      new ParameterRecord(target, i * abi.PANEL_WORDS)
        .int(abi.PANEL_WEIGHTS, weights[i]!)
        .int(abi.PANEL_BIAS, bias + 4 * i * width)
        .int(abi.PANEL_RUNS, runs.address)
        .int(abi.PANEL_RUN_COUNT, runs.count)
        .int(abi.PANEL_CHANNEL, 4 * panel.firstFilter)
        .int(abi.PANEL_FILTERS, panel.filters);
    });
  });
}

/** Address of each panel's weights. */
function storeWeights(l: Lowering<unknown>, width: number, c: RunListConvolution, panels: readonly Panel[]): number[] {
  const geometry = { outC: c.output.shape[1]!, groups: c.groups };
  const bytes = panels.map((panel) => 4 * width * c.taps.reduce((sum, tap) => sum + channelsOf(c, panel, tap)[1], 0));
  let end = l.reserve(bytes.reduce((sum, count) => sum + count, 0));
  const addresses = bytes.map((count) => {
    end += count;
    return end - count;
  });
  const blocks = blocksOf(geometry, panels, (panel) => streamOf(c, panel));
  const staging = l.workspace(Math.max(...blocks.map(stagingBytes)));
  for (const block of blocks) {
    const { begin, runs } = block;
    const origins = stage(l, block, staging);
    packBlock(l, geometry, panels[begin]!, block, runs, origins, width, addresses[begin]!, bytes[begin]!);
  }
  return addresses;
}

/** The channels that a panel reads at a tap: all where it has weights on the other groups', else those of its groups. */
function channelsOf(c: RunListConvolution, panel: Panel, tap: Tap): [first: number, count: number] {
  const inC = c.input.shape[1]!;
  const perGroup = inC / c.groups;
  return tap.others ? [0, inC] : [panel.firstGroup * perGroup, panel.groups * perGroup];
}

/** Runs of consecutive channels, in the order of the taps; runs that touch become one. */
function runTable(c: RunListConvolution, panel: Panel, width: number): Int32Array {
  const [, , row = 0, column = 0] = c.input.strides;
  const runs: number[] = [];
  let weights = 0;
  for (const tap of c.taps) {
    const [first, count] = channelsOf(c, panel, tap);
    const offset = 4 * (tap.dy * row + tap.dx * column + first);
    const last = runs.length - abi.RUN_WORDS;
    if (last >= 0 && runs[last + abi.RUN_OFFSET]! + runs[last + abi.RUN_BYTES]! === offset)
      runs[last + abi.RUN_BYTES]! += 4 * count;
    else runs.push(offset, 4 * count, weights);
    weights += 4 * width * count;
  }
  return Int32Array.from(runs);
}

/** The panel's weights in stream order. */
function streamOf(c: RunListConvolution, panel: Panel): PackedRun[] {
  const inC = c.input.shape[1]!;
  const ownC = inC / c.groups;
  let at = 0;
  const starts = c.taps.map((tap) => {
    const [first, count] = channelsOf(c, panel, tap);
    at += count;
    return at - count - first;
  });
  const groups = Array.from({ length: panel.groups }, (_, i) => panel.firstGroup + i);
  return groups.flatMap((group) => {
    const own = group * ownC;
    const behind = own + ownC;
    const runs = c.taps.map((tap, i): PackedRun => {
      return { weights: tap.own, first: 0, count: ownC, group, stream: starts[i]! + own, step: 1 };
    });
    c.taps.forEach(({ others: weights }, i) => {
      if (!weights) return;
      const start = starts[i]!;
      if (own > 0) runs.push({ weights, first: 0, count: own, group, stream: start, step: 1 });
      if (behind < inC) runs.push({ weights, first: own, count: inC - behind, group, stream: start + behind, step: 1 });
    });
    return runs;
  });
}
