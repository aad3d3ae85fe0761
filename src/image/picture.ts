// A decoded picture as every part of src/image hands it on, and the check of one that a caller brings.
import { HetConvError } from '../graph/error.js';

/** Interleaved 8-bit RGBA rows, top row first, alpha not premultiplied. A browser's ImageData is one. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Throws `bad-image` unless `value` is a Picture whose data has width × height × 4 bytes. */
export function checkPicture(value: unknown): Picture {
  const { width, height, data } = (value ?? {}) as Partial<Picture>;
  const size = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) > 0;
  if (!size(width) || !size(height) || !(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw new HetConvError(
      'bad-image',
      'a picture is {width, height, data}: positive integers and a Uint8Array of RGBA, as ImageData has',
    );
  }
  if (data.length !== width * height * 4) {
    throw new HetConvError(
      'bad-image',
      `a picture of ${width} × ${height} needs ${width * height * 4} bytes of RGBA, but its data has ${data.length}`,
    );
  }
  return { width, height, data };
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
