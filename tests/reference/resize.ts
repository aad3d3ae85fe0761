// Resizing by ONNX's definition: a coordinate in the input for each output pixel, then the nearest pixel or a blend of four.
import { at, type Reference, tabulate } from './reference.js';

interface Attributes {
  outputSize: [number, number];
  mode: 'nearest' | 'linear';
  coordinateMode: 'halfPixel' | 'alignCorners' | 'asymmetric' | 'pytorchHalfPixel';
  scales: [] | [number, number];
  nearestMode: 'roundPreferFloor' | 'roundPreferCeil' | 'floor' | 'ceil';
}

function coordinate(a: Attributes, axis: 0 | 1, i: number, inSize: number): number {
  const outSize = a.outputSize[axis];
  const scale = a.scales[axis] ?? outSize / inSize;
  // Given scales are f32, and runtimes divide by them in f32: that decides which pixel is nearest.
  const divided = (x: number) => (a.mode === 'nearest' && a.scales.length > 0 ? Math.fround(x / scale) : x / scale);
  if (a.coordinateMode === 'alignCorners') return outSize === 1 ? 0 : (i * (inSize - 1)) / (outSize - 1);
  if (a.coordinateMode === 'asymmetric') return divided(i);
  if (a.coordinateMode === 'pytorchHalfPixel' && outSize === 1) return 0;
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

export const resize: Reference<Attributes> = ([x], a) => {
  const [batch, channels, height, width] = x!.shape as [number, number, number, number];
  const inside = (i: number, size: number) => Math.min(Math.max(i, 0), size - 1);
  const pixel = (n: number, c: number, y: number, column: number) => at(x!, [n, c, inside(y, height), inside(column, width)]);
  return [
    tabulate([batch, channels, ...a.outputSize], ([n, c, oy, ox]) => {
      const y = coordinate(a, 0, oy!, height);
      const column = coordinate(a, 1, ox!, width);
      if (a.mode === 'nearest') return pixel(n!, c!, round(y, a.nearestMode), round(column, a.nearestMode));
      const y0 = Math.floor(y);
      const x0 = Math.floor(column);
      const lower = y - y0;
      const right = column - x0;
      return (
        (1 - lower) * ((1 - right) * pixel(n!, c!, y0, x0) + right * pixel(n!, c!, y0, x0 + 1)) +
        lower * ((1 - right) * pixel(n!, c!, y0 + 1, x0) + right * pixel(n!, c!, y0 + 1, x0 + 1))
      );
    }),
  ];
};
