// The k greatest or smallest elements along an axis, in order, and where they lie.
import * as abi from '../abi';
import { heapify, indexOf, rankOf, siftDown, takeGreatest } from '../heap';
import { rowOffset, word } from '../rows';

/**
 * Work item: one line along the axis, with any strides. Of equals the first comes first; NaN counts as greatest. Each item has k words of
 * 8 bytes of its own: a heap of the elements taken, with the one to be given up first at the top.
 */
export function f32_top_k(p: usize, begin: i32, end: i32): void {
  const lines = word(p, abi.TOPK_SIZES + 4);
  const count = word(p, abi.TOPK_COUNT);
  const k = word(p, abi.TOPK_K);
  const flip = word(p, abi.TOPK_FLIP);
  const step = <usize>word(p, abi.TOPK_INPUT_STEP);
  for (let item = begin; item < end; item++) {
    const outer = item / lines;
    const line = item - outer * lines;
    const input = address(p, abi.TOPK_INPUT, abi.TOPK_INPUT_STRIDES, outer, line);
    const values = address(p, abi.TOPK_VALUES, abi.TOPK_VALUE_STRIDES, outer, line);
    const indices = address(p, abi.TOPK_INDICES, abi.TOPK_INDEX_STRIDES, outer, line);
    const heap = <usize>word(p, abi.TOPK_HEAP) + <usize>item * (<usize>k << 3);
    // Ranks inverted: the top of the heap is the last in order.
    let x = input;
    let i = 0;
    for (; i < k; i++, x += step) store<i64>(heap + (<usize>i << 3), ~rankOf(load<f32>(x), i, flip));
    heapify(heap, k);
    for (; i < count; i++, x += step) {
      const rank = ~rankOf(load<f32>(x), i, flip);
      if (rank < load<i64>(heap)) {
        store<i64>(heap, rank);
        siftDown(heap, k, 0);
      }
    }
    for (let left = k; left > 0; left--) {
      const index = indexOf(~takeGreatest(heap, left));
      store<i32>(values + (left - 1) * word(p, abi.TOPK_VALUE_STEP), load<i32>(input + <usize>index * step));
      store<i32>(indices + (left - 1) * word(p, abi.TOPK_INDEX_STEP), index);
    }
  }
}

/** Where line `line` of the outer axes' position `outer` begins. */
// @ts-ignore: decorator
@inline
function address(p: usize, base: i32, strides: i32, outer: i32, line: i32): usize {
  return <usize>(word(p, base) + rowOffset(p, outer, abi.TOPK_SIZES, strides) + line * word(p, strides + 4));
}
