// Planning for the run-list micro-kernel (assembly/f32/conv.ts): tiles of pixels, panels of filters, runs of channels,
// and weights packed in exactly the order in which they are consumed. Every dense-inside convolution is lowered here.
import * as abi from '../../assembly/abi.js';
import { elementCount } from '../graph/graph.js';
import type { ClampAttributes } from './convolution.js';
import type { Lowering } from './op.js';
import {
  blocksOf,
  groupsOfHalf,
  HALF,
  halvesOf,
  isSquare,
  type PackedRun,
  type Panel,
  packBlock,
  panelsOf,
  stage,
  stagingBytes,
  type TapWeights,
} from './panels.js';
import { ParameterRecord } from './parameterRecord.js';
import type { TileCounts, TileShape } from './tileShapes.js';
import { type PixelGrid, storeTiles, type Tiles } from './tiles.js';

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
  const [, inC = 0] = c.input.shape;
  const channels = c.taps.reduce((sum, { others }) => sum + (others ? inC : inC / c.groups), 0);
  const table = { address: storePanels(l, tile, c, panels), count: panels.length, channels };
  runPanels(l, tile, c, storeTiles(l, c, tile), table, c.clamp, inputBlocks(c, table));
}

/** Panel records in wasm memory. */
export interface PanelTable {
  readonly address: number;
  readonly count: number;
  /** Over how many a filter's sum goes. */
  readonly channels: number;
}

/** Input that stays near while all panels read it, in bytes. */
export const NEAR_INPUT = 2 ** 17;

/** Into how many blocks to divide the tiles: the input comes by once, the weights with each of them, unless that is the longer way. */
function inputBlocks({ input, output }: RunListConvolution, { count, channels }: PanelTable): number {
  const inputBytes = 4 * elementCount(input.shape);
  const weightBytes = 4 * channels * output.shape[1]!;
  const blocks = Math.ceil(inputBytes / NEAR_INPUT);
  return inputBytes + blocks * weightBytes < count * inputBytes + weightBytes ? blocks : 1;
}

/** Channels of tiles, and panels, that have engines optimise a kernel, and take code that is not optimised yet less than a millisecond. */
const WARM_CHANNELS = 2 ** 13;
const WARM_PANELS = 8;

/** The step that computes the outputs of a table of panels at `tiles`, in `blocks` of tiles. */
export function runPanels(
  l: Lowering<unknown>,
  tile: TileShape,
  grid: Pick<PixelGrid, 'input' | 'output' | 'residual'>,
  tiles: Tiles,
  panels: PanelTable,
  clamp: ClampAttributes,
  blocks: number,
): void {
  const recordOf = ({ whole, tail }: TileCounts): ParameterRecord =>
    new ParameterRecord(abi.CONV_WORDS)
      .int(abi.CONV_INPUT, grid.input.address)
      .int(abi.CONV_OUTPUT, grid.output.address)
      .int(abi.CONV_RESIDUAL, grid.residual?.address ?? 0)
      .int(abi.CONV_TILES, tiles.address)
      .int(abi.CONV_TILE_COUNT, whole)
      .int(abi.CONV_TAIL_COUNT, tail)
      .int(abi.CONV_BLOCK, Math.max(1, Math.ceil(whole / blocks)))
      .int(abi.CONV_PANELS, panels.address)
      .float(abi.CONV_MIN, clamp.clampMin)
      .float(abi.CONV_MAX, clamp.clampMax);
  const some = { whole: Math.min(tiles.whole, Math.ceil(WARM_CHANNELS / panels.channels)), tail: 0 };
  l.warm(tile.kernel, recordOf(some), Math.min(panels.count, WARM_PANELS));
  l.step(tile.kernel, recordOf(tiles), panels.count);
}

/** A table of panel records; runs and weights are stored on the way, run lists once for all panels of the same groups. */
export function storePanels(l: Lowering<unknown>, tile: TileShape, c: RunListConvolution, panels: readonly Panel[]): number {
  const width = tile.filters;
  const bias = l.storeFloats(panels.length * width, (target) => {
    panels.forEach(({ firstFilter, filters }, i) => {
      if (c.bias) target.set(c.bias.subarray(firstFilter, firstFilter + filters), i * width);
    });
  });
  const streams = streamsOf(c, width);
  const runLists = new Map<number, RunList & { address: number }>();
  for (const panel of panels) {
    if (runLists.has(panel.firstGroup)) continue;
    const list = runListOf(c, streams, panel);
    runLists.set(panel.firstGroup, { ...list, address: l.store(Int32Array.from(list.words)) });
  }
  const weights = storeWeights(l, c, streams, panels);
  return l.storeInts(panels.length * abi.PANEL_WORDS, (target) => {
    panels.forEach((panel, i) => {
      const runs = runLists.get(panel.firstGroup)!;
      new ParameterRecord(target, i * abi.PANEL_WORDS)
        .int(abi.PANEL_WEIGHTS, weights[i]!)
        .int(abi.PANEL_BIAS, bias + 4 * i * width)
        .int(abi.PANEL_RUNS, runs.address)
        .int(abi.PANEL_RUN_COUNT, runs.whole)
        .int(abi.PANEL_HALF_RUN_COUNT, runs.half)
        .int(abi.PANEL_SQUARE, streams.half?.square ?? 0)
        .int(abi.PANEL_CHANNEL, 4 * panel.firstFilter)
        .int(abi.PANEL_FILTERS, panel.filters);
    });
  });
}

/** Rows of weights, `width` words each, for the filters of a panel or of half a panel. */
interface Stream {
  readonly width: number;
  readonly taps: readonly Tap[];
  /** Channels and filters of a group where 4 channels are multiplied as they lie; else 0, and a row is a channel. */
  readonly square: number;
}

/** What panels have, and what each half of them has where groups are narrow: the taps without weights on other groups. */
interface Streams {
  readonly whole: Stream;
  readonly half?: Stream;
}

function streamsOf(c: RunListConvolution, width: number): Streams {
  const perGroup = c.output.shape[1]! / c.groups;
  const taps = c.taps.filter((tap) => !tap.others);
  if (!groupsOfHalf(perGroup, width) || taps.length === 0) return { whole: { width, taps: c.taps, square: 0 } };
  return {
    whole: { width, taps: c.taps.filter((tap) => tap.others), square: 0 },
    half: { width: HALF, taps, square: isSquare(perGroup, c.input.shape[1]! / c.groups) ? perGroup : 0 },
  };
}

/** The panel with its stream, then its halves with theirs. */
function partsOf(c: RunListConvolution, { whole, half }: Streams, panel: Panel): { stream: Stream; panel: Panel }[] {
  const halves = half ? halvesOf(panel, c.output.shape[1]! / c.groups) : [];
  return [{ stream: whole, panel }, ...halves.map((panel) => ({ stream: half!, panel }))];
}

/** Rows of weights that a stream has for a tap. */
function rowsOf(c: RunListConvolution, { square }: Stream, panel: Panel, tap: Tap): number {
  return square > 0 && panel.groups > 0 ? square : channelsOf(c, panel, tap)[1];
}

const bytesOf = (c: RunListConvolution, stream: Stream, panel: Panel): number =>
  stream.taps.reduce((sum, tap) => sum + 4 * stream.width * rowsOf(c, stream, panel, tap), 0);

/** Address of each panel's weights: of the whole panel, then of its halves. */
function storeWeights(l: Lowering<unknown>, c: RunListConvolution, streams: Streams, panels: readonly Panel[]): number[] {
  const geometry = { outC: c.output.shape[1]!, groups: c.groups };
  const parts = panels.map((panel) =>
    partsOf(c, streams, panel).map((part) => ({ ...part, bytes: bytesOf(c, part.stream, part.panel) })),
  );
  let end = l.reserve(parts.flat().reduce((sum, { bytes }) => sum + bytes, 0));
  const placed = parts.map((ofPanel) =>
    ofPanel.map((part) => {
      end += part.bytes;
      return { ...part, address: end - part.bytes };
    }),
  );
  // Wholes together, then left halves, then right ones: blocks are of panels that follow each other.
  placed[0]!.forEach(({ stream }, part) => {
    const targets = placed.map((ofPanel) => ofPanel[part]!).filter(({ bytes }) => bytes > 0);
    if (targets.length === 0) return;
    const blocks = blocksOf(
      geometry,
      targets.map(({ panel }) => panel),
      (panel) => packedRuns(c, stream, panel),
    );
    const staging = l.workspace(Math.max(...blocks.map((block) => stagingBytes(block))), 0);
    for (const block of blocks) {
      const { panel, address, bytes } = targets[block.begin]!;
      const origins = stage(l, block, staging);
      packBlock(l, geometry, panel, block, block.runs, origins, stream.width, address, bytes);
    }
  });
  return placed.map(([whole]) => whole!.address);
}

/** The channels that a panel reads at a tap: all where it has weights on the other groups', else those of its groups. */
function channelsOf(c: RunListConvolution, panel: Panel, tap: Tap): [first: number, count: number] {
  const inC = c.input.shape[1]!;
  const perGroup = inC / c.groups;
  return tap.others ? [0, inC] : [panel.firstGroup * perGroup, panel.groups * perGroup];
}

interface RunList {
  readonly words: readonly number[];
  /** How many runs the panel has, and how many each half of it has behind them. */
  readonly whole: number;
  readonly half: number;
}

function runListOf(c: RunListConvolution, streams: Streams, panel: Panel): RunList {
  let weights = 0;
  const [whole = [], left = [], right = []] = partsOf(c, streams, panel).map((part) => {
    const runs = runsOf(c, part.stream, part.panel, weights);
    weights += bytesOf(c, part.stream, part.panel);
    return part.panel.groups > 0 ? runs : undefined;
  });
  // Both halves have as many runs; those of a half without a group are of no channels.
  const empty = left.map((word, i) => (i % abi.RUN_WORDS === abi.RUN_BYTES ? 0 : word));
  const halves = [...left, ...(right.length > 0 ? right : empty)];
  return { words: [...whole, ...halves], whole: whole.length / abi.RUN_WORDS, half: left.length / abi.RUN_WORDS };
}

/** Runs of consecutive channels, in the order of the taps; runs that touch become one. The first weights are at `weights`. */
function runsOf(c: RunListConvolution, stream: Stream, panel: Panel, weights: number): number[] {
  const [, , row = 0, column = 0] = c.input.strides;
  const runs: number[] = [];
  let at = weights;
  for (const tap of stream.taps) {
    const [first, count] = channelsOf(c, panel, tap);
    const offset = 4 * (tap.dy * row + tap.dx * column + first);
    const last = runs.length - abi.RUN_WORDS;
    if (stream.square > 0) runs.push(offset, 4 * HALF, at);
    else if (last >= 0 && runs[last + abi.RUN_OFFSET]! + runs[last + abi.RUN_BYTES]! === offset)
      runs[last + abi.RUN_BYTES]! += 4 * count;
    else runs.push(offset, 4 * count, at);
    at += 4 * stream.width * rowsOf(c, stream, panel, tap);
  }
  return runs;
}

/** What the packer does for a stream, tap by tap of each group. */
function packedRuns(c: RunListConvolution, stream: Stream, panel: Panel): PackedRun[] {
  const inC = c.input.shape[1]!;
  const ownC = inC / c.groups;
  let at = 0;
  const starts = stream.taps.map((tap) => {
    const begin = at;
    at += rowsOf(c, stream, panel, tap);
    return begin;
  });
  const groups = Array.from({ length: panel.groups }, (_, i) => panel.firstGroup + i);
  return groups.flatMap((group) => {
    const own = group * ownC;
    const behind = own + ownC;
    const runs = stream.taps.map((tap, i): PackedRun => {
      const row = stream.square > 0 ? 0 : own - channelsOf(c, panel, tap)[0];
      return { weights: tap.own, first: 0, count: ownC, group, stream: starts[i]! + row, step: 1 };
    });
    stream.taps.forEach(({ others: weights }, i) => {
      if (!weights) return;
      const start = starts[i]!;
      if (own > 0) runs.push({ weights, first: 0, count: own, group, stream: start, step: 1 });
      if (behind < inC) runs.push({ weights, first: own, count: inC - behind, group, stream: start + behind, step: 1 });
    });
    return runs;
  });
}
