// Which pixels of an input axis a pixel of the resized axis is made of, and by which weights: computed in f64 when the model is planned.
import type { ResizeAttributes } from './resize.js';

/** Neighbouring pixels and what each counts; weights sum up to 1. */
export interface Taps {
  readonly first: number;
  readonly count: number;
  /** Writes `count` weights. */
  write(weights: Float32Array): void;
}

const ROUNDING: Readonly<Record<ResizeAttributes['nearestMode'], (x: number) => number>> = {
  roundPreferFloor: (x) => Math.ceil(x - 0.5),
  roundPreferCeil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};
export const NEAREST_MODES = Object.keys(ROUNDING);

const { fround } = Math;

/** One axis: 0 is height, 1 is width. */
export class ResampledAxis {
  readonly #attributes: ResizeAttributes;
  readonly #inSize: number;
  readonly #outSize: number;
  readonly #scale: number | undefined;
  readonly #region: readonly [start: number, end: number];

  constructor(attributes: ResizeAttributes, axis: 0 | 1, inSize: number) {
    this.#attributes = attributes;
    this.#inSize = inSize;
    this.#outSize = attributes.outputSize[axis]!;
    this.#scale = attributes.scales[axis];
    const [start, end] = [axis, axis + 2].map((i) => fround(attributes.region[i]!)) as [number, number];
    this.#region = [start, end];
  }

  /** Undefined where pixel `i` lies outside of the picture that is cropped. */
  taps(i: number): Taps | undefined {
    const { mode, nearestMode, antialias, coordinateMode } = this.#attributes;
    const x = this.#coordinate(i);
    const last = this.#inSize - 1;
    if (coordinateMode === 'crop' && !(x >= 0 && x <= last)) return undefined;
    if (mode === 'nearest') {
      return { first: this.#inside(ROUNDING[nearestMode](x)), count: 1, write: (weights) => weights.fill(1) };
    }
    if (mode === 'cubic' || antialias) return this.#window(x);
    const first = Math.floor(this.#inside(x));
    const second = this.#inside(x) - first;
    return {
      first,
      count: Math.min(2, this.#inSize - first),
      write: (weights) => weights.fill(1 - second, 0, 1).fill(second, 1),
    };
  }

  /** Where output pixel `i` lies on the input, in pixels. */
  #coordinate(i: number): number {
    const { coordinateMode } = this.#attributes;
    const [inSize, outSize] = [this.#inSize, this.#outSize];
    switch (coordinateMode) {
      case 'alignCorners':
        return outSize > 1 ? (i * (inSize - 1)) / (outSize - 1) : 0;
      case 'asymmetric':
        return this.#divided(i);
      case 'tfHalfPixelForNearest':
        return this.#divided(i + 0.5);
      case 'pytorchHalfPixel':
        return outSize > 1 ? this.#divided(i + 0.5) - 0.5 : 0;
      case 'halfPixelSymmetric':
        return this.#divided(i + 0.5) - 0.5 + (inSize - this.#divided(outSize)) / 2;
      case 'crop':
        return this.#cropped(i);
      default:
        return this.#divided(i + 0.5) - 0.5;
    }
  }

  /** Given scales are f32, and ONNX Runtime and PyTorch compute with them in f32: that decides which pixel is nearest. The default scale stays a fraction. */
  #divided(x: number): number {
    const quotient = this.#scale === undefined ? (x * this.#inSize) / this.#outSize : x / this.#scale;
    return this.#attributes.mode === 'nearest' ? fround(quotient) : quotient;
  }

  /** In f32 and in this order, as ONNX defines and ONNX Runtime computes it: that decides what lies outside. */
  #cropped(i: number): number {
    const [start, end] = this.#region;
    const last = this.#inSize - 1;
    if (this.#outSize === 1) return fround(0.5 * fround(start + end) * last);
    const along = fround(fround(fround(i * fround(end - start)) * last) / (this.#outSize - 1));
    return fround(fround(start * last) + along);
  }

  #inside(x: number): number {
    return Math.min(Math.max(x, 0), this.#inSize - 1);
  }

  /** All pixels less than the filter's reach from x. Those outside of the picture count for its edge, unless they are excluded. */
  #window(x: number): Taps {
    const { mode, antialias, excludeOutside, cubicCoefficient } = this.#attributes;
    const scale = this.#scale ?? this.#outSize / this.#inSize;
    const stretch = antialias ? Math.max(1, 1 / scale) : 1;
    const filter = mode === 'cubic' ? (t: number) => cubic(t, cubicCoefficient) : (t: number) => Math.max(0, 1 - t);
    const reach = stretch * (mode === 'cubic' ? 2 : 1);
    const [begin, end] = [Math.floor(x - reach) + 1, Math.floor(x + reach)];
    const [first, last] = [this.#inside(begin), this.#inside(end)];
    const [from, to] = excludeOutside ? [first, last] : [begin, end];
    const write = (weights: Float32Array) => {
      const weight = (j: number) => filter(Math.abs(j - x) / stretch);
      let total = 0;
      for (let j = from; j <= to; j++) total += weight(j);
      let before = 0;
      let behind = 0;
      for (let j = from; j <= to; j++) {
        const share = weight(j) / (total || 1);
        if (j <= first) before += share;
        else if (j >= last) behind += share;
        else weights[j - first] = share;
      }
      weights[last - first] = behind;
      weights[0] = first < last ? before : before + behind;
    };
    return { first, count: last - first + 1, write };
  }
}

/** Keys' kernel of cubic convolution, whose slope `a` at distance 1 is free. */
function cubic(t: number, a: number): number {
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
}
