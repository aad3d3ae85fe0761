// The k greatest or smallest elements along an axis, best first, and their positions.
import * as abi from '../../assembly/abi.js';
import { elementCount } from '../graph/graph.js';
import { nodeError } from './nodeError.js';
import type { Case, Op } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { resolveAxes } from './reduction.js';
import { rowAxes, rowSizes, rowStrides } from './rows.js';
import { sliceView } from './view.js';

export interface TopKAttributes {
  readonly k: number;
  /** A negative one counts from the end. */
  readonly axis: number;
  readonly largest: boolean;
}

const axisOf = ({ node, attributes, inputs }: Omit<Case<TopKAttributes>, 'outputs'>): number =>
  resolveAxes(node, [attributes.axis], inputs[0]!.length)[0]!;

/** Outputs values and positions (i32), both with size k along the axis. Of equals the first comes first; NaN counts as greatest. */
export const topK: Op<TopKAttributes> = {
  attributes: { k: { kind: 'int', min: 1 }, axis: { kind: 'int', default: -1 }, largest: { kind: 'bool', default: true } },
  inputs: [1, 1],
  outputType: ['f32', 'i32'],
  infer(c) {
    const axis = axisOf(c);
    const { k } = c.attributes;
    const x = c.inputs[0]!;
    if (k > x[axis]!) throw nodeError(c.node, `k is ${k}, but axis ${axis} of [${x}] has ${x[axis]} elements`, 'bad-attribute');
    return [x.with(axis, k), x.with(axis, k)];
  },
  kernels: [
    {
      exports: ['f32_top_k'],
      /** A heap of 8-byte ranks for each line. */
      scratch: ({ outputs: [values] }) => 8 * elementCount(values!),
      lower(l) {
        const axis = axisOf(l);
        const views = [l.input(0), l.output(0), l.output(1)] as const;
        const lines = rowAxes(views.map((view) => sliceView(view, axis, 0, 1))).slice(1);
        const step = (i: 0 | 1 | 2) => 4 * views[i].strides[axis]!;
        const record = new ParameterRecord(abi.TOPK_WORDS)
          .int(abi.TOPK_INPUT, views[0].address)
          .int(abi.TOPK_VALUES, views[1].address)
          .int(abi.TOPK_INDICES, views[2].address)
          .int(abi.TOPK_HEAP, l.scratch)
          .ints(abi.TOPK_SIZES, rowSizes(lines))
          .ints(abi.TOPK_INPUT_STRIDES, rowStrides(lines, 0))
          .ints(abi.TOPK_VALUE_STRIDES, rowStrides(lines, 1))
          .ints(abi.TOPK_INDEX_STRIDES, rowStrides(lines, 2))
          .int(abi.TOPK_COUNT, views[0].shape[axis]!)
          .int(abi.TOPK_K, l.attributes.k)
          .int(abi.TOPK_FLIP, l.attributes.largest ? 0 : -1)
          .int(abi.TOPK_INPUT_STEP, step(0))
          .int(abi.TOPK_VALUE_STEP, step(1))
          .int(abi.TOPK_INDEX_STEP, step(2));
        l.step('f32_top_k', record, elementCount(rowSizes(lines)));
      },
    },
  ],
};
