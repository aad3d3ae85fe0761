// Batch norm at inference, from its definition.
import { at, type Reference, tabulate } from './reference.js';

export const batchNorm: Reference<{ epsilon: number }> = ([x, scale, shift, mean, variance], { epsilon }) => [
  tabulate(x!.shape, (index) => {
    const c = index[1]!;
    return ((at(x!, index) - mean!.data[c]!) / Math.sqrt(variance!.data[c]! + epsilon)) * scale!.data[c]! + shift!.data[c]!;
  }),
];
