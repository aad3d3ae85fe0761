// Borders round a value: of one number, of its mirror image or of its edge repeated.

import { nodeError } from './nodeError.js';
import type { Op, View } from './op.js';
import { stridedCopy } from './stridedCopy.js';
import { broadcastView, rowMajorView, sliceView } from './view.js';

export interface PadAttributes {
  /** How many elements to add before each axis, then behind each axis. */
  readonly pads: readonly number[];
  /** reflect: the mirror is the edge element itself, which is not repeated. */
  readonly mode: string;
  /** Of mode constant. */
  readonly value: number;
}

/** Where the two borders of an axis come from: the first element, at a position of the padded axis, and the step to the next. */
function borderSources(mode: string, before: number, size: number): [start: number, step: number][] {
  const last = before + size - 1;
  if (mode === 'edge')
    return [
      [before, 0],
      [last, 0],
    ];
  return [
    [2 * before, -1],
    [last - 1, -1],
  ];
}

export const pad: Op<PadAttributes> = {
  attributes: {
    pads: { kind: 'ints', min: 0 },
    mode: { kind: 'enum', values: ['constant', 'reflect', 'edge'], default: 'constant' },
    value: { kind: 'float', default: 0 },
  },
  inputs: [1, 1],
  infer({ node, attributes: { pads, mode }, inputs: [x] }) {
    const rank = x!.length;
    if (pads.length !== 2 * rank) {
      throw nodeError(node, `pads has ${pads.length} entries, an input of ${rank} axes takes ${2 * rank}`, 'bad-attribute');
    }
    const tooWide = mode === 'reflect' ? pads.findIndex((count, i) => count >= x![i % rank]!) : -1;
    if (tooWide >= 0 && pads[tooWide]! > 0) {
      throw nodeError(node, `${pads[tooWide]} mirrored elements need a longer axis ${tooWide % rank} than [${x}] has`);
    }
    return [x!.map((size, axis) => pads[axis]! + size + pads[rank + axis]!)];
  },
  keepsChannels: ({ attributes: { pads } }) => pads[1] === 0 && pads[pads.length / 2 + 1] === 0,
  kernels: [
    {
      exports: ['f32_copy'],
      lower(l) {
        const { pads, mode, value } = l.attributes;
        const x = l.input(0);
        const rank = x.shape.length;
        const interior = (view: View, axis: number) => sliceView(view, axis, pads[axis]!, x.shape[axis]!);
        let filled = l.output(0);
        for (let axis = 0; axis < rank; axis++) filled = interior(filled, axis);
        stridedCopy(l, x, filled);
        const fill = mode === 'constant' ? l.store(Float32Array.of(value)) : 0;
        // Axis by axis: the earlier axes are complete by then, of the later ones there is only the interior.
        for (let axis = 0; axis < rank; axis++) {
          let slab = l.output(0);
          for (let later = axis + 1; later < rank; later++) slab = interior(slab, later);
          const [before, size, after] = [pads[axis]!, x.shape[axis]!, pads[rank + axis]!];
          const sources = borderSources(mode, before, size);
          const targets = [sliceView(slab, axis, 0, before), sliceView(slab, axis, before + size, after)];
          targets.forEach((target, i) => {
            if (target.shape[axis] === 0) return;
            const source = fill
              ? broadcastView(rowMajorView(fill, [1]), target.shape)
              : sliceView(slab, axis, sources[i]![0], target.shape[axis]!, sources[i]![1]);
            stridedCopy(l, source, target);
          });
        }
      },
    },
  ],
};
