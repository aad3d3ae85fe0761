// The same elements several times: along axes of size 1, or a whole value side by side.
import { nodeError } from './nodeError.js';
import type { Op, View } from './op.js';
import { stridedCopy } from './stridedCopy.js';
import { broadcastShape, broadcastView, sliceView } from './view.js';

export interface ExpandAttributes {
  readonly shape: readonly number[];
}
export interface TileAttributes {
  /** How often along each axis. */
  readonly repeats: readonly number[];
}

/** NumPy broadcasting of the input and `shape`: where that has 1, or fewer axes, the input's sizes stay. */
export const expand: Op<ExpandAttributes> = {
  attributes: { shape: { kind: 'ints', min: 1 } },
  inputs: [1, 1],
  outputType: 'input',
  infer: ({ node, attributes: { shape }, inputs: [x] }) => [broadcastShape(node, x!, shape)],
  kernels: [
    {
      exports: ['f32_copy'],
      lower: (l) => stridedCopy(l, broadcastView(l.input(0), l.outputs[0]!), l.output(0)),
    },
  ],
};

/** As numpy.tile. */
export const tile: Op<TileAttributes> = {
  attributes: { repeats: { kind: 'ints', min: 1 } },
  inputs: [1, 1],
  outputType: 'input',
  infer({ node, attributes: { repeats }, inputs: [x] }) {
    if (repeats.length !== x!.length) {
      throw nodeError(node, `repeats has ${repeats.length} entries, the input [${x}] has ${x!.length} axes`, 'bad-attribute');
    }
    return [x!.map((size, axis) => size * repeats[axis]!)];
  },
  keepsChannels: ({ attributes: { repeats } }) => repeats[1] === 1,
  kernels: [
    {
      exports: ['f32_copy'],
      lower(l) {
        const x = l.input(0);
        const rank = x.shape.length;
        const first = (view: View, axis: number) => sliceView(view, axis, 0, x.shape[axis]!);
        /** The output, of the axes from `axis` only what one input takes. */
        const complete = (axis: number): View => {
          let view = l.output(0);
          for (let later = axis; later < rank; later++) view = first(view, later);
          return view;
        };
        stridedCopy(l, x, complete(0));
        for (let axis = 0; axis < rank; axis++) {
          const slab = complete(axis + 1);
          const total = slab.shape[axis]!;
          // What is there doubles.
          for (let done = x.shape[axis]!; done < total; ) {
            const more = Math.min(done, total - done);
            stridedCopy(l, sliceView(slab, axis, 0, more), sliceView(slab, axis, done, more));
            done += more;
          }
        }
      },
    },
  ],
};
