// How long kernels take, as far as it matters for choosing between those that compute the same: nanoseconds on the core that
// docs/benchmarks.md names, fitted there. On another machine all of them stretch alike, more or less.
import { type TileShape, tileCounts } from './tileShapes.js';

/** One channel of a run: a tile's multiply-adds. */
const CHANNEL: Readonly<Record<string, number>> = { f32_conv_1x16: 0.7, f32_conv_4x8: 1.37, f32_conv_6x8: 1.83 };
/** The same of half a panel's filters. */
const HALF_CHANNEL: Readonly<Record<string, number>> = { f32_conv_4x8: 0.8, f32_conv_6x8: 1.1 };
/** Beginning and storing a tile; beginning a run. */
const TILE = 6;
const RUN = 1;
/** A byte of weights on its way from memory, each time that it comes. */
const WEIGHT_BYTE = 0.03;
/** Transforming a line of 16 channels of a tile, by the tile's outputs along an axis. */
const WINOGRAD_INPUT = { 2: 34, 4: 100 };
const WINOGRAD_OUTPUT = { 2: 47, 4: 125 };

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
    const whole = channels * (allTiles(CHANNEL) + 4 * tile.filters * WEIGHT_BYTE);
    const halves = halfRows > 0 ? halfRows * (allTiles(HALF_CHANNEL) + 2 * tile.filters * WEIGHT_BYTE) : 0;
    time += panels * ((counts.whole + counts.tail) * (TILE + runs * RUN) + whole + halves);
  }
  return time;
}

export function winogradTransformTime(size: 2 | 4, tiles: number, inC: number, outC: number): number {
  return tiles * (Math.ceil(inC / 16) * WINOGRAD_INPUT[size] + Math.ceil(outC / 16) * WINOGRAD_OUTPUT[size]);
}
