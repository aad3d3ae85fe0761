// Convolutions with 3×3 kernels and stride 1 by Winograd's minimal filtering; assembly/f32/winograd.ts draws the way of the data.
// The products at the positions of the transformed tiles are one run-list step: a panel is (position, filters). A panel's
// own channels have weights for each position; those with a centre tap only, which HetConv has, share theirs among the inner positions.
import * as abi from '../../assembly/abi.js';
import { elementCount } from '../graph/graph.js';
import { type ClampAttributes, type WindowAttributes, weightAxes } from './convolution.js';
import type { Case, Halo, Kernel, Lowering, View } from './op.js';
import {
  blocksOf,
  type PackedRun,
  type Panel,
  packBlock,
  panelSpans,
  panelsOf,
  stage,
  stagingBytes,
  type TapWeights,
  type WeightGeometry,
} from './panels.js';
import { ParameterRecord } from './parameterRecord.js';
import { runPanels } from './runList.js';
import { TILE_SHAPES, type TileShape } from './tileShapes.js';
import { storeTiles } from './tiles.js';
import { farWeightsTime, type PanelLoad, runListTime, winogradTransformTime } from './timeModel.js';
import type { Inputs } from './windowRows.js';

type Attributes = WindowAttributes & ClampAttributes;

const PANEL = 8;
/** Bytes of both transforms of a strip of tiles that stay near while the weights, if there are not more of them, come by once for each strip. */
const STRIP_BYTES = 2 ** 20;
/** The tiles of a strip, unless it is the last, are a multiple of this: whole tiles of every run-list kernel. */
const STRIP_STEP = 12;
/** F(4×4) of fewer channels than this is off by more than 8 times the tolerance of their sum: too few to outweigh the transform's own errors. */
const F4_CHANNELS = 2;
const TAPS = 9;
const UNCLAMPED: ClampAttributes = { clampMin: Number.NEGATIVE_INFINITY, clampMax: Number.POSITIVE_INFINITY };

interface Filtering {
  /** Outputs of a tile along an axis. */
  readonly outputs: 2 | 4;
  readonly tile: TileShape;
}

/** A row for each size of Winograd's tiles and each kernel for the products. */
export function winogradRows<A extends Attributes>(inputs: Inputs, groupsOf: (attributes: A) => number): Kernel<A>[] {
  const filterings = ([4, 2] as const).flatMap((outputs) =>
    TILE_SHAPES.filter(({ pixels }) => pixels > 1).map((tile): Filtering => ({ outputs, tile })),
  );
  return filterings.map((filtering) => {
    const { outputs, tile } = filtering;
    return {
      exports: ['input', 'output', 'weights']
        .map((what) => `f32_winograd_${what}_${outputs}x${outputs}`)
        .concat(tile.kernel, 'f32_pack'),
      accuracy: ({ inputs }) => (outputs === 4 && inputs[1]![1]! < F4_CHANNELS ? 'fast' : 'standard'),
      accepts: (c) => accepts(c) && tile.fits(tilesOf(c, outputs).count),
      halo: (c) => haloOf(c, outputs),
      time: (c) => timeOf(c, filtering, groupsOf(c.attributes), inputs.pointwise !== undefined),
      scratch: (c) => planOf(c, outputs).scratch,
      lower: (l) => lower(l, filtering, inputs, groupsOf(l.attributes)),
    };
  });
}

function accepts({ attributes, inputs }: Case<Attributes>): boolean {
  const [, , kernelH, kernelW] = inputs[1]!;
  const { stride, dilation } = attributes;
  return kernelH === 3 && kernelW === 3 && [...stride, ...dilation].every((step) => step === 1);
}

/** Tiles of the outputs, by rows and columns; `count` over all images. */
function tilesOf({ outputs: [output] }: Case<unknown>, size: number): { rows: number; columns: number; count: number } {
  const rows = Math.ceil(output![2]! / size);
  const columns = Math.ceil(output![3]! / size);
  return { rows, columns, count: output![0]! * rows * columns };
}

function haloOf(c: Case<Attributes>, size: number): Halo {
  const { rows, columns } = tilesOf(c, size);
  const [vertical, horizontal] = weightAxes(c);
  return {
    top: vertical.begin,
    left: horizontal.begin,
    bottom: Math.max(0, rows * size + 2 - vertical.begin - vertical.size),
    right: Math.max(0, columns * size + 2 - horizontal.begin - horizontal.size),
  };
}

function timeOf(c: Case<Attributes>, { outputs: size, tile }: Filtering, groups: number, others: boolean): number {
  const inC = c.inputs[0]![1]!;
  const [outC, ownC] = c.inputs[1]! as [number, number];
  const { count } = tilesOf(c, size);
  const strip = planOf(c, size).tiles;
  const [inner, outer] = [size ** 2, (size + 2) ** 2 - size ** 2];
  const far = farWeightsTime(4 * (inner + outer) * outC * ownC);
  const products = (pixels: number): number => {
    const loads = panelSpans(outC, groups, PANEL).flatMap(({ panels, groups }): PanelLoad[] => [
      { panels: panels * inner, pixels, runs: others ? 3 : 1, channels: others ? inC : groups * ownC },
      { panels: panels * outer, pixels, runs: 1, channels: groups * ownC },
    ]);
    return runListTime(tile, loads) + (pixels > tile.pixels ? far : 0);
  };
  const last = count % strip;
  const transforms = winogradTransformTime(size, count, inC, outC);
  return Math.floor(count / strip) * products(strip) + (last > 0 ? products(last) : 0) + transforms;
}

/** How a strip of tiles lies in the scratch: lines for the transforms, V, M. Sizes in bytes. */
interface StripPlan {
  readonly tiles: number;
  readonly positions: number;
  /** Of V and M: from tile to tile, and from position to position. An odd number of lines keeps positions apart in the cache. */
  readonly input: { readonly tile: number; readonly position: number };
  readonly output: { readonly tile: number; readonly position: number };
  readonly scratch: number;
}

function planOf(c: Case<unknown>, size: number): StripPlan {
  const positions = (size + 2) ** 2;
  const { count } = tilesOf(c, size);
  const inTile = 4 * PANEL * Math.ceil(c.inputs[0]![1]! / PANEL);
  const outTile = 4 * PANEL * Math.ceil(c.outputs[0]![1]! / PANEL);
  const weightBytes = 4 * positions * elementCount(c.inputs[1]!.slice(0, 2));
  const fitting = Math.floor(Math.max(STRIP_BYTES, weightBytes / 2) / (positions * (inTile + outTile)));
  const strips = Math.ceil(count / Math.max(1, fitting));
  const tiles = Math.min(count, STRIP_STEP * Math.ceil(count / strips / STRIP_STEP));
  const input = { tile: inTile, position: oddLines(tiles * inTile) };
  const output = { tile: outTile, position: oddLines(tiles * outTile) };
  return { tiles, positions, input, output, scratch: positions * (64 + input.position + output.position) };
}

function lower(l: Lowering<Attributes>, { outputs: size, tile }: Filtering, inputs: Inputs, groups: number): void {
  const strip = planOf(l, size);
  const lines = l.scratch;
  const transformed = lines + 64 * strip.positions;
  const products = transformed + strip.positions * strip.input.position;
  const outC = l.outputs[0]![1]!;
  const panels = panelsOf(outC, groups, PANEL);
  const [, inC] = l.inputs[0]! as [number, number];
  const address = storePanels(l, size, strip, panels, inputs, groups);
  const table = { address, count: strip.positions * panels.length, channels: inC };
  const bias = l.storeFloats(PANEL * Math.ceil(outC / PANEL), (target) => {
    if (l.inputs[inputs.bias]) target.set(l.constant(inputs.bias));
  });
  const tiles = storeWinogradTiles(l, size, inputs);
  const transform = (): ParameterRecord => new ParameterRecord(abi.WINOGRAD_WORDS).int(abi.WINOGRAD_SCRATCH, lines);
  const image = (record: ParameterRecord, view: View) =>
    record
      .int(abi.WINOGRAD_IMAGE, view.address)
      .int(abi.WINOGRAD_ROW, 4 * view.strides[2]!)
      .int(abi.WINOGRAD_PIXEL, 4 * view.strides[3]!)
      .int(abi.WINOGRAD_CHANNELS, view.shape[1]!);
  const residual = l.inputs[inputs.residual] && l.input(inputs.residual);
  for (let first = 0; first < tiles.count; first += strip.tiles) {
    const count = Math.min(strip.tiles, tiles.count - first);
    const table0 = tiles.address + 4 * abi.WINOGRAD_TILE_WORDS * first;
    l.step(
      `f32_winograd_input_${size}x${size}`,
      image(transform(), l.input(0))
        .int(abi.WINOGRAD_TRANSFORMED, transformed)
        .int(abi.WINOGRAD_TILES, table0)
        .int(abi.WINOGRAD_TILE, strip.input.tile)
        .int(abi.WINOGRAD_POSITION, strip.input.position),
      count,
    );
    const grid = {
      input: tileView(transformed, count, inC, strip.input.tile),
      output: tileView(products, count, outC, strip.output.tile),
      rows: ONE,
      columns: ONE,
    };
    runPanels(l, tile, grid, storeTiles(l, grid, tile), table, UNCLAMPED, 1);
    l.step(
      `f32_winograd_output_${size}x${size}`,
      image(transform(), l.output(0))
        .int(abi.WINOGRAD_TRANSFORMED, products)
        .int(abi.WINOGRAD_TILES, table0)
        .int(abi.WINOGRAD_TILE, strip.output.tile)
        .int(abi.WINOGRAD_POSITION, strip.output.position)
        .int(abi.WINOGRAD_BIAS, bias)
        .int(abi.WINOGRAD_RESIDUAL, residual?.address ?? 0)
        .int(abi.WINOGRAD_RESIDUAL_ROW, 4 * (residual?.strides[2] ?? 0))
        .int(abi.WINOGRAD_RESIDUAL_PIXEL, 4 * (residual?.strides[3] ?? 0))
        .float(abi.WINOGRAD_MIN, l.attributes.clampMin)
        .float(abi.WINOGRAD_MAX, l.attributes.clampMax),
      count,
    );
  }
}

const ONE = { count: 1, start: 0, step: 1, stride: 1 };

/** The tiles at one position as pictures of one pixel each. */
function tileView(address: number, count: number, channels: number, bytes: number): View {
  return { address, shape: [count, channels, 1, 1], strides: [bytes / 4, 1, 0, 0] };
}

function storeWinogradTiles(l: Lowering<Attributes>, size: number, inputs: Inputs): { address: number; count: number } {
  const { rows, columns, count } = tilesOf(l, size);
  const [vertical, horizontal] = weightAxes(l);
  const [input, output] = [l.input(0).strides, l.output(0).strides];
  const residual = l.inputs[inputs.residual] ? l.input(inputs.residual).strides : output;
  const key = ['Winograd tiles', size, count, input, output, residual, vertical, horizontal];
  const address = l.once(key, () =>
    l.storeInts(count * abi.WINOGRAD_TILE_WORDS, (table) => {
      const at = (strides: readonly number[], image: number, y: number, x: number) =>
        4 * (image * strides[0]! + y * strides[2]! + x * strides[3]!);
      for (let tile = 0; tile < count; tile++) {
        const x = size * (tile % columns);
        const y = size * (Math.floor(tile / columns) % rows);
        const image = Math.floor(tile / (rows * columns));
        const record = tile * abi.WINOGRAD_TILE_WORDS;
        table[record + abi.WINOGRAD_TILE_INPUT] = at(input, image, y - vertical.begin, x - horizontal.begin);
        table[record + abi.WINOGRAD_TILE_OUTPUT] = at(output, image, y, x);
        table[record + abi.WINOGRAD_TILE_RESIDUAL] = at(residual, image, y, x);
        table[record + abi.WINOGRAD_TILE_ROWS] = Math.min(size, vertical.count - y);
        table[record + abi.WINOGRAD_TILE_COLUMNS] = Math.min(size, horizontal.count - x);
      }
    }),
  );
  return { address, count };
}

/** Channels [first, end), `count` of them. */
interface Span {
  readonly first: number;
  readonly count: number;
  readonly end: number;
}

/** The channels on which at least one filter of a panel has K×K kernels. */
function spanOf(panel: Panel, ownC: number): Span {
  const first = panel.firstGroup * ownC;
  const count = panel.groups * ownC;
  return { first, count, end: first + count };
}

/** Room for so many bytes: positions that far apart do not compete for the same places of a cache. */
const oddLines = (bytes: number): number => 64 * (Math.ceil(bytes / 64) | 1);

/** Panel records, positions outermost, and behind them their runs: a panel's own channels, at inner positions also those before and behind. */
function storePanels(
  l: Lowering<Attributes>,
  size: number,
  strip: StripPlan,
  panels: readonly Panel[],
  inputs: Inputs,
  groups: number,
): number {
  const inC = l.inputs[0]![1]!;
  const weights = storeWeights(l, size, panels, inputs, groups);
  const zeros = l.reserve(4 * PANEL);
  const count = strip.positions * panels.length;
  const runs = count + (inputs.pointwise ? 2 * size ** 2 * panels.length : 0);
  return l.storeInts(count * abi.PANEL_WORDS + runs * abi.RUN_WORDS, (table, address) => {
    let record = 0;
    let run = count * abi.PANEL_WORDS;
    const append = (offset: number, channels: number, weights: number): void => {
      if (channels === 0) return;
      table[run + abi.RUN_OFFSET] = offset;
      table[run + abi.RUN_BYTES] = 4 * channels;
      table[run + abi.RUN_WEIGHTS] = weights;
      table[record + abi.PANEL_RUN_COUNT]!++;
      run += abi.RUN_WORDS;
    };
    for (let position = 0; position < strip.positions; position++) {
      const input = position * strip.input.position;
      const output = position * strip.output.position;
      const withOthers = inputs.pointwise !== undefined && isInner(position, size);
      for (let panel = 0; panel < panels.length; panel++, record += abi.PANEL_WORDS) {
        const { firstFilter, filters } = panels[panel]!;
        const { first, count, end, own, others } = weights.panels[panel]!;
        const ownWeights = own + position * weights.position;
        table[record + abi.PANEL_WEIGHTS] = ownWeights;
        table[record + abi.PANEL_BIAS] = zeros;
        table[record + abi.PANEL_RUNS] = address + 4 * run;
        table[record + abi.PANEL_CHANNEL] = output + 4 * firstFilter;
        table[record + abi.PANEL_FILTERS] = filters;
        append(input + 4 * first, count, 0);
        if (!withOthers) continue;
        append(input, first, others - ownWeights);
        append(input + 4 * end, inC - end, others + 4 * PANEL * first - ownWeights);
      }
    }
  });
}

/** Whether a kernel's centre tap reaches a position: those that are not on the rim of the tile. */
function isInner(position: number, size: number): boolean {
  const inside = (i: number): boolean => i > 0 && i <= size;
  return inside(Math.floor(position / (size + 2))) && inside(position % (size + 2));
}

/** Where a panel's weights are, and the channels on which at least one of its filters has K×K kernels. */
interface PanelWeights extends Span {
  /** Of the channels of the span, at the first position: a stream of PANEL words a channel. */
  readonly own: number;
  /** Of all other channels, the same at all inner positions, where filters have such weights. */
  readonly others: number;
}

/** Transforms and stores the weights. `position` is the bytes from a panel's own weights at one position to those at the next. */
function storeWeights(
  l: Lowering<Attributes>,
  size: number,
  panels: readonly Panel[],
  inputs: Inputs,
  groups: number,
): { panels: readonly PanelWeights[]; position: number } {
  const inC = l.inputs[0]![1]!;
  const ownC = l.inputs[1]![1]!;
  const geometry = { outC: l.outputs[0]![1]!, groups };
  const { pointwise } = inputs;
  const lineBytes = 4 * PANEL;
  const spans = panels.map((panel) => spanOf(panel, ownC));
  const ownBytes = spans.reduce((sum, { count }) => sum + lineBytes * count, 0);
  const otherBytes = pointwise ? spans.reduce((sum, { count }) => sum + lineBytes * (inC - count), 0) : 0;
  const position = oddLines(ownBytes);
  let own = l.reserve((size + 2) ** 2 * position);
  let others = l.reserve(otherBytes);
  const placed = spans.map((span): PanelWeights => {
    const weights = { ...span, own, others };
    own += lineBytes * span.count;
    others += lineBytes * (inC - span.count);
    return weights;
  });
  const tapsOf = (panel: Panel) => tapRuns(panel, geometry, ownC, pointwise);
  const restOf = (panel: Panel) => (pointwise ? restRuns(panel, geometry, ownC, inC, pointwise) : []);
  const oneGroupEach = panels.every((panel) => panel.groups === 1);
  for (const block of blocksOf(geometry, panels, (panel) => [...tapsOf(panel), ...restOf(panel)], oneGroupEach)) {
    const panel = panels[block.begin]!;
    const { count, own, others } = placed[block.begin]!;
    const panelBytes = lineBytes * TAPS * count;
    const packedBytes = block.count * panelBytes;
    const isFull = panel.groups === 1 && panel.filters === PANEL;
    const packed = l.workspace(packedBytes + SCRATCH_BYTES + stagingBytes(block), isFull ? 0 : packedBytes);
    const scratch = packed + packedBytes;
    const origins = stage(l, block, scratch + SCRATCH_BYTES);
    packBlock(l, geometry, panel, block, tapsOf(panel), origins, PANEL, packed, panelBytes);
    packBlock(l, geometry, panel, block, restOf(panel), origins, PANEL, others, lineBytes * (inC - count));
    l.prepare(
      `f32_winograd_weights_${size}x${size}`,
      new ParameterRecord(abi.WEIGHTS_WORDS)
        .int(abi.WEIGHTS_SOURCE, packed)
        .int(abi.WEIGHTS_TARGET, own)
        .int(abi.WEIGHTS_POSITION, position)
        .int(abi.WEIGHTS_SCRATCH, scratch),
      block.count * count,
    );
  }
  return { panels: placed, position };
}

/** For the transform of weights: [column][3 rows] vectors, in whole lines. */
const SCRATCH_BYTES = 320;

/** All taps on the panel's span; what is a 1×1 kernel there has its one weight at the centre. */
function tapRuns(panel: Panel, { outC, groups }: WeightGeometry, ownC: number, pointwise: number | undefined): PackedRun[] {
  const perGroup = outC / groups;
  const span = spanOf(panel, ownC);
  const groupsOfPanel = groupsIn(panel);
  const runs = groupsOfPanel.flatMap((group) =>
    Array.from({ length: TAPS }, (_, tap): PackedRun => {
      const weights = { input: 1, base: tap, group: perGroup * ownC * TAPS, filter: ownC * TAPS, channel: TAPS };
      return { weights, first: 0, count: ownC, group, stream: TAPS * (group * ownC - span.first) + tap, step: TAPS };
    }),
  );
  if (!pointwise) return runs;
  const centre = Math.floor(TAPS / 2);
  const weights = pointwiseWeights(pointwise, perGroup, ownC * (groups - 1));
  return runs.concat(
    groupsOfPanel.flatMap((group): PackedRun[] => {
      const [begin, end] = [group * ownC, (group + 1) * ownC];
      return [
        { weights, first: span.first, count: begin - span.first, group, stream: centre, step: TAPS },
        { weights, first: begin, count: span.end - end, group, stream: TAPS * (end - span.first) + centre, step: TAPS },
      ].filter(({ count }) => count > 0);
    }),
  );
}

/** The 1×1 kernels on the channels outside the panel's span: those before it and behind it, which follow each other for a single group. */
function restRuns(panel: Panel, { outC, groups }: WeightGeometry, ownC: number, inC: number, pointwise: number): PackedRun[] {
  const span = spanOf(panel, ownC);
  const weights = pointwiseWeights(pointwise, outC / groups, inC - ownC);
  if (panel.groups === 1) return [{ weights, first: 0, count: inC - ownC, group: panel.firstGroup, stream: 0, step: 1 }];
  return groupsIn(panel).flatMap((group): PackedRun[] =>
    [
      { weights, first: 0, count: span.first, group, stream: 0, step: 1 },
      { weights, first: span.end - ownC, count: inC - span.end, group, stream: span.first, step: 1 },
    ].filter(({ count }) => count > 0),
  );
}

const groupsIn = ({ firstGroup, groups }: Panel): number[] => Array.from({ length: groups }, (_, i) => firstGroup + i);

/** Input `pointwise` [outC, otherC, 1, 1]: the channels of other groups, ascending. */
function pointwiseWeights(input: number, perGroup: number, otherC: number): TapWeights {
  return { input, base: 0, group: perGroup * otherC, filter: otherC, channel: 1 };
}
