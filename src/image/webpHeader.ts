// Walks the RIFF chunks of a WebP (RFC 9649): size, EXIF, and whether the file goes on to its end.
import { HetConvError } from '../graph/error.js';
import { latin1, u16le, u32le } from './bytes.js';
import type { PictureHeader } from './pictureHeader.js';

const ANIMATED = 0x02;

/** Throws `bad-image` on a truncated file and on an animation. */
export function readWebpHeader(bytes: Uint8Array): PictureHeader {
  const promised = bytes.length < 8 ? Infinity : 8 + u32le(bytes, 4);
  if (promised > bytes.length)
    throw bad(`the WebP is truncated: its ${bytes.length} bytes are fewer than the ${promised} it announces`);
  let size: { width: number; height: number } | undefined;
  let canvas: { width: number; height: number } | undefined;
  let exif: Uint8Array | undefined;
  for (let at = 12; at + 8 <= promised; ) {
    const type = latin1(bytes, at, 4);
    const length = u32le(bytes, at + 4);
    const start = at + 8;
    const end = start + length;
    if (end > promised) throw bad(`the WebP is truncated: its chunk "${type}" at byte ${at} goes beyond the file`);
    const has = (count: number) => {
      if (length < count) throw bad(`the WebP has a chunk "${type}" of only ${length} bytes`);
    };
    if (type === 'VP8X') {
      has(10);
      if (bytes[start]! & ANIMATED) throw bad('an animated WebP is not one picture; save the frame you mean');
      canvas = { width: 1 + (u32le(bytes, start + 3) >>> 8), height: 1 + (u32le(bytes, start + 6) >>> 8) };
    } else if (type === 'VP8 ') {
      has(10);
      size ??= { width: u16le(bytes, start + 6) & 0x3fff, height: u16le(bytes, start + 8) & 0x3fff };
    } else if (type === 'VP8L') {
      has(5);
      const packed = u32le(bytes, start + 1);
      size ??= { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
    } else if (type === 'EXIF') {
      exif ??= bytes.subarray(latin1(bytes, start, 6) === 'Exif\0\0' ? start + 6 : start, end);
    }
    at = end + (length & 1);
  }
  if (!size) throw bad('the WebP has no picture in it');
  if (canvas && (canvas.width !== size.width || canvas.height !== size.height)) {
    throw bad(
      `the WebP is inconsistent: a canvas of ${canvas.width} × ${canvas.height}, a picture of ${size.width} × ${size.height}`,
    );
  }
  return { ...size, exif };
}

function bad(message: string): HetConvError {
  return new HetConvError('bad-image', message);
}
