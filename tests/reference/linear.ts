// Fully connected layer from its definition.
import type { ClampAttributes } from '../../src/ops/convolution.js';
import { at, type Reference, tabulate } from './reference.js';

export const linear: Reference<ClampAttributes> = ([x, weight, bias], { clampMin, clampMax }) => {
  const [outC, inC] = weight!.shape as [number, number];
  return [
    tabulate([x!.shape[0]!, outC], ([n, filter]) => {
      let sum = bias ? bias.data[filter!]! : 0;
      for (let c = 0; c < inC; c++) sum += at(weight!, [filter!, c]) * at(x!, [n!, c]);
      return Math.min(Math.max(sum, clampMin), clampMax);
    }),
  ];
};
