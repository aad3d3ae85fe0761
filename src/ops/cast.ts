// Elements as numbers of the other type: towards zero to integers, which saturate; NaN becomes 0.
import * as abi from '../../assembly/abi.js';
import { lowerFunction } from './elementwise.js';
import type { ElementType } from './inferTypes.js';
import type { Op } from './op.js';
import { stridedCopy } from './stridedCopy.js';

export interface CastAttributes {
  readonly to: ElementType;
}

export const cast: Op<CastAttributes> = {
  attributes: { to: { kind: 'enum', values: ['f32', 'i32'] } },
  inputs: [1, 1],
  outputType: ({ to }) => to,
  infer: ({ inputs }) => [inputs[0]!],
  keepsChannels: () => true,
  kernels: [
    {
      exports: ['f32_function', 'f32_copy'],
      lower(l) {
        const { to } = l.attributes;
        if (l.inputType(0) === to) stridedCopy(l, l.input(0), l.output(0));
        else lowerFunction(l, to === 'i32' ? abi.FUNCTION_TO_INT : abi.FUNCTION_FROM_INT, [l.input(0)], l.output(0));
      },
    },
  ],
};
