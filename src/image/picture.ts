// A decoded picture as every part of src/image hands it on, and the check of one that a caller brings.
import { HetConvError } from '../graph/error.js';

/** Interleaved 8-bit RGBA rows, top row first, alpha not premultiplied. A browser's ImageData is one. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** The most pixels that are decoded or prepared: 1 GiB of RGBA; and the most of one side, so that no thin picture is costly to resize. */
const MAX_PIXELS = 2 ** 28;
const MAX_SIDE = 2 ** 20;

/** Throws `bad-image` where there are no pixels, `too-large` where there are too many. */
export function checkSize(width: number, height: number, maxPixels = MAX_PIXELS): void {
  if (width === 0 || height === 0) throw new HetConvError('bad-image', `the picture is ${width} × ${height}: it has no pixels`);
  if (width * height <= maxPixels && Math.max(width, height) <= MAX_SIDE) return;
  throw new HetConvError(
    'too-large',
    `the picture is ${width} × ${height}, more than the limit of ${maxPixels} pixels, ${MAX_SIDE} a side; make it smaller`,
  );
}

/** Throws `bad-image` unless `value` is a Picture in sRGB whose data has width × height × 4 bytes, `too-large` beyond the limits. */
export function checkPicture(value: unknown): Picture {
  const { width, height, data, colorSpace = 'srgb' } = (value ?? {}) as Partial<Picture & { colorSpace: string }>;
  const size = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) > 0;
  if (!size(width) || !size(height) || !(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw new HetConvError(
      'bad-image',
      `a picture is the bytes of a JPEG, PNG or WebP, or {width, height, data}: positive integers and a Uint8Array of RGBA, as ImageData has; this is ${kindOf(value)}`,
    );
  }
  if (colorSpace !== 'srgb') {
    throw new HetConvError('bad-image', `the picture's colours are of ${colorSpace}; convert them to srgb`);
  }
  checkSize(width, height);
  if (data.length !== width * height * 4) {
    throw new HetConvError(
      'bad-image',
      `a picture of ${width} × ${height} needs ${width * height * 4} bytes of RGBA, but its data has ${data.length}`,
    );
  }
  return { width, height, data };
}

/** Its class, or its type. */
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** Room for the RGBA of a picture. Throws `too-large` where the engine has none. */
export function allocateRgba(width: number, height: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(width * height * 4);
  } catch (cause) {
    throw new HetConvError('too-large', `no memory for the pixels of a picture of ${width} × ${height}; make it smaller`, {
      cause,
    });
  }
}
