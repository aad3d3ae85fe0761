// Max and average pooling. Tables give each output row and column the taps that lie inside the picture.
import * as abi from '../abi';
import { storeLanes } from '../simd';

/** Work item: an output row of the batch. Maximum of the taps, -Infinity of none; NaN wins. Reads up to 28 bytes behind a pixel. */
export function f32_max_pool(p: usize, begin: i32, end: i32): void {
  pool(p, begin, end, false);
}

/** Work item: an output row of the batch. Sum of the taps, row by row, over the product of the two divisors. Reads up to 28 bytes behind a pixel. */
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
      for (let left = channels; left > 0; left -= 8) {
        let a = f32x4.splat(average ? 0 : -Infinity);
        let b = a;
        // Lanes in which a tap was not a number: pmax, one instruction where max takes several, forgets it.
        let nanA = f32x4.splat(0);
        let nanB = nanA;
        let line = source;
        for (let y = 0; y < rowTaps; y++, line += tapRow) {
          let tap = line;
          for (let x = 0; x < columnTaps; x++, tap += tapColumn) {
            const c = v128.load(tap);
            const d = v128.load(tap, 16);
            if (average) {
              a = f32x4.add(a, c);
              b = f32x4.add(b, d);
            } else {
              a = f32x4.pmax(a, c);
              b = f32x4.pmax(b, d);
              nanA = v128.or(nanA, f32x4.ne(c, c));
              nanB = v128.or(nanB, f32x4.ne(d, d));
            }
          }
        }
        storeLanes(target, average ? f32x4.div(a, divisor) : v128.or(a, nanA), left);
        if (left > 4) storeLanes(target + 16, average ? f32x4.div(b, divisor) : v128.or(b, nanB), left - 4);
        source += 32;
        target += 32;
      }
    }
  }
}
