// The tiles of output pixels that kernels compute at a time.

export interface TileSizes {
  readonly pixels: number;
  /** The smaller tiles that the kernel computes behind the others. */
  readonly tail?: TileSizes;
}

/** A tile of a run-list kernel. */
export interface TileShape extends TileSizes {
  readonly kernel: string;
  readonly filters: number;
  readonly tail?: TileShape;
  /** Whether it suits so many output pixels. */
  fits(pixels: number): boolean;
}

const ONE: TileShape = { kernel: 'f32_conv_1x16', pixels: 1, filters: 16, fits: (pixels) => pixels < 4 };
const FOUR: TileShape = { kernel: 'f32_conv_4x8', pixels: 4, filters: 8, fits: () => true };
const SIX: TileShape = { kernel: 'f32_conv_6x8', pixels: 6, filters: 8, tail: FOUR, fits: (pixels) => pixels > 4 };

export const TILE_SHAPES: readonly TileShape[] = [ONE, SIX, FOUR];

export interface TileCounts {
  readonly whole: number;
  readonly tail: number;
}

/** How many tiles of each size compute so many pixels with the fewest of them repeated. */
export function tileCounts({ pixels: size, tail }: TileSizes, pixels: number): TileCounts {
  const tailSize = tail?.pixels ?? 0;
  const split = (count: number): TileCounts => ({
    whole: Math.ceil(Math.max(0, pixels - count * tailSize) / size),
    tail: count,
  });
  const computed = ({ whole, tail }: TileCounts): number => whole * size + tail * tailSize;
  return (tail ? [0, 1, 2] : [0]).map(split).reduce((best, other) => (computed(other) < computed(best) ? other : best));
}
