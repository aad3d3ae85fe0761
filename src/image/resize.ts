// Resizing as Pillow does it, to the last bit: a separable triangle filter whose support grows with the reduction
// (so that nothing aliases), in 22-bit fixed point, with 8-bit rows between the two passes.
import { HetConvError } from '../graph/error.js';
import type { Preprocessing } from '../graph/preprocessing.js';
import type { Box, Size } from './fit.js';
import { checkPicture, type Picture } from './picture.js';

const PRECISION_BITS = 22;
const ONE = 2 ** PRECISION_BITS;

/** A part of the result, in whole pixels. */
export interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * Resizes `box` of the picture (all of it by default) to `height` × `width`, over white where the picture is transparent.
 * Returns interleaved RGB, `height × width × 3` bytes, or those of `window` alone. Equal to Pillow's `resize` of the composited
 * RGB picture, and `crop` of that.
 */
export function resizePicture(
  picture: Picture,
  [height, width]: readonly [number, number],
  mode: Preprocessing['resize'],
  box: Box = { left: 0, top: 0, right: picture.width, bottom: picture.height },
  window: Window = { left: 0, top: 0, width, height },
): Uint8Array {
  checkPicture(picture);
  const taps = mode === 'bilinear' ? triangle : nearest;
  const columns = taps(picture.width, axis(box.left, box.right, width), window.left, window.width);
  const rows = taps(picture.height, axis(box.top, box.bottom, height), window.top, window.height);
  const first = rows.starts[0]!;
  const last = rows.starts.reduce((most, start, i) => Math.max(most, start + rows.counts[i]!), 0);
  const rowBytes = window.width * 3;
  const between = room((last - first) * rowBytes, picture);
  const composited = new Uint8Array(picture.width * 3);
  for (let y = first; y < last; y++) {
    overWhite(picture, y, composited);
    weighColumns(composited, columns, between.subarray((y - first) * rowBytes));
  }
  const output = room(window.height * rowBytes, picture);
  weighRows(between, first, rowBytes, rows, output);
  return output;
}

/** One axis of the resizing: output sample i covers the input from `from + i · scale` on. */
interface Axis {
  readonly from: number;
  readonly scale: number;
}

/** Pillow holds the edges of a box in single precision. */
function axis(from: number, to: number, outSize: number): Axis {
  return { from: Math.fround(from), scale: Math.fround(Math.fround(to) - Math.fround(from)) / outSize };
}

/** For each output sample of a window: the first input sample it reads, how many, and their weights, `width` apart. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly weights: Int32Array;
  readonly width: number;
}

function triangle(inSize: number, { from, scale }: Axis, first: number, outSize: number): Taps {
  const support = Math.max(scale, 1);
  const width = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(outSize);
  const counts = new Int32Array(outSize);
  const weights = new Int32Array(outSize * width);
  const exact = new Float64Array(width);
  for (let i = 0; i < outSize; i++) {
    const center = from + (first + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(inSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      exact[k] = Math.max(0, 1 - Math.abs((k + start - center + 0.5) * (1 / support)));
      sum += exact[k]!;
    }
    starts[i] = start;
    counts[i] = count;
    for (let k = 0; k < count; k++) weights[i * width + k] = Math.trunc(0.5 + (exact[k]! / sum) * ONE);
  }
  return { starts, counts, weights, width };
}

function nearest(inSize: number, { from, scale }: Axis, first: number, outSize: number): Taps {
  const at = (i: number) => Math.min(inSize - 1, Math.floor(from + (first + i + 0.5) * scale));
  const starts = Int32Array.from({ length: outSize }, (_, i) => at(i));
  return { starts, counts: new Int32Array(outSize).fill(1), weights: new Int32Array(outSize).fill(ONE), width: 1 };
}

/** One RGB row, resized along itself. */
function weighColumns(row: Uint8Array, { starts, counts, weights, width }: Taps, output: Uint8Array): void {
  for (let i = 0; i < starts.length; i++) {
    let red = ONE / 2;
    let green = ONE / 2;
    let blue = ONE / 2;
    for (let k = 0, from = starts[i]! * 3; k < counts[i]!; k++, from += 3) {
      const weight = weights[i * width + k]!;
      red += weight * row[from]!;
      green += weight * row[from + 1]!;
      blue += weight * row[from + 2]!;
    }
    output[i * 3] = Math.min(255, red >> PRECISION_BITS);
    output[i * 3 + 1] = Math.min(255, green >> PRECISION_BITS);
    output[i * 3 + 2] = Math.min(255, blue >> PRECISION_BITS);
  }
}

/** Rows of `stride` bytes, of which the first is row `first` of the picture, resized across themselves. */
function weighRows(
  rows: Uint8Array,
  first: number,
  stride: number,
  { starts, counts, weights, width }: Taps,
  output: Uint8Array,
): void {
  for (let i = 0; i < starts.length; i++) {
    for (let at = 0; at < stride; at++) {
      let sum = ONE / 2;
      for (let k = 0, from = (starts[i]! - first) * stride + at; k < counts[i]!; k++, from += stride)
        sum += weights[i * width + k]! * rows[from]!;
      output[i * stride + at] = Math.min(255, sum >> PRECISION_BITS);
    }
  }
}

/** Row `y` of the picture as RGB over white. */
function overWhite({ width, data }: Picture, y: number, output: Uint8Array): void {
  for (let x = 0, from = y * width * 4; x < width; x++, from += 4) {
    const alpha = data[from + 3]!;
    for (let c = 0; c < 3; c++) {
      const value = data[from + c]!;
      output[x * 3 + c] = alpha === 255 ? value : 255 - Math.round(((255 - value) * alpha) / 255);
    }
  }
}

function room(bytes: number, { width, height }: Picture): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new HetConvError('too-large', `no memory to resize a picture of ${width} × ${height}; make it smaller`, { cause });
  }
}
