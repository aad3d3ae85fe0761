// Bit-exact strided copy of 4-byte words: layout changes, transposes, slices, concatenations and shuffles are all this one kernel.
import { COPY_SIZES, COPY_SOURCE, COPY_SOURCE_STRIDES, COPY_TARGET, COPY_TARGET_STRIDES } from '../abi';
import { rowOffset, word } from '../rows';
import { storeLanes } from '../simd';

/**
 * Work item: one row, that is one index of axes 0…4; axis 5 is the row. Three inner loops:
 *   both strides of axis 5 are 4 bytes                    vectors
 *   axis 5 unit in the target, axis 4 unit in the source  4 x 4 transposes, over 8 to 32 rows
 *   anything else (negative and zero strides)             word by word
 * Reads up to 12 bytes beyond a run of unit stride in the source; writes nothing but the elements. Alignment: 4.
 */
export function f32_copy(p: usize, begin: i32, end: i32): void {
  const source = <usize>word(p, COPY_SOURCE);
  const target = <usize>word(p, COPY_TARGET);
  const rows = word(p, COPY_SIZES + 4);
  const columns = word(p, COPY_SIZES + 5);
  const sourceRow = word(p, COPY_SOURCE_STRIDES + 4);
  const sourceColumn = word(p, COPY_SOURCE_STRIDES + 5);
  const targetRow = word(p, COPY_TARGET_STRIDES + 4);
  const targetColumn = word(p, COPY_TARGET_STRIDES + 5);
  const together = rowsTogether(targetRow);
  while (begin < end) {
    const outer = begin / rows;
    const row = begin - outer * rows;
    const count = min(rows - row, end - begin);
    let s = source + row * sourceRow + rowOffset(p, outer, COPY_SIZES, COPY_SOURCE_STRIDES);
    let t = target + row * targetRow + rowOffset(p, outer, COPY_SIZES, COPY_TARGET_STRIDES);
    if (targetColumn == 4 && sourceColumn == 4) {
      for (let i = 0; i < count; i++) {
        copyVectors(s, t, columns);
        s += sourceRow;
        t += targetRow;
      }
    } else if (targetColumn == 4 && sourceRow == 4) {
      for (let i = 0; i < count; i += together) {
        transposeRows(s, t, min(count - i, together), columns, sourceColumn, targetRow);
        s += 4 * together;
        t += together * targetRow;
      }
    } else {
      for (let i = 0; i < count; i++) {
        copyWords(s, t, columns, sourceColumn, targetColumn);
        s += sourceRow;
        t += targetRow;
      }
    }
    begin += count;
  }
}

// @ts-ignore: decorator
@inline
function copyVectors(s: usize, t: usize, columns: i32): void {
  let left = columns;
  for (; left >= 4; left -= 4) {
    v128.store(t, v128.load(s));
    s += 16;
    t += 16;
  }
  if (left > 0) storeLanes(t, v128.load(s), left);
}

// @ts-ignore: decorator
@inline
function copyWords(s: usize, t: usize, columns: i32, sourceColumn: i32, targetColumn: i32): void {
  for (let i = 0; i < columns; i++) {
    store<i32>(t, load<i32>(s));
    s += sourceColumn;
    t += targetColumn;
  }
}

/**
 * Rows that are transposed together: half a cache line of the source at least, two lines if those of the target then stay in the first-level
 * cache. Lines 4096 bytes apart share 8 places there, those apart by odd multiples of 4096 / k share 8 k: half of them are for the rows.
 */
// @ts-ignore: decorator
@inline
function rowsTogether(targetRow: i32): i32 {
  return max(8, min(16384 >> ctz(targetRow | 4096), 32));
}

/** `count` (1…32) rows of the target from `columns` columns of the source, in blocks of 4 × 4. */
// @ts-ignore: decorator
@inline
function transposeRows(s: usize, t: usize, count: i32, columns: i32, sourceColumn: i32, targetRow: i32): void {
  for (let left = columns; left > 0; left -= 4) {
    let from = s;
    let to = t;
    for (let rows = count; rows > 0; rows -= 4) {
      if (rows >= 4 && left >= 4) transpose4(from, to, sourceColumn, targetRow);
      else transposeCorner(from, to, rows, left, sourceColumn, targetRow);
      from += 16;
      to += 4 * targetRow;
    }
    s += 4 * sourceColumn;
    t += 16;
  }
}

// @ts-ignore: decorator
@inline
function transpose4(s: usize, t: usize, sourceColumn: i32, targetRow: i32): void {
  const a = v128.load(s);
  const b = v128.load(s + sourceColumn);
  const c = v128.load(s + 2 * sourceColumn);
  const d = v128.load(s + 3 * sourceColumn);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(t, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(t + targetRow, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(t + 2 * targetRow, v128.shuffle<i64>(ab2, cd2, 0, 2));
  v128.store(t + 3 * targetRow, v128.shuffle<i64>(ab2, cd2, 1, 3));
}

/** The first `rows` rows and `columns` columns of a block; where there are 4 or more of either, 4. */
// @ts-ignore: decorator
@inline
function transposeCorner(s: usize, t: usize, rows: i32, columns: i32, sourceColumn: i32, targetRow: i32): void {
  const a = v128.load(s);
  const b = columns > 1 ? v128.load(s + sourceColumn) : a;
  const c = columns > 2 ? v128.load(s + 2 * sourceColumn) : a;
  const d = columns > 3 ? v128.load(s + 3 * sourceColumn) : a;
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  storeLanes(t, v128.shuffle<i64>(ab, cd, 0, 2), columns);
  if (rows > 1) storeLanes(t + targetRow, v128.shuffle<i64>(ab, cd, 1, 3), columns);
  if (rows > 2) {
    const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    storeLanes(t + 2 * targetRow, v128.shuffle<i64>(ab2, cd2, 0, 2), columns);
    if (rows > 3) storeLanes(t + 3 * targetRow, v128.shuffle<i64>(ab2, cd2, 1, 3), columns);
  }
}
