// Max and average pooling. Tables give each output row and column the taps that lie inside the picture.
import * as abi from '../abi';
import { storeLanes } from '../simd';

/** Work item: an output row of the batch. Maximum of the taps, -Infinity of none; NaN wins. Reads up to 12 bytes behind a pixel. */
export function f32_max_pool(p: usize, begin: i32, end: i32): void {
  pool(p, begin, end, false);
}

/** Work item: an output row of the batch. Sum of the taps, row by row, over the product of the two divisors. Reads up to 12 bytes behind a pixel. */
export function f32_average_pool(p: usize, begin: i32, end: i32): void {
  pool(p, begin, end, true);
}

// @ts-ignore: decorator
@inline
function pool(p: usize, begin: i32, end: i32, average: bool): void {
  const input = <usize>load<u32>(p, abi.POOL_INPUT << 2);
  const output = <usize>load<u32>(p, abi.POOL_OUTPUT << 2);
  const columns = <usize>load<u32>(p, abi.POOL_COLUMNS << 2);
  const columnsEnd = columns + <usize>load<u32>(p, abi.POOL_COLUMN_COUNT << 2) * (abi.SPAN_WORDS << 2);
  const channels = load<i32>(p, abi.POOL_CHANNELS << 2);
  const tapRow = <usize>load<u32>(p, abi.POOL_TAP_ROW << 2);
  const tapColumn = <usize>load<u32>(p, abi.POOL_TAP_COLUMN << 2);
  let row = <usize>load<u32>(p, abi.POOL_ROWS << 2) + <usize>begin * (abi.SPAN_WORDS << 2);
  for (let item = begin; item < end; item++, row += abi.SPAN_WORDS << 2) {
    const inputRow = input + <usize>load<u32>(row, abi.SPAN_INPUT << 2);
    const outputRow = output + <usize>load<u32>(row, abi.SPAN_OUTPUT << 2);
    const rowTaps = load<i32>(row, abi.SPAN_TAPS << 2);
    const rowDivisor = load<f32>(row, abi.SPAN_DIVISOR << 2);
    for (let column = columns; column < columnsEnd; column += abi.SPAN_WORDS << 2) {
      let source = inputRow + <usize>load<u32>(column, abi.SPAN_INPUT << 2);
      let target = outputRow + <usize>load<u32>(column, abi.SPAN_OUTPUT << 2);
      const columnTaps = load<i32>(column, abi.SPAN_TAPS << 2);
      const divisor = f32x4.splat(rowDivisor * load<f32>(column, abi.SPAN_DIVISOR << 2));
      for (let left = channels; left > 0; left -= 4) {
        let value = f32x4.splat(average ? 0 : -Infinity);
        let line = source;
        for (let y = 0; y < rowTaps; y++, line += tapRow) {
          let tap = line;
          for (let x = 0; x < columnTaps; x++, tap += tapColumn) {
            const here = v128.load(tap);
            value = average ? f32x4.add(value, here) : f32x4.max(value, here);
          }
        }
        storeLanes(target, average ? f32x4.div(value, divisor) : value, left);
        source += 16;
        target += 16;
      }
    }
  }
}
