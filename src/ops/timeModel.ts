// How long kernels take, as far as it matters for choosing between those that compute the same: nanoseconds on the core that
// docs/benchmarks.md names, fitted there. On another machine all of them stretch alike, more or less.
import { type TileShape, tileCounts } from './tileShapes.js';

/** One channel of a run: a tile's multiply-adds. */
const CHANNEL: Readonly<Record<string, number>> = { f32_conv_1x16: 0.7, f32_conv_4x8: 1.21, f32_conv_6x8: 1.7 };
/** The same of half a panel's filters. */
const HALF_CHANNEL: Readonly<Record<string, number>> = { f32_conv_4x8: 0.76, f32_conv_6x8: 1 };
/** Beginning and storing a tile; beginning a run. */
const TILE = 4.5;
const RUN = 0.2;
/** Weights that stay near from one run of the network to the next, in bytes, and a byte of those beyond, each time that several tiles wait for it. */
const NEAR_WEIGHTS = 2e6;
const FAR_BYTE = 0.07;
/** Transforming a line of 16 channels of a tile, by the tile's outputs along an axis. */
const WINOGRAD_INPUT = { 2: 30, 4: 42 };
const WINOGRAD_OUTPUT = { 2: 54, 4: 260 };

/** Panels whose runs together have so many channels each, over so many pixels. */
export interface PanelLoad {
  readonly panels: number;
  readonly pixels: number;
  readonly runs: number;
  readonly channels: number;
  /** Rows of weights of their halves. */
  readonly halfRows?: number;
}

export function runListTime(tile: TileShape, loads: Iterable<PanelLoad>): number {
  const { tail } = tile;
  let time = 0;
  for (const { panels, pixels, runs, channels, halfRows = 0 } of loads) {
    const counts = tileCounts(tile, pixels);
    const allTiles = (times: Readonly<Record<string, number>>): number =>
      counts.whole * times[tile.kernel]! + (tail ? counts.tail * times[tail.kernel]! : 0);
    const halves = halfRows > 0 ? halfRows * allTiles(HALF_CHANNEL) : 0;
    time += panels * ((counts.whole + counts.tail) * (TILE + runs * RUN) + channels * allTiles(CHANNEL) + halves);
  }
  return time;
}

/** Fetching so many bytes of weights. */
export function farWeightsTime(bytes: number): number {
  return Math.max(0, bytes - NEAR_WEIGHTS) * FAR_BYTE;
}

export function winogradTransformTime(size: 2 | 4, tiles: number, inC: number, outC: number): number {
  return tiles * (Math.ceil(inC / 16) * WINOGRAD_INPUT[size] + Math.ceil(outC / 16) * WINOGRAD_OUTPUT[size]);
}
