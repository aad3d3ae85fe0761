// Resizing of pictures: each output pixel takes the input pixel, or blends the four or the window of them, that the tables of its row and column name.
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

/** Work item: an output row of the batch. Sums up along the rows of a window, then those sums. Reads up to 12 bytes behind a pixel. */
export function f32_resize_window(p: usize, begin: i32, end: i32): void {
  const input = <usize>load<u32>(p, abi.RESIZE_INPUT << 2);
  const output = <usize>load<u32>(p, abi.RESIZE_OUTPUT << 2);
  const columns = <usize>load<u32>(p, abi.RESIZE_COLUMNS << 2);
  const columnsEnd = columns + <usize>load<u32>(p, abi.RESIZE_COLUMN_COUNT << 2) * (abi.SAMPLE_WORDS << 2);
  const channels = <usize>load<u32>(p, abi.RESIZE_CHANNELS << 2);
  const rowStep = <usize>load<u32>(p, abi.RESIZE_ROW_STEP << 2);
  const columnStep = <usize>load<u32>(p, abi.RESIZE_COLUMN_STEP << 2);
  let row = <usize>load<u32>(p, abi.RESIZE_ROWS << 2) + <usize>begin * (abi.SAMPLE_WORDS << 2);
  for (let item = begin; item < end; item++, row += abi.SAMPLE_WORDS << 2) {
    const outputRow = output + <usize>load<u32>(row, abi.SAMPLE_OUTPUT << 2);
    const firstRow = input + <usize>load<u32>(row, abi.SAMPLE_FIRST << 2);
    const rowWeights = <usize>load<u32>(row, abi.SAMPLE_WEIGHTS << 2);
    const rowWeightsEnd = rowWeights + (<usize>load<u32>(row, abi.SAMPLE_COUNT << 2) << 2);
    for (let column = columns; column < columnsEnd; column += abi.SAMPLE_WORDS << 2) {
      const target = outputRow + <usize>load<u32>(column, abi.SAMPLE_OUTPUT << 2);
      const first = firstRow + <usize>load<u32>(column, abi.SAMPLE_FIRST << 2);
      const weights = <usize>load<u32>(column, abi.SAMPLE_WEIGHTS << 2);
      const weightsEnd = weights + (<usize>load<u32>(column, abi.SAMPLE_COUNT << 2) << 2);
      for (let channel: usize = 0; channel < channels; channel += 4) {
        let line = first + (channel << 2);
        let value = f32x4.splat(0);
        for (let down = rowWeights; down < rowWeightsEnd; down += 4, line += rowStep) {
          let pixel = line;
          let sum = f32x4.splat(0);
          for (let right = weights; right < weightsEnd; right += 4, pixel += columnStep) {
            sum = madd(sum, v128.load(pixel), v128.load32_splat(right));
          }
          value = madd(value, sum, v128.load32_splat(down));
        }
        storeLanes(target + (channel << 2), value, <i32>(channels - channel));
      }
    }
  }
}
