// Pooling from PyTorch's definition of its windows.
import { at, type Reference, tabulate, type Values } from './reference.js';

interface Attributes {
  kernel: [number, number];
  stride: [number, number];
  padding: [number, number, number, number];
  dilation?: [number, number];
  ceilMode: boolean;
  countIncludePad?: boolean;
}

/** Windows counted one by one: those that fit the padded input, or with ceilMode up to the first that reaches its end. */
function outputSize(a: Attributes, axis: 0 | 1, size: number): number {
  const padded = size + a.padding[axis] + a.padding[axis + 2]!;
  const stride = a.stride[axis];
  const extent = (a.dilation?.[axis] ?? 1) * (a.kernel[axis] - 1) + 1;
  let count = 0;
  if (!a.ceilMode) {
    while (count * stride + extent <= padded) count++;
    return count;
  }
  while ((count - 1) * stride + extent < padded) count++;
  const beginsInside = (count - 1) * stride < size + a.padding[axis];
  return beginsInside ? count : count - 1;
}

/** The elements of each window that lie inside the picture, and how many positions of it lie inside the padded picture. */
function pool(x: Values, a: Attributes, combine: (inside: readonly number[], insidePadded: number) => number) {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [dilationH, dilationW] = a.dilation ?? [1, 1];
  const [top, left, bottom, right] = a.padding;
  return tabulate([batch, channels, outputSize(a, 0, height), outputSize(a, 1, width)], ([n, c, oy, ox]) => {
    const inside: number[] = [];
    let insidePadded = 0;
    for (let ky = 0; ky < a.kernel[0]; ky++) {
      for (let kx = 0; kx < a.kernel[1]; kx++) {
        const row = oy! * a.stride[0] - top + ky * dilationH;
        const column = ox! * a.stride[1] - left + kx * dilationW;
        if (row < height + bottom && column < width + right) insidePadded++;
        if (row >= 0 && row < height && column >= 0 && column < width) inside.push(at(x, [n!, c!, row, column]));
      }
    }
    return combine(inside, insidePadded);
  });
}

export const maxPool: Reference<Attributes> = ([x], a) => [pool(x!, a, (inside) => Math.max(...inside))];

export const averagePool: Reference<Attributes> = ([x], a) => [
  pool(x!, a, (inside, insidePadded) => {
    const sum = inside.reduce((total, value) => total + value, 0);
    return inside.length === 0 ? 0 : sum / (a.countIncludePad ? insidePadded : inside.length);
  }),
];
