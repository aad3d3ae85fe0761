// Tiles of output pixels: a kernel row for each shape, and the table of where a tile's pixels lie.
import { elementCount, type Shape } from '../graph/graph.js';
import type { Case, Halo, Kernel, Lowering, View } from './op.js';
import { TILE_SHAPES, type TileCounts, type TileShape, type TileSizes, tileCounts } from './tileShapes.js';
import { type PanelLoad, runListTime } from './timeModel.js';

/** What an op tells of itself to have a kernel row for each tile shape. */
export interface TiledOp<A> {
  lower(l: Lowering<A>, tile: TileShape): void;
  halo?(c: Case<A>): Halo;
  /** What the panels of `width` filters have to do. */
  loads(c: Case<A>, width: number): PanelLoad[];
}

/** Output pixels: all axes but the channels'. */
export const pixelsOf = (output: Shape): number => elementCount(output) / output[1]!;

export function tileRows<A>(op: TiledOp<A>): Kernel<A>[] {
  return TILE_SHAPES.map((tile) => ({
    exports: [tile.kernel, 'f32_pack'],
    accepts: (c) => tile.fits(pixelsOf(c.outputs[0]!)),
    ...(op.halo && { halo: op.halo }),
    time: (c) => runListTime(tile, op.loads(c, tile.filters)),
    lower: (l) => op.lower(l, tile),
  }));
}

/** Outputs start + i·step, i = 0 … count-1, along one axis; the window of output i begins at input pixel origin + i·stride. */
export interface GridAxis {
  readonly count: number;
  readonly start: number;
  readonly step: number;
  readonly stride: number;
}

/** Where pixels lie: channels-last views [N, C, H, W] (channel stride 1), and which of their pixels are meant. */
export interface PixelGrid {
  readonly input: View;
  readonly output: View;
  readonly residual?: View;
  readonly rows: GridAxis;
  readonly columns: GridAxis;
}

/** Where a table of tiles is, and how many they are. */
export type Tiles = TileCounts & { readonly address: number };

/**
 * A table: byte offsets of input, output and residual for each pixel of each tile; the last tile repeats its last pixel. Layers whose
 * pixels lie alike share one; where there is no residual, nobody looks at its offsets.
 */
export function storeTiles(l: Lowering<unknown>, c: PixelGrid, sizes: TileSizes): Tiles {
  const { pixels, tail } = sizes;
  const { input, output, residual = output, rows, columns } = c;
  const key = ['tiles', pixels, tail?.pixels, output.shape[0], input.strides, output.strides, residual.strides, rows, columns];
  return l.once(key, () => {
    const pixelCount = output.shape[0]! * rows.count * columns.count;
    const counts = tileCounts(sizes, pixelCount);
    const wholeWords = 3 * counts.whole * pixels;
    const tailPixels = tail?.pixels ?? 0;
    const [outImage = 0, , outRow = 0, outColumn = 0] = output.strides;
    const [inImage = 0, , inRow = 0, inColumn = 0] = input.strides;
    const [residualImage = 0, , residualRow = 0, residualColumn = 0] = residual.strides;
    const address = l.storeInts(wholeWords + 3 * counts.tail * tailPixels, (table) => {
      let [image, row, column] = [0, 0, 0];
      for (let tile = 0, slot = 0, size = 0; tile < table.length; tile += 3 * size) {
        size = tile < wholeWords ? pixels : tailPixels;
        for (let at = tile; at < tile + size; at++, slot++) {
          const y = rows.start + row * rows.step;
          const x = columns.start + column * columns.step;
          table[at] = 4 * (image * inImage + row * rows.stride * inRow + column * columns.stride * inColumn);
          table[at + size] = 4 * (image * outImage + y * outRow + x * outColumn);
          table[at + 2 * size] = 4 * (image * residualImage + y * residualRow + x * residualColumn);
          if (slot + 1 >= pixelCount || ++column < columns.count) continue;
          column = 0;
          if (++row < rows.count) continue;
          row = 0;
          image++;
        }
      }
    });
    return { address, ...counts };
  });
}
