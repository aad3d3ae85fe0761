// Transposed convolution by scattering: each input pixel adds its kernel to the output (Dumoulin & Visin 2016, section 4).
import type { ConvTransposeAttributes } from '../../src/ops/convTranspose.js';
import { at, forEachIndex, type Reference } from './reference.js';

export const convTranspose: Reference<ConvTransposeAttributes> = ([x, weight, bias], a) => {
  const [images, inC, inH, inW] = x!.shape as [number, number, number, number];
  const [, outPerGroup, kernelH, kernelW] = weight!.shape as [number, number, number, number];
  const outC = outPerGroup * a.groups;
  const [top, left, bottom, right] = a.padding as [number, number, number, number];
  const outH = (inH - 1) * a.stride[0]! + a.dilation[0]! * (kernelH - 1) + 1 - top - bottom + a.outputPadding[0]!;
  const outW = (inW - 1) * a.stride[1]! + a.dilation[1]! * (kernelW - 1) + 1 - left - right + a.outputPadding[1]!;
  const shape = [images, outC, outH, outW];
  const data = new Float64Array(images * outC * outH * outW);
  const position = (n: number, c: number, y: number, z: number) => ((n * outC + c) * outH + y) * outW + z;
  forEachIndex(shape, ([n, c, y, z]) => {
    data[position(n!, c!, y!, z!)] = bias ? bias.data[c!]! : 0;
  });
  forEachIndex([images, inC, inH, inW], ([n, c, y, z]) => {
    const group = Math.floor(c! / (inC / a.groups));
    forEachIndex([outPerGroup, kernelH, kernelW], ([f, ky, kx]) => {
      const outY = y! * a.stride[0]! - top + ky! * a.dilation[0]!;
      const outX = z! * a.stride[1]! - left + kx! * a.dilation[1]!;
      if (outY < 0 || outY >= outH || outX < 0 || outX >= outW) return;
      data[position(n!, group * outPerGroup + f!, outY, outX)]! += at(x!, [n!, c!, y!, z!]) * at(weight!, [c!, f!, ky!, kx!]);
    });
  });
  for (let i = 0; i < data.length; i++) data[i] = Math.min(Math.max(data[i]!, a.clampMin), a.clampMax);
  return [{ shape, data }];
};
