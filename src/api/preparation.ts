// A picture as the input of a network, and the way back from the network's pixels to the picture's.
import type { Preprocessing } from '../graph/preprocessing.js';
import { type Box, fitOf, type Point, type Size, toInput, toPicture } from '../image/fit.js';
import { checkPicture, type Picture } from '../image/picture.js';
import type { Preprocessor } from '../image/preprocess.js';
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

/** From RGBA pixels, which are checked here, for a caller may transfer them while others are awaited. Throws `bad-image` or `too-large`. */
export function preparePicture(pixels: Picture, preprocessing: Preprocessing, preprocessor: Preprocessor): PreparedPicture {
  const picture = checkPicture(pixels);
  const data = preprocessor.run(picture, preprocessing, fitOf(picture, preprocessing));
  return preparedFrom({ shape: [1, 3, ...preprocessing.size], data }, picture, preprocessing);
}

/** A tensor that a picture of a size was made into. */
export function preparedFrom(tensor: Tensor<Float32Array>, picture: Size, preprocessing: Preprocessing): PreparedPicture {
  const fit = fitOf(picture, preprocessing);
  const { width, height } = picture;
  return {
    tensor,
    width,
    height,
    toPicture: (box) => toPicture(fit, picture, box),
    toInput: (point) => toInput(fit, point),
  };
}
