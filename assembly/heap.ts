// A heap of ranks, the greatest first: what picks the best of many elements.
//   rank: sortable bits of the element (high word) | 2^31 - 1 - its index (low word), so that of equals the first is greatest

/** `flip`: 0, or -1 to make the smallest elements the greatest. NaN ranks as the greatest element. */
export function rankOf(x: f32, index: i32, flip: i32): i64 {
  // -0 becomes 0; negative numbers descend as their magnitudes grow.
  const bits = reinterpret<i32>(x + 0);
  const key = x == x ? bits ^ ((bits >> 31) & i32.MAX_VALUE) : i32.MAX_VALUE;
  return ((<i64>(key ^ flip)) << 32) | <i64>(i32.MAX_VALUE - index);
}

// @ts-ignore: decorator
@inline
export function indexOf(rank: i64): i32 {
  return i32.MAX_VALUE - <i32>rank;
}

/** Makes a heap of `size` ranks in any order. */
export function heapify(heap: usize, size: i32): void {
  for (let at = (size >> 1) - 1; at >= 0; at--) siftDown(heap, size, at);
}

/** Moves the rank at place `at` down to where it belongs. */
export function siftDown(heap: usize, size: i32, at: i32): void {
  const moved = load<i64>(heap + (<usize>at << 3));
  for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
    let best = load<i64>(heap + (<usize>child << 3));
    if (child + 1 < size) {
      const other = load<i64>(heap + (<usize>child << 3), 8);
      if (other > best) {
        best = other;
        child++;
      }
    }
    if (best <= moved) break;
    store<i64>(heap + (<usize>at << 3), best);
    at = child;
  }
  store<i64>(heap + (<usize>at << 3), moved);
}

/** Takes the greatest rank out of a heap, which then has one rank less. */
export function takeGreatest(heap: usize, size: i32): i64 {
  const greatest = load<i64>(heap);
  store<i64>(heap, load<i64>(heap + (<usize>(size - 1) << 3)));
  siftDown(heap, size - 1, 0);
  return greatest;
}
