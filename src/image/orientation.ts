// The EXIF orientation of a picture (tag 0x0112) and the turn that makes it upright.
import { latin1, u16be, u16le, u32be, u32le } from './bytes.js';
import { allocateRgba, type Picture } from './picture.js';

/** 1 is upright; see orientPicture for the others. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 0x0112;
const SHORT = 3;
const ENTRY_BYTES = 12;

/** The orientation in an EXIF block, which begins with its TIFF header; 1 where it tells none or is damaged. */
export function readOrientation(exif: Uint8Array | undefined): Orientation {
  if (!exif || exif.length < 8) return 1;
  const byteOrder = latin1(exif, 0, 2);
  if (byteOrder !== 'II' && byteOrder !== 'MM') return 1;
  const [u16, u32] = byteOrder === 'II' ? [u16le, u32le] : [u16be, u32be];
  const directory = u32(exif, 4);
  if (u16(exif, 2) !== 42 || directory + 2 > exif.length) return 1;
  const entries = u16(exif, directory);
  for (let i = 0, at = directory + 2; i < entries && at + ENTRY_BYTES <= exif.length; i++, at += ENTRY_BYTES) {
    if (u16(exif, at) !== ORIENTATION_TAG || u16(exif, at + 2) !== SHORT) continue;
    const value = u16(exif, at + 8);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/**
 * Turns stored pixels upright. 2: mirrored left to right, 3: upside down, 4: mirrored top to bottom, 5: transposed,
 * 6: to be turned 90° clockwise, 7: transposed about the other diagonal, 8: to be turned 90° anticlockwise.
 */
export function orientPicture(picture: Picture, orientation: Orientation): Picture {
  if (orientation === 1) return picture;
  const { width, height } = picture;
  const swapped = orientation >= 5;
  const data = allocateRgba(width, height);
  const from = new Uint32Array(picture.data.buffer, picture.data.byteOffset, width * height);
  const to = new Uint32Array(data.buffer);
  const outW = swapped ? height : width;
  const outH = swapped ? width : height;
  // The flips are of the stored columns and rows that an upright pixel is read from.
  const flipX = [2, 3, 7, 8].includes(orientation);
  const flipY = [3, 4, 6, 7].includes(orientation);
  for (let y = 0; y < outH; y++) {
    for (let x = 0; x < outW; x++) {
      const column = swapped ? y : x;
      const row = swapped ? x : y;
      to[y * outW + x] = from[(flipY ? height - 1 - row : row) * width + (flipX ? width - 1 - column : column)]!;
    }
  }
  return { width: outW, height: outH, data };
}
