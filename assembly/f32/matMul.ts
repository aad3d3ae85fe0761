// Matrix products of computed operands, in batches: a row of the result is the sum of the rows of b, times the elements of a row of a.
import * as abi from '../abi';
import { rowOffset, word } from '../rows';
import { madd, storeApart, storeLanes } from '../simd';

/**
 * Work item: four rows of the result of one batch. The rows of b have unit stride; all other strides are free. Each element is summed in
 * the order of the depth. Reads up to 28 bytes behind a row of b.
 */
export function f32_mat_mul_4x8(p: usize, begin: i32, end: i32): void {
  const rows = word(p, abi.MATMUL_ROWS);
  const depth = word(p, abi.MATMUL_DEPTH);
  const columns = word(p, abi.MATMUL_COLUMNS);
  const stepRow = word(p, abi.MATMUL_A_ROW);
  const stepA = <usize>word(p, abi.MATMUL_A_DEPTH);
  const stepB = <usize>word(p, abi.MATMUL_B_DEPTH);
  const outputRow = <usize>word(p, abi.MATMUL_OUTPUT_ROW);
  const outputColumn = <usize>word(p, abi.MATMUL_OUTPUT_COLUMN);
  const blocks = (rows + 3) >> 2;
  for (let item = begin; item < end; item++) {
    const batch = item / blocks;
    const row = (item - batch * blocks) << 2;
    const last = rows - 1 - row;
    const a = <usize>(word(p, abi.MATMUL_A) + rowOffset(p, batch, abi.MATMUL_BATCH, abi.MATMUL_A_BATCH) + row * stepRow);
    const b = <usize>(word(p, abi.MATMUL_B) + rowOffset(p, batch, abi.MATMUL_BATCH, abi.MATMUL_B_BATCH));
    let output = <usize>(word(p, abi.MATMUL_OUTPUT) + rowOffset(p, batch, abi.MATMUL_BATCH, abi.MATMUL_OUTPUT_BATCH)) + row * outputRow;
    // Beyond the last row the last one is computed again.
    const to1 = <usize>(min(last, 1) * stepRow);
    const to2 = <usize>(min(last, 2) * stepRow);
    const to3 = <usize>(min(last, 3) * stepRow);
    for (let column = 0; column < columns; column += 8) {
      let low0 = f32x4.splat(0);
      let low1 = low0;
      let low2 = low0;
      let low3 = low0;
      let high0 = low0;
      let high1 = low0;
      let high2 = low0;
      let high3 = low0;
      let x = a;
      let y = b + (<usize>column << 2);
      for (let k = 0; k < depth; k++) {
        const low = v128.load(y);
        const high = v128.load(y, 16);
        const x0 = v128.load32_splat(x);
        const x1 = v128.load32_splat(x + to1);
        const x2 = v128.load32_splat(x + to2);
        const x3 = v128.load32_splat(x + to3);
        low0 = madd(low0, x0, low);
        high0 = madd(high0, x0, high);
        low1 = madd(low1, x1, low);
        high1 = madd(high1, x1, high);
        low2 = madd(low2, x2, low);
        high2 = madd(high2, x2, high);
        low3 = madd(low3, x3, low);
        high3 = madd(high3, x3, high);
        x += stepA;
        y += stepB;
      }
      const count = columns - column;
      storeRow(output, low0, high0, count, outputColumn);
      if (last > 0) storeRow(output + outputRow, low1, high1, count, outputColumn);
      if (last > 1) storeRow(output + 2 * outputRow, low2, high2, count, outputColumn);
      if (last > 2) storeRow(output + 3 * outputRow, low3, high3, count, outputColumn);
      output += 8 * outputColumn;
    }
  }
}

/** The first `count` of eight elements, `step` bytes apart. */
function storeRow(address: usize, low: v128, high: v128, count: i32, step: usize): void {
  if (step == 4) {
    storeLanes(address, low, count);
    if (count > 4) storeLanes(address + 16, high, count - 4);
  } else {
    storeApart(address, low, count, step);
    if (count > 4) storeApart(address + 4 * step, high, count - 4, step);
  }
}
