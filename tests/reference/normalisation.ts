// Normalisation by statistics of the value itself, from the definitions.
import { at, type Reference, tabulate, type Values } from './reference.js';

/** Mean and variance of each group of channels of each picture, row-major [N, groups]. */
export function groupStatistics(x: Values, groups: number): { mean: number; variance: number }[] {
  const count = x.shape[0]! * groups;
  const size = x.data.length / count;
  return Array.from({ length: count }, (_, i) => {
    const values = Array.from(x.data.subarray(i * size, (i + 1) * size));
    const mean = values.reduce((sum, value) => sum + value, 0) / size;
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size };
  });
}

export const groupNorm: Reference<{ groups: number; epsilon: number }> = ([x, scale, shift], { groups, epsilon }) => {
  const statistics = groupStatistics(x!, groups);
  const channels = x!.shape[1]!;
  return [
    tabulate(x!.shape, (index) => {
      const channel = index[1]!;
      const { mean, variance } = statistics[index[0]! * groups + Math.floor((channel * groups) / channels)]!;
      return ((at(x!, index) - mean) / Math.sqrt(variance + epsilon)) * scale!.data[channel]! + shift!.data[channel]!;
    }),
  ];
};

export const instanceNorm: Reference<{ epsilon: number }> = (inputs, { epsilon }) =>
  groupNorm(inputs, { groups: inputs[0]!.shape[1]!, epsilon });

export const lrn: Reference<{ size: number; alpha: number; beta: number; bias: number }> = ([x], { size, alpha, beta, bias }) => [
  tabulate(x!.shape, (index) => {
    const channel = index[1]!;
    let sum = 0;
    for (let c = channel - Math.floor((size - 1) / 2); c <= channel + Math.ceil((size - 1) / 2); c++) {
      if (c >= 0 && c < x!.shape[1]!) sum += at(x!, index.with(1, c)) ** 2;
    }
    return at(x!, index) / (bias + (alpha / size) * sum) ** beta;
  }),
];
