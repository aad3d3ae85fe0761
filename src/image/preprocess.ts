// From a picture to the tensor that a network was trained on: fitted to its size, ordered, scaled and normalised.
import type { Preprocessing } from '../graph/preprocessing.js';
import { checkPicture, type Picture } from './picture.js';
import { type Box, resizePicture } from './resize.js';

/**
 * The picture as a row-major [1, 3, height, width] tensor. Transparent parts show white; greyscale has three equal channels.
 * `output`, of 3 × height × width elements, is filled if given. Throws `bad-image` on a malformed picture.
 */
export function preprocessPicture(value: unknown, spec: Preprocessing, output?: Float32Array): Float32Array {
  const picture = checkPicture(value);
  const [height, width] = spec.size;
  const rgb = resizePicture(
    picture,
    spec.size,
    spec.resize,
    spec.fit === 'crop' ? centerBox(picture, width / height) : undefined,
  );
  const tensor = output ?? new Float32Array(3 * height * width);
  for (let channel = 0; channel < 3; channel++) {
    const normalised = Float32Array.from({ length: 256 }, (_, v) => (v / 255 - spec.mean[channel]!) / spec.std[channel]!);
    const from = spec.colorOrder === 'RGB' ? channel : 2 - channel;
    for (let i = 0; i < height * width; i++) tensor[channel * height * width + i] = normalised[rgb[i * 3 + from]!]!;
  }
  return tensor;
}

/** The largest box of the given proportions (width / height) about the centre of the picture. */
function centerBox({ width, height }: Picture, proportions: number): Box {
  const boxW = Math.min(width, height * proportions);
  const boxH = Math.min(height, width / proportions);
  return { left: (width - boxW) / 2, top: (height - boxH) / 2, right: (width + boxW) / 2, bottom: (height + boxH) / 2 };
}
