// From a picture to the tensor that a network was trained on: fitted to its size, ordered, scaled and normalised.
import type { Preprocessing } from '../graph/preprocessing.js';
import { fitOf } from './fit.js';
import { checkPicture, type Picture } from './picture.js';
import { resizePicture } from './resize.js';

/**
 * The picture as a row-major [1, 3, height, width] tensor. Transparent parts show white; greyscale has three equal channels.
 * `output`, of 3 × height × width elements, is filled if given. Throws `bad-image` on a malformed picture.
 */
export function preprocessPicture(value: unknown, spec: Preprocessing, output?: Float32Array): Float32Array {
  const [height, width] = spec.size;
  const rgb = fitPicture(checkPicture(value), spec);
  const tensor = output ?? new Float32Array(3 * height * width);
  for (let channel = 0; channel < 3; channel++) {
    const normalised = Float32Array.from({ length: 256 }, (_, v) => (v / 255 - spec.mean[channel]!) / spec.std[channel]!);
    const from = spec.colorOrder === 'RGB' ? channel : 2 - channel;
    for (let i = 0; i < height * width; i++) tensor[channel * height * width + i] = normalised[rgb[i * 3 + from]!]!;
  }
  return tensor;
}

/** The picture scaled and placed in the input: interleaved RGB, height × width × 3 bytes. */
function fitPicture(picture: Picture, spec: Preprocessing): Uint8Array {
  const [height, width] = spec.size;
  const fit = fitOf(picture, spec);
  // What of the scaled picture the input shows, and from which pixel of the input on.
  const shown = {
    left: Math.max(0, -fit.left),
    top: Math.max(0, -fit.top),
    width: Math.min(width, fit.width),
    height: Math.min(height, fit.height),
  };
  const rgb = resizePicture(picture, [fit.height, fit.width], spec.resize, fit.part, shown);
  if (shown.width === width && shown.height === height) return rgb;
  const canvas = new Uint8Array(height * width * 3);
  for (let i = 0; i < canvas.length; i++) canvas[i] = spec.fill![i % 3]!;
  for (let y = 0; y < shown.height; y++) {
    canvas.set(rgb.subarray(y * shown.width * 3, (y + 1) * shown.width * 3), ((y + fit.top) * width + fit.left) * 3);
  }
  return canvas;
}
