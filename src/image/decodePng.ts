// Decodes PNG row by row as the data is inflated, so that neither a bomb nor a picture of twice the memory is ever held.
import { Unzlib } from 'fflate';
import { HetConvError } from '../graph/error.js';
import { allocateRgba, type Picture } from './picture.js';
import { type ColorType, type PngChunks, readPngChunks } from './pngChunks.js';
import { type PngRow, pngRowExpander } from './pngRow.js';

/** Compressed bytes inflated at a time: deflate makes at most 1032 times as many of them. */
const INFLATE_STEP = 16384;
const SAMPLES: Record<ColorType, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Adam7: first column, first row, step of columns, step of rows. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Throws `bad-image` where the data ends early, is damaged or breaks the standard. 16-bit samples keep their high byte. */
export function decodePng(bytes: Uint8Array): Picture {
  const png = readPngChunks(bytes);
  const { width, height } = png;
  const data = allocateRgba(width, height);
  const expand = pngRowExpander(png, data);
  const rows = rowsOf(png);
  let row = rows.next().value;
  if (!row) throw bad('the PNG has no pixels');
  let current = new Uint8Array(1 + row.bytes);
  let previous = new Uint8Array(1 + row.bytes);
  let filled = 0;
  const bytesPerPixel = Math.max(1, (png.depth * SAMPLES[png.colorType]) >> 3);

  const take = (chunk: Uint8Array) => {
    for (let at = 0; row && at < chunk.length; ) {
      const piece = chunk.subarray(at, at + row.bytes + 1 - filled);
      current.set(piece, filled);
      filled += piece.length;
      at += piece.length;
      if (filled <= row.bytes) return;
      unfilter(current, previous, bytesPerPixel);
      expand(current.subarray(1), row);
      filled = 0;
      const next = rows.next().value;
      const samePass = next && next.pass === row.pass;
      [previous, current] = samePass
        ? [current, previous]
        : [new Uint8Array(1 + (next?.bytes ?? 0)), new Uint8Array(1 + (next?.bytes ?? 0))];
      row = next;
    }
  };
  inflate(png.data, take, () => row === undefined);
  if (row) throw bad(`the PNG is truncated: its pixels end before row ${row.y} of ${height}`);
  return { width, height, data };
}

function* rowsOf({ width, height, depth, colorType, interlaced }: PngChunks): Generator<PngRow, undefined> {
  const passes = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  for (const [pass, [x, top, stepX, stepY]] of passes.entries()) {
    const pixels = Math.ceil((width - x) / stepX);
    if (pixels <= 0) continue;
    const bytes = Math.ceil((pixels * depth * SAMPLES[colorType]) / 8);
    for (let y = top; y < height; y += stepY) yield { pass, x, y, stepX, pixels, bytes };
  }
}

function inflate(pieces: readonly Uint8Array[], take: (chunk: Uint8Array) => void, enough: () => boolean): void {
  const stream = new Unzlib(take);
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length && !enough(); at += INFLATE_STEP) stream.push(piece.subarray(at, at + INFLATE_STEP));
    }
  } catch (cause) {
    if (cause instanceof HetConvError) throw cause;
    throw bad('the PNG is damaged: its compressed data is not valid', cause);
  }
}

/** Undoes the filter of a row in place; byte 0 names it, `previous` is the row above (zeros above the first). */
function unfilter(row: Uint8Array, previous: Uint8Array, bytesPerPixel: number): void {
  const filter = row[0]!;
  const first = 1 + bytesPerPixel;
  if (filter === 1) {
    for (let i = first; i < row.length; i++) row[i] = row[i]! + row[i - bytesPerPixel]!;
  } else if (filter === 2) {
    for (let i = 1; i < row.length; i++) row[i] = row[i]! + previous[i]!;
  } else if (filter === 3) {
    for (let i = 1; i < row.length; i++) row[i] = row[i]! + (((i < first ? 0 : row[i - bytesPerPixel]!) + previous[i]!) >> 1);
  } else if (filter === 4) {
    for (let i = 1; i < row.length; i++) {
      const left = i < first ? 0 : row[i - bytesPerPixel]!;
      const up = previous[i]!;
      const upLeft = i < first ? 0 : previous[i - bytesPerPixel]!;
      const toLeft = Math.abs(up - upLeft);
      const toUp = Math.abs(left - upLeft);
      const toUpLeft = Math.abs(left + up - 2 * upLeft);
      row[i] = row[i]! + (toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft);
    }
  } else if (filter !== 0) throw bad(`the PNG is damaged: a row has the unknown filter ${filter}`);
}

function bad(message: string, cause?: unknown): HetConvError {
  return new HetConvError('bad-image', message, { cause });
}
