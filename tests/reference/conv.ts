// Convolution from its definition: each filter over the channels of its group, zeros outside the picture.
import { at, type Reference, tabulate, type Values } from './reference.js';

interface Attributes {
  stride: [number, number];
  padding: [number, number, number, number];
  dilation: [number, number];
  groups: number;
  clampMin: number;
  clampMax: number;
}

export const conv: Reference<Attributes> = ([x, weight, bias, residual], a) => {
  const [batch, , height, width] = x!.shape as [number, number, number, number];
  const [outC, inC, kernelH, kernelW] = weight!.shape as [number, number, number, number];
  const outH = Math.floor((height + a.padding[0] + a.padding[2] - a.dilation[0] * (kernelH - 1) - 1) / a.stride[0]) + 1;
  const outW = Math.floor((width + a.padding[1] + a.padding[3] - a.dilation[1] * (kernelW - 1) - 1) / a.stride[1]) + 1;
  const pixel = (input: Values, n: number, c: number, row: number, column: number) =>
    row >= 0 && row < height && column >= 0 && column < width ? at(input, [n, c, row, column]) : 0;
  return [
    tabulate([batch, outC, outH, outW], (index) => {
      const [n, filter, oy, ox] = index as [number, number, number, number];
      const firstChannel = Math.floor(filter / (outC / a.groups)) * inC;
      let sum = (bias ? bias.data[filter]! : 0) + (residual ? at(residual, index) : 0);
      for (let c = 0; c < inC; c++) {
        for (let ky = 0; ky < kernelH; ky++) {
          for (let kx = 0; kx < kernelW; kx++) {
            const row = oy * a.stride[0] - a.padding[0] + ky * a.dilation[0];
            const column = ox * a.stride[1] - a.padding[1] + kx * a.dilation[1];
            sum += at(weight!, [filter, c, ky, kx]) * pixel(x!, n, firstChannel + c, row, column);
          }
        }
      }
      return Math.min(Math.max(sum, a.clampMin), a.clampMax);
    }),
  ];
};
