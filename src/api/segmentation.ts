// From the output of a segmenter to the class of every pixel of the picture. docs/segmentation.md says which output this is.
import { HetConvError } from '../graph/error.js';
import type { Tensor } from '../runtime/tensor.js';
import type { PreparedPicture } from './preparation.js';

/** The class of each pixel of the upright picture, row by row. */
export interface Segmentation {
  readonly width: number;
  readonly height: number;
  /** 255 where the network did not see the picture, since it was cropped. */
  readonly classes: Uint8Array;
}

export const UNSEEN = 255;

/** `least` is the score from which on a pixel is of class 1, where the network scores one class only. Throws `bad-option`. */
export function segmentationOf({ shape, data }: Tensor, picture: PreparedPicture, least: number): Segmentation {
  const [height = 0, width = 0] = shape.slice(-2);
  const area = height * width;
  const channels = data.length / area;
  const indices = data instanceof Int32Array;
  if (shape.length < 3 || channels !== (indices ? 1 : shape[1]) || channels > UNSEEN) {
    throw new HetConvError(
      'bad-option',
      `the model is no segmenter: its first output must be scores [1, C, H, W] of at most ${UNSEEN} classes, or integers [1, H, W]; it is [${shape}]`,
    );
  }
  const classOf = (at: number): number => {
    if (indices) return Math.min(UNSEEN, Math.max(0, data[at]!));
    if (channels === 1) return data[at]! >= least ? 1 : 0;
    let best = 0;
    for (let index = 1; index < channels; index++) if (data[index * area + at]! > data[best * area + at]!) best = index;
    return best;
  };
  const map = Uint8Array.from({ length: area }, (_, at) => classOf(at));
  return { width: picture.width, height: picture.height, classes: spread(map, height, width, picture) };
}

/** The map of the input as one of the picture: each pixel takes the class at its centre. */
function spread(map: Uint8Array, height: number, width: number, picture: PreparedPicture): Uint8Array {
  const [, , inputH = 1, inputW = 1] = picture.tensor.shape;
  const columns = sources(picture.width, width, inputW, (x) => picture.toInput({ x, y: 0 }).x);
  const rows = sources(picture.height, height, inputH, (y) => picture.toInput({ x: 0, y }).y);
  const classes = new Uint8Array(picture.width * picture.height).fill(UNSEEN);
  rows.forEach((row, y) => {
    if (row < 0) return;
    columns.forEach((column, x) => {
      if (column >= 0) classes[y * picture.width + x] = map[row * width + column]!;
    });
  });
  return classes;
}

/** For each pixel of the picture along one axis, the sample of the map at its centre; -1 outside. */
function sources(pixels: number, samples: number, inputSize: number, toInput: (at: number) => number): Int32Array {
  return Int32Array.from({ length: pixels }, (_, i) => {
    const at = Math.floor((toInput(i + 0.5) * samples) / inputSize);
    return at >= 0 && at < samples ? at : -1;
  });
}
