// A picture as the input of a network, pixel by pixel from the definition: what the kernels of assembly/u8 must equal to the last bit.
import type { Preprocessing } from '../../src/graph/preprocessing.js';
import type { Fit } from '../../src/image/fit.js';
import type { Picture } from '../../src/image/picture.js';

/** One output sample: weights in units of 2^-22 by input sample. */
type Sample = ReadonlyMap<number, number>;

/** A row-major [1, 3, height, width] tensor. */
export function referencePreprocess(picture: Picture, spec: Preprocessing, fit: Fit): Float32Array {
  const [height, width] = spec.size;
  const { part } = fit;
  const columns = Array.from({ length: width }, (_, x) =>
    sample(spec, x - fit.left, fit.width, part.left, part.right, picture.width),
  );
  const rows = Array.from({ length: height }, (_, y) =>
    sample(spec, y - fit.top, fit.height, part.top, part.bottom, picture.height),
  );
  const tensor = new Float32Array(3 * height * width);
  for (let plane = 0; plane < 3; plane++) {
    const channel = spec.colorOrder === 'RGB' ? plane : 2 - plane;
    const narrow = new Map<string, number>();
    const narrowed = (x: number, y: number): number => {
      const key = `${x} ${y}`;
      const level = narrow.get(key) ?? weigh(columns[x]!, (column) => overWhite(picture, column, y, channel));
      narrow.set(key, level);
      return level;
    };
    rows.forEach((row, y) => {
      columns.forEach((column, x) => {
        const level = row && column ? weigh(row, (from) => narrowed(x, from)) : spec.fill![channel]!;
        tensor[(plane * height + y) * width + x] = (level / 255 - spec.mean[plane]!) / spec.std[plane]!;
      });
    });
  }
  return tensor;
}

/** Sample `i` of `size` that stand for the input from `from` to `to`; undefined outside. */
function sample(
  { resize }: Preprocessing,
  i: number,
  size: number,
  from: number,
  to: number,
  inputSize: number,
): Sample | undefined {
  if (i < 0 || i >= size) return undefined;
  const scale = Math.fround(Math.fround(to) - Math.fround(from)) / size;
  const center = Math.fround(from) + (i + 0.5) * scale;
  if (resize === 'nearest') return new Map([[Math.min(inputSize - 1, Math.floor(center)), 2 ** 22]]);
  const support = Math.max(1, scale);
  const shares = new Map<number, number>();
  const last = Math.min(inputSize - 1, Math.floor(center + support + 1));
  for (let at = Math.max(0, Math.floor(center - support - 1)); at <= last; at++) {
    const distance = Math.abs((at - center + 0.5) * (1 / support));
    if (distance < 1) shares.set(at, 1 - distance);
  }
  const sum = [...shares.values()].reduce((a, b) => a + b, 0);
  return new Map([...shares].map(([at, share]) => [at, Math.floor(0.5 + (share / sum) * 2 ** 22)]));
}

function weigh(weights: Sample, levelOf: (at: number) => number): number {
  let sum = 0;
  for (const [at, weight] of weights) sum += weight * levelOf(at);
  return Math.min(255, Math.floor(sum / 2 ** 22 + 0.5));
}

function overWhite({ width, data }: Picture, x: number, y: number, channel: number): number {
  const at = 4 * (y * width + x);
  return 255 - Math.round(((255 - data[at + channel]!) * data[at + 3]!) / 255);
}
