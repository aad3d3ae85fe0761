// How a value lies in memory: densely in the order of src/ops/view.ts (channels-last for ranks 3 and 4), with a zero halo
// round each picture.
import { elementCount, type Shape } from '../graph/graph.js';
import type { Halo } from '../ops/op.js';
import { denseStrides, rowMajorView } from '../ops/view.js';

/** Strides, size and the position of element [0, 0, …], all in elements. */
export interface Layout {
  readonly strides: readonly number[];
  readonly origin: number;
  readonly size: number;
}

export const NO_HALO: Halo = { top: 0, left: 0, bottom: 0, right: 0 };

/** `halo` is only for pictures [N, C, H, W]. */
export function layoutOf(shape: Shape, halo: Halo = NO_HALO): Layout {
  const { top, left, bottom, right } = halo;
  const padded = shape.length === 4 ? [shape[0]!, shape[1]!, shape[2]! + top + bottom, shape[3]! + left + right] : shape;
  const strides = denseStrides(padded);
  return { strides, origin: shape.length === 4 ? top * strides[2]! + left * strides[3]! : 0, size: elementCount(padded) };
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
