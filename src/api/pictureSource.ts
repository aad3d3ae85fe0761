// What a caller may give as a picture, and how that becomes pixels.
import { HetConvError } from '../graph/error.js';
import { checkPicture, checkSize, type Picture } from '../image/picture.js';
import type { Host, PlatformPictures } from '../runtime/host.js';

/**
 * RGBA pixels as ImageData has them; the bytes of a JPEG, PNG or WebP in an array, buffer, Blob or File, which the same codecs decode
 * on every platform; or what the platform adds, in browsers images, videos, canvases, ImageBitmap and VideoFrame.
 */
export type PictureSource = Picture | Uint8Array | ArrayBuffer | Blob | PlatformPictures[keyof PlatformPictures];

/** Pixels or encoded bytes: what is left of a source when nothing in it belongs to this thread alone. Throws `bad-image`. */
export async function receivePicture(source: unknown, host: Host): Promise<Picture | Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return readBlob(source);
  return checkPicture((await host.pixels?.(source)) ?? source);
}

/** The upright pixels of a source, `maxPixels` at most. Throws `bad-image` or `too-large`. */
export async function readPicture(source: unknown, host: Host, maxPixels?: number): Promise<Picture> {
  const received = await receivePicture(source, host);
  if (!(received instanceof Uint8Array)) {
    checkSize(received.width, received.height, maxPixels);
    return received;
  }
  const { decodePicture } = await import('../image/decode.js');
  return decodePicture(received, (name) => host.module(name), maxPixels);
}

async function readBlob(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    throw new HetConvError('bad-image', `the picture's ${blob.size} bytes cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}
