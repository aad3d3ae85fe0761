// From the bytes of a file to an upright picture: sniff, check the header, decode with a lazily loaded codec, turn.
import { HetConvError } from '../graph/error.js';
import type { CodecModules } from './codecs.js';
import { readJpegHeader } from './jpegHeader.js';
import { orientPicture, readOrientation } from './orientation.js';
import type { Picture } from './picture.js';
import { checkDimensions, type PictureHeader } from './pictureHeader.js';
import { readPngChunks } from './pngChunks.js';
import { type PictureFormat, sniffPicture } from './sniff.js';
import { readWebpHeader } from './webpHeader.js';

interface Codec {
  header(bytes: Uint8Array): PictureHeader;
  decode(bytes: Uint8Array, modules: CodecModules): Promise<Picture>;
}

const CODECS: Record<PictureFormat, Codec> = {
  jpeg: { header: readJpegHeader, decode: async (bytes, modules) => (await import('./codecs.js')).decodeJpeg(bytes, modules) },
  png: { header: readPngChunks, decode: async (bytes) => (await import('./decodePng.js')).decodePng(bytes) },
  webp: { header: readWebpHeader, decode: async (bytes, modules) => (await import('./codecs.js')).decodeWebp(bytes, modules) },
};

/**
 * Decodes a JPEG, PNG or WebP to RGBA and applies its EXIF orientation. Colour profiles are not applied; 16-bit samples keep
 * their high byte. Throws `bad-image` on anything else, on a truncated or damaged file and on CMYK, lossless, arithmetic and
 * 12-bit JPEG and animated WebP; `too-large` above `maxPixels` (2^28), checked before anything is allocated.
 */
export async function decodePicture(bytes: Uint8Array, modules: CodecModules, maxPixels?: number): Promise<Picture> {
  const codec = CODECS[sniffPicture(bytes)];
  const header = codec.header(bytes);
  checkDimensions(header, bytes.length, maxPixels);
  const picture = await codec.decode(bytes, modules);
  if (picture.width !== header.width || picture.height !== header.height) {
    throw new HetConvError(
      'bad-image',
      `the picture's header says ${header.width} × ${header.height}, its data is ${picture.width} × ${picture.height}`,
    );
  }
  return orientPicture(picture, readOrientation(header.exif));
}
