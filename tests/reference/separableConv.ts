// Depthwise separable convolution from its definition: one convolution after the other.
import { conv } from './conv.js';
import type { Reference } from './reference.js';

const POINT: Omit<Parameters<typeof conv>[1], 'clampMin' | 'clampMax'> = {
  stride: [1, 1],
  padding: [0, 0, 0, 0],
  dilation: [1, 1],
  groups: 1,
};

export const separableConv: Reference = ([x, weight, pointwise, depthwiseBias, bias, residual], a) => {
  const { stride, padding, dilation, depthwiseMin, depthwiseMax, clampMin, clampMax } = a;
  const window = { stride, padding, dilation, groups: x!.shape[1]! };
  const [between] = conv([x, weight, depthwiseBias], { ...window, clampMin: depthwiseMin, clampMax: depthwiseMax });
  return conv([between, pointwise, bias, residual], { ...POINT, clampMin, clampMax });
};
