// Values side by side along one axis.

import { nodeError } from './nodeError.js';
import type { Case, Op } from './op.js';
import { resolveAxes } from './reduction.js';
import { stridedCopy } from './stridedCopy.js';
import { sliceView } from './view.js';

export interface ConcatAttributes {
  /** A negative one counts from the end. */
  readonly axis: number;
}

type ConcatCase = Omit<Case<ConcatAttributes>, 'outputs'>;
const axisOf = ({ node, attributes, inputs }: ConcatCase) => resolveAxes(node, [attributes.axis], inputs[0]!.length)[0]!;

export const concat: Op<ConcatAttributes> = {
  attributes: { axis: { kind: 'int' } },
  inputs: [1, 2 ** 16],
  outputType: 'input',
  infer(c) {
    const axis = axisOf(c);
    const first = c.inputs[0]!;
    let size = 0;
    for (const shape of c.inputs) {
      if (shape?.length !== first.length || !shape.every((length, i) => i === axis || length === first[i])) {
        throw nodeError(c.node, `[${shape}] and [${first}] differ beyond axis ${axis}`);
      }
      size += shape[axis]!;
    }
    return [first.with(axis, size)];
  },
  keepsChannels: (c) => axisOf(c) !== 1,
  kernels: [
    {
      exports: ['f32_copy'],
      lower(l) {
        const axis = axisOf(l);
        let start = 0;
        l.inputs.forEach((shape, i) => {
          const size = shape![axis]!;
          stridedCopy(l, l.input(i), sliceView(l.output(0), axis, start, size));
          start += size;
        });
      },
    },
  ],
};
