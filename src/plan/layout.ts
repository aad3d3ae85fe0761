// How a value lies in memory: densely in the order of src/ops/view.ts (channels-last for ranks 3 and 4), pictures that are read through
// padded windows with a zero halo round each.
import { elementCount, type Shape } from '../graph/graph.js';
import type { Halo } from '../ops/op.js';
import { denseStrides, rowMajorView } from '../ops/view.js';

/** Strides, size and the position of element [0, 0, …], all in elements. */
export interface Layout {
  readonly strides: readonly number[];
  readonly origin: number;
  readonly size: number;
}

/**
 * First-level caches have few places, often 8, for lines that are a multiple of 4 KiB apart. Pixels a multiple of this apart, eight
 * lines of 64 bytes, soon meet there: a window's rows begin ROW_SHIFT off then, or its pixels push each other out of the cache.
 */
const CROWDED_CHANNELS = (8 * 64) / 4;
/** Nine lines: rows share places neither with each other nor with the lines that were read just before. */
const ROW_SHIFT = (9 * 64) / 4;

/** `halo` is only for pictures [N, C, H, W]. */
export function layoutOf(shape: Shape, halo?: Halo): Layout {
  if (!halo) return { strides: denseStrides(shape), origin: 0, size: elementCount(shape) };
  const [images, channels, height, width] = shape as [number, number, number, number];
  const { top, left, bottom, right } = halo;
  const row = (left + width + right) * channels + (channels % CROWDED_CHANNELS === 0 ? ROW_SHIFT : 0);
  const image = (top + height + bottom) * row;
  return { strides: [image, 1, row, channels], origin: top * row + left * channels, size: images * image };
}

/** Whether elements follow each other in row-major order without gaps, so that JavaScript can read and write them as they are. */
export function isRowMajor(shape: Shape, layout: Layout): boolean {
  const { strides } = rowMajorView(0, shape);
  return layout.size === elementCount(shape) && shape.every((size, axis) => size === 1 || layout.strides[axis] === strides[axis]);
}

/** Byte ranges of the halo of pictures [N, C, H, W], relative to the storage's begin: one for each gap between rows. */
export function haloRanges(shape: Shape, layout: Layout): [offset: number, bytes: number][] {
  const [images, channels, rows, columns] = shape as [number, number, number, number];
  const ranges: [number, number][] = [];
  let end = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const begin = 4 * (layout.origin + image * layout.strides[0]! + row * layout.strides[2]!);
      if (begin > end) ranges.push([end, begin - end]);
      end = begin + 4 * columns * channels;
    }
  }
  if (4 * layout.size > end) ranges.push([end, 4 * layout.size - end]);
  return ranges;
}
