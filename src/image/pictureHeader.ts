// What a container tells before any pixel is decoded, and the limits that are checked on it.
import { HetConvError } from '../graph/error.js';
import { checkSize } from './picture.js';

export interface PictureHeader {
  readonly width: number;
  readonly height: number;
  /** The TIFF bytes of its EXIF block. */
  readonly exif?: Uint8Array | undefined;
}

/** A picture above 16 megapixels must bring at least one byte for this many pixels, so that a few bytes cannot claim a gigabyte. */
const PIXELS_PER_BYTE = 8192;
const SMALL_PIXELS = 2 ** 24;

export function checkDimensions({ width, height }: PictureHeader, byteLength: number, maxPixels?: number): void {
  checkSize(width, height, maxPixels);
  const pixels = width * height;
  if (pixels > SMALL_PIXELS && pixels > byteLength * PIXELS_PER_BYTE) {
    throw new HetConvError(
      'bad-image',
      `the picture's header says ${width} × ${height}, but a file of ${byteLength} bytes cannot hold that`,
    );
  }
}
