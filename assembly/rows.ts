// Reading a record, and finding a row by its number: what the kernels that walk up to 6 axes share.

/** The word at `offset` of the record at `p`. */
// @ts-ignore: decorator
@inline
export function word(p: usize, offset: i32): i32 {
  return load<i32>(p + ((<usize>offset) << 2));
}

/** Byte offset of position `index` of the four outermost axes; `sizes` and `strides` are the first words of their tables. */
// @ts-ignore: decorator
@inline
export function rowOffset(p: usize, index: i32, sizes: i32, strides: i32): i32 {
  let offset = 0;
  for (let axis = 3; axis >= 0; axis--) {
    const size = word(p, sizes + axis);
    const quotient = index / size;
    offset += (index - quotient * size) * word(p, strides + axis);
    index = quotient;
  }
  return offset;
}
