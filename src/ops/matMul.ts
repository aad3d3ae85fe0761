// Products of matrices that the network computes, with NumPy's batches; where one is a constant, `linear` is faster.
import * as abi from '../../assembly/abi.js';
import { elementCount, type Shape } from '../graph/graph.js';
import { nodeError } from './nodeError.js';
import type { Case, Lowering, Op, View } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { stridedCopy } from './stridedCopy.js';
import { broadcastShape, broadcastView, denseStrides, rowMajorView, transposeView } from './view.js';

const ROWS = 4;

/** Whether the last or last but one axis of a value lies without gaps between its elements, whatever its halo. */
const isUnit = (shape: Shape, fromEnd: 1 | 2): boolean => denseStrides(shape).at(-fromEnd) === 1;

/** The kernel reads rows of its second operand: those of b, the columns of a where a transposed product does, or rows of a copy of b. */
function wayOf({ inputs: [a, b] }: Case<unknown>): 'direct' | 'transposed' | 'copied' {
  if (isUnit(b!, 1)) return 'direct';
  return isUnit(a!, 2) ? 'transposed' : 'copied';
}

/** The last two axes exchanged. */
function transposed(view: View): View {
  const axes = [...view.shape.keys()];
  return transposeView(view, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

/** Views [batch…, M, K], [batch…, K, N] and [batch…, M, N] of equal batches; the rows of b have unit stride. */
function lowerProduct(l: Lowering<unknown>, a: View, b: View, output: View): void {
  const four = (list: readonly number[], filler: number) => [
    ...new Array<number>(6 - list.length).fill(filler),
    ...list.slice(0, -2),
  ];
  const strides = (view: View) => view.strides.map((stride) => 4 * stride);
  const [batch, [rows, columns]] = [four(output.shape, 1), output.shape.slice(-2) as [number, number]];
  const record = new ParameterRecord(abi.MATMUL_WORDS)
    .int(abi.MATMUL_A, a.address)
    .int(abi.MATMUL_B, b.address)
    .int(abi.MATMUL_OUTPUT, output.address)
    .ints(abi.MATMUL_BATCH, batch)
    .ints(abi.MATMUL_A_BATCH, four(strides(a), 0))
    .ints(abi.MATMUL_B_BATCH, four(strides(b), 0))
    .ints(abi.MATMUL_OUTPUT_BATCH, four(strides(output), 0))
    .int(abi.MATMUL_ROWS, rows)
    .int(abi.MATMUL_DEPTH, a.shape.at(-1)!)
    .int(abi.MATMUL_COLUMNS, columns)
    .int(abi.MATMUL_A_ROW, strides(a).at(-2)!)
    .int(abi.MATMUL_A_DEPTH, strides(a).at(-1)!)
    .int(abi.MATMUL_B_DEPTH, strides(b).at(-2)!)
    .int(abi.MATMUL_OUTPUT_ROW, strides(output).at(-2)!)
    .int(abi.MATMUL_OUTPUT_COLUMN, strides(output).at(-1)!);
  l.step('f32_mat_mul_4x8', record, elementCount(batch) * Math.ceil(rows / ROWS));
}

/** a [batch…, M, K] and b [batch…, K, N] of rank 2 to 6 -> [batch…, M, N]; batches broadcast. */
export const matMul: Op = {
  attributes: {},
  inputs: [2, 2],
  infer({ node, inputs }) {
    const [a, b] = inputs as [Shape, Shape];
    if (a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2)) {
      throw nodeError(node, `[${a}] and [${b}] are no matrices of which the first has as many columns as the second has rows`);
    }
    return [[...broadcastShape(node, a.slice(0, -2), b.slice(0, -2)), a.at(-2)!, b.at(-1)!]];
  },
  cost: ({ inputs: [a], outputs: [y] }) => ({ macs: elementCount(y!) * a!.at(-1)!, adds: 0 }),
  kernels: [
    {
      exports: ['f32_mat_mul_4x8', 'f32_copy'],
      scratch: (c) => (wayOf(c) === 'copied' ? 4 * elementCount(c.inputs[1]!) : 0),
      lower(l) {
        const batch = l.outputs[0]!.slice(0, -2);
        const inBatches = (view: View) => broadcastView(view, [...batch, ...view.shape.slice(-2)]);
        const way = wayOf(l);
        let b = l.input(1);
        if (way === 'copied') {
          const rows = rowMajorView(l.scratch, b.shape);
          stridedCopy(l, b, rows);
          b = rows;
        }
        const [left, right] = [inBatches(l.input(0)), inBatches(b)];
        if (way === 'transposed') lowerProduct(l, transposed(right), transposed(left), transposed(l.output(0)));
        else lowerProduct(l, left, right, l.output(0));
      },
    },
  ],
};
