// How a value lies in memory: channels-last with a zero halo where it has rank 3 or 4, row-major otherwise.
import { elementCount, type Shape } from '../graph/graph.js';
import type { Halo } from '../ops/op.js';

/** Strides, size and the position of element [0, 0, …], all in elements. */
export interface Layout {
  readonly strides: readonly number[];
  readonly origin: number;
  readonly size: number;
  readonly halo: Halo;
}

export const NO_HALO: Halo = { top: 0, left: 0, bottom: 0, right: 0 };

export function layoutOf(shape: Shape, halo: Halo = NO_HALO): Layout {
  if (shape.length !== 3 && shape.length !== 4) {
    return { strides: rowMajorStrides(shape), origin: 0, size: elementCount(shape), halo: NO_HALO };
  }
  const [images, channels, ...spatial] = shape as [number, number, ...number[]];
  const width = spatial.at(-1)! + halo.left + halo.right;
  const height = spatial.length === 2 ? spatial[0]! + halo.top + halo.bottom : 1;
  const row = width * channels;
  const image = height * row;
  const strides = spatial.length === 2 ? [image, 1, row, channels] : [image, 1, channels];
  const origin = (spatial.length === 2 ? halo.top * row : 0) + halo.left * channels;
  return { strides, origin, size: images * image, halo };
}

export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; stride *= shape[axis]!, axis--) strides[axis] = stride;
  return strides;
}

/** Whether elements follow each other in row-major order without gaps, so that JavaScript can read and write them as they are. */
export function isRowMajor(shape: Shape, layout: Layout): boolean {
  const expected = rowMajorStrides(shape);
  return (
    layout.size === elementCount(shape) && shape.every((size, axis) => size === 1 || layout.strides[axis] === expected[axis])
  );
}

/** Byte ranges of the halo, relative to the storage's begin: one for each gap between the rows of pictures. */
export function haloRanges(shape: Shape, layout: Layout): [offset: number, bytes: number][] {
  const [images, channels, ...spatial] = shape as [number, number, ...number[]];
  const rows = spatial.length === 2 ? spatial[0]! : 1;
  const rowStride = spatial.length === 2 ? layout.strides[2]! : 0;
  const ranges: [number, number][] = [];
  let end = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const begin = 4 * (layout.origin + image * layout.strides[0]! + row * rowStride);
      if (begin > end) ranges.push([end, begin - end]);
      end = begin + 4 * spatial.at(-1)! * channels;
    }
  }
  if (4 * layout.size > end) ranges.push([end, 4 * layout.size - end]);
  return ranges;
}
