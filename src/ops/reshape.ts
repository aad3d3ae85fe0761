// The same elements in row-major order under another shape.
import { elementCount, type Shape } from '../graph/graph.js';
import { nodeError } from './nodeError.js';
import type { Case, Kernel, Op } from './op.js';
import { stridedCopy } from './stridedCopy.js';
import { commonRefinement, rowMajorView, sameOrder, splitView } from './view.js';

export interface ReshapeAttributes {
  readonly shape: readonly number[];
}

export interface FlattenAttributes {
  /** The first axis that goes into the second of the two output axes; a negative one counts from the end. */
  readonly axis: number;
}

/** Axes of input and output split alike, as many as a copy takes; undefined where there is no such shape. */
function refinementOf({ inputs, outputs }: Case<unknown>): Shape | undefined {
  const refined = commonRefinement(inputs[0]!, outputs[0]!);
  return refined && refined.length <= 6 ? refined : undefined;
}

const kernels: readonly Kernel<unknown>[] = [
  {
    exports: [],
    alias: true,
    accepts: ({ inputs, outputs }) => sameOrder(inputs[0]!, outputs[0]!),
    lower: () => {},
  },
  {
    exports: ['f32_copy'],
    scratch: (c) => (refinementOf(c) ? 0 : 4 * elementCount(c.outputs[0]!)),
    lower(l) {
      const [input, output] = [l.input(0), l.output(0)];
      const refined = refinementOf(l);
      if (refined) {
        stridedCopy(l, splitView(input, refined), splitView(output, refined));
      } else {
        stridedCopy(l, input, rowMajorView(l.scratch, input.shape));
        stridedCopy(l, rowMajorView(l.scratch, output.shape), output);
      }
    },
  },
];

const keepsChannels = ({ inputs: [x], outputs: [y] }: Case<unknown>) => x!.length > 1 && x![0] === y![0] && x![1] === y![1];

export const reshape: Op<ReshapeAttributes> = {
  attributes: { shape: { kind: 'ints', min: 1 } },
  inputs: [1, 1],
  outputType: 'input',
  infer({ node, attributes: { shape }, inputs: [x] }) {
    if (elementCount(shape) !== elementCount(x!)) {
      throw nodeError(node, `[${x}] has ${elementCount(x!)} elements, [${shape}] has ${elementCount(shape)}`);
    }
    return [shape];
  },
  keepsChannels,
  kernels,
};

/** Two axes: the product of the axes before `axis`, and that of the others. */
export const flatten: Op<FlattenAttributes> = {
  attributes: { axis: { kind: 'int', default: 1 } },
  inputs: [1, 1],
  outputType: 'input',
  infer({ node, attributes: { axis }, inputs: [x] }) {
    const rank = x!.length;
    if (axis < -rank || axis > rank) {
      throw nodeError(node, `axis ${axis} is outside the ${rank} axes of the input`, 'bad-attribute');
    }
    const first = axis < 0 ? axis + rank : axis;
    return [[elementCount(x!.slice(0, first)), elementCount(x!.slice(first))]];
  },
  keepsChannels,
  kernels,
};
