// Resizing of pictures: each output pixel takes the input pixel, or blends the four, that the tables of its row and column name.
import * as abi from '../abi';
import { madd, storeLanes } from '../simd';

/** Work item: an output row of the batch. Exact copies. Reads up to 12 bytes behind a pixel. */
export function f32_resize_nearest(p: usize, begin: i32, end: i32): void {
  resize(p, begin, end, false);
}

/** Work item: an output row of the batch. Blends along the rows, then between them. Reads up to 12 bytes behind a pixel. */
export function f32_resize_linear(p: usize, begin: i32, end: i32): void {
  resize(p, begin, end, true);
}

// @ts-ignore: decorator
@inline
function resize(p: usize, begin: i32, end: i32, linear: bool): void {
  const input = <usize>load<u32>(p, abi.RESIZE_INPUT << 2);
  const output = <usize>load<u32>(p, abi.RESIZE_OUTPUT << 2);
  const columns = <usize>load<u32>(p, abi.RESIZE_COLUMNS << 2);
  const columnsEnd = columns + <usize>load<u32>(p, abi.RESIZE_COLUMN_COUNT << 2) * (abi.SAMPLE_WORDS << 2);
  const channels = <usize>load<u32>(p, abi.RESIZE_CHANNELS << 2);
  let row = <usize>load<u32>(p, abi.RESIZE_ROWS << 2) + <usize>begin * (abi.SAMPLE_WORDS << 2);
  for (let item = begin; item < end; item++, row += abi.SAMPLE_WORDS << 2) {
    const outputRow = output + <usize>load<u32>(row, abi.SAMPLE_OUTPUT << 2);
    const upperRow = input + <usize>load<u32>(row, abi.SAMPLE_FIRST << 2);
    const lowerRow = input + <usize>load<u32>(row, abi.SAMPLE_SECOND << 2);
    const lower = v128.load32_splat(row, abi.SAMPLE_WEIGHT << 2);
    const upper = f32x4.sub(f32x4.splat(1), lower);
    for (let column = columns; column < columnsEnd; column += abi.SAMPLE_WORDS << 2) {
      const target = outputRow + <usize>load<u32>(column, abi.SAMPLE_OUTPUT << 2);
      const leftColumn = <usize>load<u32>(column, abi.SAMPLE_FIRST << 2);
      const rightColumn = <usize>load<u32>(column, abi.SAMPLE_SECOND << 2);
      const right = v128.load32_splat(column, abi.SAMPLE_WEIGHT << 2);
      const left = f32x4.sub(f32x4.splat(1), right);
      for (let channel: usize = 0; channel < channels; channel += 4) {
        const offset = channel << 2;
        let value = v128.load(upperRow + leftColumn + offset);
        if (linear) {
          const above = madd(f32x4.mul(value, left), v128.load(upperRow + rightColumn + offset), right);
          const first = v128.load(lowerRow + leftColumn + offset);
          const below = madd(f32x4.mul(first, left), v128.load(lowerRow + rightColumn + offset), right);
          value = madd(f32x4.mul(above, upper), below, lower);
        }
        storeLanes(target + offset, value, <i32>(channels - channel));
      }
    }
  }
}
