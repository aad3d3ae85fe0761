// Walks the markers of a JPEG (ITU-T T.81, annex B): size, EXIF, and whether the file goes on to its end.
import { HetConvError } from '../graph/error.js';
import { latin1, u16be } from './bytes.js';
import type { PictureHeader } from './pictureHeader.js';

const SOF_SUPPORTED = [0xc0, 0xc1, 0xc2];
/** Tables and extensions that share the range of the frame headers. */
const NOT_SOF = [0xc4, 0xc8, 0xcc];
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
/** Real progressive files have about ten; each scan costs a pass over every pixel. */
const MAX_SCANS = 100;

/** Throws `bad-image` on a truncated file and on the kinds of JPEG that are not decoded: CMYK, lossless, arithmetic, 12-bit. */
export function readJpegHeader(bytes: Uint8Array): PictureHeader {
  let frame: { width: number; height: number } | undefined;
  let exif: Uint8Array | undefined;
  let scans = 0;
  for (const { marker, start, end } of segments(bytes)) {
    if (marker === EOI) {
      if (frame && scans > 0) return { ...frame, exif };
      throw bad('the JPEG has no picture in it');
    }
    if (marker >= 0xc0 && marker <= 0xcf && !NOT_SOF.includes(marker)) frame ??= readFrame(bytes, marker, start, end);
    else if (marker === APP1 && latin1(bytes, start, 6) === 'Exif\0\0') exif ??= bytes.subarray(start + 6, end);
    else if (marker === SOS && ++scans > MAX_SCANS) throw bad(`the JPEG has more than ${MAX_SCANS} scans`);
  }
  throw bad(`the JPEG is truncated: its ${bytes.length} bytes end without the end-of-image marker`);
}

function readFrame(bytes: Uint8Array, marker: number, start: number, end: number): { width: number; height: number } {
  if (end - start < 6) throw bad('the JPEG has a frame header that is too short');
  const components = bytes[start + 5]!;
  if (!SOF_SUPPORTED.includes(marker)) {
    const kind = marker === 0xc3 ? 'lossless' : marker >= 0xc9 ? 'arithmetic-coded' : 'hierarchical';
    throw bad(`${kind} JPEG is not supported; save it as an ordinary JPEG`);
  }
  if (bytes[start] !== 8) throw bad(`JPEG of ${bytes[start]} bits a sample is not supported; save it with 8`);
  if (components === 4) throw bad('CMYK JPEG is not supported: its colours need a print profile; save it as RGB');
  return { width: u16be(bytes, start + 3), height: u16be(bytes, start + 1) };
}

/** The marker segments up to the end of the image, with the bounds of their content; the coded data of a scan is passed over. */
function* segments(bytes: Uint8Array): Generator<{ marker: number; start: number; end: number }> {
  for (let at = 2; ; ) {
    at = bytes.indexOf(0xff, at);
    while (at >= 0 && bytes[at + 1] === 0xff) at++;
    if (at < 0 || at + 1 >= bytes.length) return;
    const marker = bytes[at + 1]!;
    at += 2;
    const standsAlone = marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    if (standsAlone) continue;
    if (marker === EOI) {
      yield { marker, start: at, end: at };
      return;
    }
    const end = at + u16be(bytes, at);
    if (at + 2 > bytes.length || end > bytes.length || end < at + 2) return;
    yield { marker, start: at + 2, end };
    at = end;
  }
}

function bad(message: string): HetConvError {
  return new HetConvError('bad-image', message);
}
