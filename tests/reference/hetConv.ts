// HetConv from its definition: every filter over all channels, K×K on those of its class, the centre tap alone on the others.
import type { HetConvAttributes } from '../../src/ops/hetConv.js';
import { at, type Reference, tabulate } from './reference.js';

export const hetConv: Reference<HetConvAttributes> = ([x, weight, pointwise, bias, residual], a) => {
  const [batch, inC, height, width] = x!.shape as [number, number, number, number];
  const [outC, , kernelH, kernelW] = weight!.shape as [number, number, number, number];
  const { part, pattern } = a;
  const [top, left, bottom, right] = a.padding as [number, number, number, number];
  const [strideH, strideW] = a.stride as [number, number];
  const [dilationH, dilationW] = a.dilation as [number, number];
  const outH = Math.floor((height + top + bottom - dilationH * (kernelH - 1) - 1) / strideH) + 1;
  const outW = Math.floor((width + left + right - dilationW * (kernelW - 1) - 1) / strideW) + 1;
  const isOwn = (filter: number, c: number) =>
    pattern === 'block' ? Math.floor((filter * part) / outC) === Math.floor((c * part) / inC) : filter % part === c % part;
  return [
    tabulate([batch, outC, outH, outW], (index) => {
      const [n, filter, oy, ox] = index as [number, number, number, number];
      const pixel = (c: number, ky: number, kx: number) => {
        const row = oy * strideH - top + ky * dilationH;
        const column = ox * strideW - left + kx * dilationW;
        return row >= 0 && row < height && column >= 0 && column < width ? at(x!, [n, c, row, column]) : 0;
      };
      let sum = (bias ? bias.data[filter]! : 0) + (residual ? at(residual, index) : 0);
      let own = 0;
      let other = 0;
      for (let c = 0; c < inC; c++) {
        if (!isOwn(filter, c)) {
          sum += at(pointwise!, [filter, other++, 0, 0]) * pixel(c, (kernelH - 1) / 2, (kernelW - 1) / 2);
          continue;
        }
        for (let ky = 0; ky < kernelH; ky++) {
          for (let kx = 0; kx < kernelW; kx++) sum += at(weight!, [filter, own, ky, kx]) * pixel(c, ky, kx);
        }
        own++;
      }
      return Math.min(Math.max(sum, a.clampMin), a.clampMax);
    }),
  ];
};
