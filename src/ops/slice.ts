// Part of a value: a range of some axes, with a step that may be negative.
import { nodeError } from './nodeError.js';
import type { Case, Op } from './op.js';
import { resolveAxes } from './reduction.js';
import { stridedCopy } from './stridedCopy.js';
import { sliceView } from './view.js';

/** Along axis `axes[i]` the elements starts[i], starts[i] + steps[i], … before ends[i]; -1 ends a negative step after element 0. */
export interface SliceAttributes {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes: readonly number[];
  readonly steps: readonly number[];
}

interface Range {
  readonly axis: number;
  readonly start: number;
  readonly size: number;
  readonly step: number;
}

/** Throws `bad-attribute`. */
function rangesOf({
  node,
  attributes: { starts, ends, axes, steps },
  inputs: [x],
}: Omit<Case<SliceAttributes>, 'outputs'>): Range[] {
  if ([starts, ends, steps].some((list) => list.length !== axes.length)) {
    throw nodeError(node, 'starts, ends, axes and steps differ in length', 'bad-attribute');
  }
  const ranges = axes.map((named, i): Range => {
    const [axis] = resolveAxes(node, [named], x!.length) as [number];
    const [start, end, step] = [starts[i]!, ends[i]!, steps[i]!];
    const size = step === 0 ? 0 : Math.ceil((end - start) / step);
    const last = start + (size - 1) * step;
    if (size < 1 || start < 0 || last < 0 || start >= x![axis]! || last >= x![axis]!) {
      const range = `start ${start}, end ${end}, step ${step}`;
      throw nodeError(node, `${range} selects nothing of axis ${axis} of [${x}], or leaves it`, 'bad-attribute');
    }
    return { axis, start, size, step };
  });
  if (new Set(ranges.map((range) => range.axis)).size < ranges.length) {
    throw nodeError(node, `axes [${axes}] name one axis twice`, 'bad-attribute');
  }
  return ranges;
}

export const slice: Op<SliceAttributes> = {
  attributes: { starts: { kind: 'ints' }, ends: { kind: 'ints' }, axes: { kind: 'ints' }, steps: { kind: 'ints' } },
  inputs: [1, 1],
  outputType: 'input',
  infer(c) {
    return [rangesOf(c).reduce((shape, { axis, size }) => shape.with(axis, size), c.inputs[0]!)];
  },
  keepsChannels: (c) => rangesOf(c).every((range) => range.axis !== 1),
  kernels: [
    {
      exports: ['f32_copy'],
      lower(l) {
        const part = rangesOf(l).reduce(
          (view, { axis, start, size, step }) => sliceView(view, axis, start, size, step),
          l.input(0),
        );
        stridedCopy(l, part, l.output(0));
      },
    },
  ],
};
