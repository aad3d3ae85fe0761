// Rows whose elements come in another order: channel permutations where few channels stay together.
import { COPY_SIZES, COPY_SOURCE, COPY_SOURCE_STRIDES, COPY_TARGET, COPY_TARGET_STRIDES, GATHER_OFFSETS } from '../abi';
import { rowOffset, word } from '../rows';

/**
 * As f32_copy, but element i of axis 5 is read `offsets[i]` bytes from the row's begin in the source and written 4 i bytes from
 * that in the target. Work item: one row. Bit-exact; touches nothing but the elements.
 */
export function f32_gather(p: usize, begin: i32, end: i32): void {
  const rows = word(p, COPY_SIZES + 4);
  const columns = word(p, COPY_SIZES + 5);
  const offsets = <usize>word(p, GATHER_OFFSETS);
  const sourceRow = word(p, COPY_SOURCE_STRIDES + 4);
  const targetRow = word(p, COPY_TARGET_STRIDES + 4);
  while (begin < end) {
    const outer = begin / rows;
    const row = begin - outer * rows;
    const count = min(rows - row, end - begin);
    let source: usize = word(p, COPY_SOURCE) + row * sourceRow + rowOffset(p, outer, COPY_SIZES, COPY_SOURCE_STRIDES);
    let target: usize = word(p, COPY_TARGET) + row * targetRow + rowOffset(p, outer, COPY_SIZES, COPY_TARGET_STRIDES);
    for (let i = 0; i < count; i++) {
      for (let at: usize = 0; at < <usize>columns << 2; at += 4) store<i32>(target + at, load<i32>(source + load<i32>(offsets + at)));
      source += sourceRow;
      target += targetRow;
    }
    begin += count;
  }
}
