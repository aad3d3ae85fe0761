// What ops of one output element for each input element share: the record of the row kernels, and what such ops keep.
import * as abi from '../../assembly/abi.js';
import type { Case, Lowering, View } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { rowAxes, rowCount, rowSizes, rowStrides } from './rows.js';

/** Appends the call of `kernel` on one or two operands, views of the target's shape; `first` and `second` are its two numbers. */
export function lowerElementwise(
  l: Pick<Lowering<unknown>, 'step'>,
  kernel: string,
  operands: readonly View[],
  target: View,
  [first, second]: readonly [number, number] = [0, 0],
): void {
  const { record, items } = elementwiseRecord(operands, target);
  l.step(kernel, record.float(abi.ROWS_FIRST, first).float(abi.ROWS_SECOND, second), items);
}

/** Appends the call of one of the functions `FUNCTION_…` of assembly/abi.ts, on as many operands as it takes. */
export function lowerFunction(
  l: Pick<Lowering<unknown>, 'step'>,
  name: number,
  operands: readonly [View, View?],
  target: View,
): void {
  const [a, b = a] = operands;
  const { record, items } = elementwiseRecord([a, b], target);
  l.step('f32_function', record.int(abi.ROWS_FUNCTION, name), items);
}

function elementwiseRecord(operands: readonly View[], target: View): { record: ParameterRecord; items: number } {
  const views = [...operands, target];
  const axes = rowAxes(views);
  const [a, b] = operands as [View, View | undefined];
  const record = new ParameterRecord(abi.ROWS_WORDS)
    .int(abi.ROWS_A, a.address)
    .ints(abi.ROWS_A_STRIDES, rowStrides(axes, 0))
    .int(abi.ROWS_OUTPUT, target.address)
    .ints(abi.ROWS_OUTPUT_STRIDES, rowStrides(axes, views.length - 1))
    .ints(abi.ROWS_SIZES, rowSizes(axes));
  if (b) record.int(abi.ROWS_B, b.address).ints(abi.ROWS_B_STRIDES, rowStrides(axes, 1));
  return { record, items: rowCount(axes) };
}

/** Whether every operand, its trailing axes aligned with the output's, has the output's channels or one for all. */
export function operandsShareChannels({ inputs, outputs: [output] }: Case<unknown>): boolean {
  return inputs.every((shape) => {
    const channels = shape?.[shape.length - output!.length + 1] ?? 1;
    return channels === 1 || channels === output![1];
  });
}
