// Resizing by ONNX's definition: a coordinate in the input for each output pixel, then what every input pixel of its row and column counts.
import type { ResizeAttributes } from '../../src/ops/resize.js';
import { at, type Reference, tabulate } from './reference.js';

/** Its lists are as long as they have to be. */
type Attributes = ResizeAttributes & {
  readonly outputSize: readonly [number, number];
  readonly region: readonly [number, number, number, number];
};

function coordinate(a: Attributes, axis: 0 | 1, i: number, inSize: number): number {
  const outSize = a.outputSize[axis];
  const scale = a.scales[axis] ?? outSize / inSize;
  // Given scales are f32, and runtimes divide by them in f32: that decides which pixel is nearest.
  const divided = (x: number) => (a.mode === 'nearest' && a.scales.length > 0 ? Math.fround(x / scale) : x / scale);
  if (a.coordinateMode === 'crop') {
    const [start, end] = [a.region[axis], a.region[axis + 2]!];
    return (inSize - 1) * (outSize === 1 ? (start + end) / 2 : start + (i * (end - start)) / (outSize - 1));
  }
  if (a.coordinateMode === 'alignCorners') return outSize === 1 ? 0 : (i * (inSize - 1)) / (outSize - 1);
  if (a.coordinateMode === 'asymmetric') return divided(i);
  if (a.coordinateMode === 'tfHalfPixelForNearest') return divided(i + 0.5);
  if (a.coordinateMode === 'pytorchHalfPixel' && outSize === 1) return 0;
  if (a.coordinateMode === 'halfPixelSymmetric') {
    const adjustment = outSize / (scale * inSize);
    return (inSize / 2) * (1 - adjustment) + divided(i + 0.5) - 0.5;
  }
  return divided(i + 0.5) - 0.5;
}

function round(x: number, mode: Attributes['nearestMode']): number {
  // Coordinates are fractions of small denominators: what lies within 1e-9 of a boundary lies on it.
  const exact = Math.abs(x * 2 - Math.round(x * 2)) < 1e-9 ? Math.round(x * 2) / 2 : x;
  const below = Math.floor(exact);
  const fraction = exact - below;
  if (fraction === 0) return below;
  if (mode === 'floor') return below;
  if (mode === 'ceil') return below + 1;
  if (fraction === 0.5) return mode === 'roundPreferFloor' ? below : below + 1;
  return fraction < 0.5 ? below : below + 1;
}

/** How much a pixel counts at a distance. */
function filter({ mode, cubicCoefficient: a }: Attributes, distance: number): number {
  const t = Math.abs(distance);
  if (mode === 'linear') return Math.max(0, 1 - t);
  if (t >= 2) return 0;
  return t < 1 ? (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1 : a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a;
}

/** What each pixel of an input axis counts; undefined outside of what is cropped. */
function weightsOf(a: Attributes, axis: 0 | 1, i: number, inSize: number): number[] | undefined {
  const x = coordinate(a, axis, i, inSize);
  if (a.coordinateMode === 'crop' && (x < 0 || x > inSize - 1)) return undefined;
  const weights = new Array<number>(inSize).fill(0);
  const inside = (j: number) => Math.min(Math.max(j, 0), inSize - 1);
  if (a.mode === 'nearest') return weights.fill(1, inside(round(x, a.nearestMode)), inside(round(x, a.nearestMode)) + 1);
  const scale = a.scales[axis] ?? a.outputSize[axis] / inSize;
  const stretch = a.antialias ? Math.max(1, 1 / scale) : 1;
  const reach = Math.ceil(2 * stretch) + 1;
  for (let j = Math.floor(x) - reach; j <= Math.floor(x) + reach; j++) {
    if (a.excludeOutside && j !== inside(j)) continue;
    weights[inside(j)]! += filter(a, (j - x) / stretch);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

export const resize: Reference<Attributes> = ([x], a) => {
  const [batch, channels, height, width] = x!.shape as [number, number, number, number];
  return [
    tabulate([batch, channels, ...a.outputSize], ([n, c, oy, ox]) => {
      const rows = weightsOf(a, 0, oy!, height);
      const columns = weightsOf(a, 1, ox!, width);
      if (!rows || !columns) return a.extrapolationValue;
      let sum = 0;
      rows.forEach((down, y) => {
        // What counts nothing may be infinite.
        columns.forEach((right, column) => {
          if (down !== 0 && right !== 0) sum += down * right * at(x!, [n!, c!, y, column]);
        });
      });
      return sum;
    }),
  ];
};
