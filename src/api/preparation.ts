// A picture as the input of a network, and the way back from the network's pixels to the picture's.
import type { Preprocessing } from '../graph/preprocessing.js';
import type { CodecModules } from '../image/codecs.js';
import { type Box, fitOf, type Point, type Size, toInput, toPicture } from '../image/fit.js';
import { checkPicture, type Picture } from '../image/picture.js';
import { preprocessPicture } from '../image/preprocess.js';
import type { Tensor } from '../runtime/tensor.js';

/** `width` and `height` are the upright picture's, in pixels. */
export interface PreparedPicture extends Size {
  /** [1, 3, height, width] of the network's input: what `run` takes. */
  readonly tensor: Tensor<Float32Array>;
  /** A box in pixels of the network's input, as one in pixels of the picture, cut off at its edges. */
  toPicture(box: Box): Box;
  /** A point of the picture, in pixels of the network's input; outside of it where the picture was cropped. */
  toInput(point: Point): Point;
}

/** From RGBA pixels or from the bytes of a JPEG, PNG or WebP. Throws `bad-image` or `too-large`. */
export async function preparePicture(
  image: Picture | Uint8Array,
  preprocessing: Preprocessing,
  codecs: CodecModules,
): Promise<PreparedPicture> {
  const picture = checkPicture(image instanceof Uint8Array ? await decode(image, codecs) : image);
  const fit = fitOf(picture, preprocessing);
  const { width, height } = picture;
  return {
    tensor: { shape: [1, 3, ...preprocessing.size], data: preprocessPicture(picture, preprocessing) },
    width,
    height,
    toPicture: (box) => toPicture(fit, picture, box),
    toInput: (point) => toInput(fit, point),
  };
}

async function decode(bytes: Uint8Array, codecs: CodecModules): Promise<Picture> {
  const { decodePicture } = await import('../image/decode.js');
  return decodePicture(bytes, codecs);
}
