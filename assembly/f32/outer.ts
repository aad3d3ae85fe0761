// Positions of the outer axes of a reduction, shared by reductions, arg max and softmax.
import * as abi from '../abi';

/** Byte offset of outer position `index`; `strides` is the first word of the four strides. */
// @ts-ignore: decorator
@inline
export function outerOffset(p: usize, index: i32, strides: usize): usize {
  let offset = 0;
  for (let axis: usize = 16; axis > 0; ) {
    axis -= 4;
    const size = load<i32>(p + axis, abi.REDUCE_OUTER << 2);
    const rest = index / size;
    offset += (index - rest * size) * load<i32>(p + axis + (strides << 2));
    index = rest;
  }
  return <usize>offset;
}

/** Stores the first `count` lanes, `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeApart(address: usize, x: v128, count: i32, step: usize): void {
  v128.store_lane<f32>(address, x, 0);
  if (count > 1) v128.store_lane<f32>(address + step, x, 1);
  if (count > 2) v128.store_lane<f32>(address + 2 * step, x, 2);
  if (count > 3) v128.store_lane<f32>(address + 3 * step, x, 3);
}
