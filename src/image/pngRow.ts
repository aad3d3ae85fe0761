// Expands one row of PNG samples (any colour type and depth) to RGBA.
import { HetConvError } from '../graph/error.js';
import { u16be } from './bytes.js';
import { ColorType, type PngChunks } from './pngChunks.js';

/** Where the pixels of a row go: every `stepX`-th of row `y`, from `x` on. */
export interface PngRow {
  readonly pass: number;
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly pixels: number;
  readonly bytes: number;
}

/** A function that writes a row of unfiltered samples into `rgba`. Throws `bad-image` where the palette is missing. */
export function pngRowExpander(png: PngChunks, rgba: Uint8Array): (samples: Uint8Array, row: PngRow) => void {
  const { width, depth, colorType } = png;
  const place = ({ x, y, stepX }: PngRow) => ({ to: (y * width + x) * 4, step: stepX * 4 });

  if (colorType === ColorType.palette || (colorType === ColorType.grey && depth <= 8)) {
    const colors = colorType === ColorType.palette ? paletteColors(png) : greyColors(png);
    const mask = (1 << depth) - 1;
    const perByte = 8 / depth;
    return (samples, row) => {
      let { to, step } = place(row);
      for (let i = 0; i < row.pixels; i++, to += step) {
        const shift = 8 - depth * ((i % perByte) + 1);
        const color = ((samples[(i / perByte) | 0]! >> shift) & mask) * 4;
        rgba[to] = colors[color]!;
        rgba[to + 1] = colors[color + 1]!;
        rgba[to + 2] = colors[color + 2]!;
        rgba[to + 3] = colors[color + 3]!;
      }
    };
  }

  const grey = colorType === ColorType.grey || colorType === ColorType.greyAlpha;
  const alpha = colorType === ColorType.greyAlpha || colorType === ColorType.rgba;
  const sampleBytes = depth / 8;
  const green = grey ? 0 : sampleBytes;
  const blue = 2 * green;
  const alphaAt = blue + sampleBytes;
  const pixelBytes = alphaAt + (alpha ? sampleBytes : 0);
  const key = alpha ? undefined : transparentSamples(png);
  return (samples, row) => {
    let { to, step } = place(row);
    for (let i = 0, from = 0; i < row.pixels; i++, to += step, from += pixelBytes) {
      rgba[to] = samples[from]!;
      rgba[to + 1] = samples[from + green]!;
      rgba[to + 2] = samples[from + blue]!;
      rgba[to + 3] = alpha ? samples[from + alphaAt]! : key?.every((byte, k) => byte === samples[from + k]) ? 0 : 255;
    }
  };
}

function paletteColors({ palette, transparency }: PngChunks): Uint8Array {
  if (!palette || palette.length === 0 || palette.length % 3 !== 0 || palette.length > 768) {
    throw new HetConvError(
      'bad-image',
      `the PNG has ${palette ? `a palette of ${palette.length} bytes` : 'no palette'}, but its pixels need one`,
    );
  }
  const colors = new Uint8Array(256 * 4).map((_, i) => (i % 4 === 3 ? 255 : 0));
  for (let n = 0; n < palette.length / 3; n++) {
    colors.set(palette.subarray(n * 3, n * 3 + 3), n * 4);
    colors[n * 4 + 3] = transparency?.[n] ?? 255;
  }
  return colors;
}

function greyColors({ depth, transparency }: PngChunks): Uint8Array {
  const most = (1 << depth) - 1;
  const clear = transparency && transparency.length >= 2 ? u16be(transparency, 0) : -1;
  return new Uint8Array((most + 1) * 4).map((_, i) => (i % 4 < 3 ? ((i >> 2) * 255) / most : i >> 2 === clear ? 0 : 255));
}

/** The bytes of the one pixel value that is transparent. */
function transparentSamples({ depth, transparency, colorType }: PngChunks): Uint8Array | undefined {
  const count = colorType === ColorType.grey ? 1 : 3;
  if (!transparency || transparency.length < 2 * count) return undefined;
  const words = transparency.subarray(0, 2 * count);
  return depth === 16 ? words : words.filter((_, i) => i % 2 === 1);
}
