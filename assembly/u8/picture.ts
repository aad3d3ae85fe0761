// A picture on its way into a network, strip by strip, in the integers that Pillow computes with. All four kernels share one record.
//   strip: rows of RGBA    ─ over white, resized along the rows ─>  narrow: rows of RGBA, PICTURE_WIDTH pixels
//   narrow                 ─ weighed into the output rows ───────>  sums: 4 words a pixel, in 22-bit fixed point
//   sums of whole pictures ─ rounded, looked up ─────────────────>  planes of f32
// Weights are i32 with 22 fractional bits; those of one output sample, none negative, sum to less than 2^23: no sum of 255 times them
// overflows. A sum is rounded half up and clipped to 255. Rows of narrow and sums are padded to whole vectors.
import * as abi from '../abi';

// @ts-ignore: decorator
@inline
const HALF: i32 = 1 << (abi.PICTURE_FRACTION - 1);

// @ts-ignore: decorator
@inline
const TAPS_BYTES: usize = abi.TAPS_WORDS << 2;

/** Work item: 4 pixels of the strip, composited over white in place: 255 - round((255 - value) · alpha / 255). Alpha itself is lost. */
export function u8_over_white(p: usize, begin: i32, end: i32): void {
  const strip = <usize>load<u32>(p, abi.PICTURE_STRIP << 2);
  const last = strip + (<usize>end << 4);
  for (let at = strip + (<usize>begin << 4); at < last; at += 16) {
    const pixels = v128.load(at);
    if (i32x4.all_true(i32x4.ge_u(pixels, i32x4.splat(0xff000000)))) continue;
    const alpha = i8x16.shuffle(pixels, pixels, 3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15);
    const missing = v128.not(pixels);
    const low = over255(i16x8.extmul_low_i8x16_u(missing, alpha));
    const high = over255(i16x8.extmul_high_i8x16_u(missing, alpha));
    v128.store(at, v128.not(i8x16.narrow_i16x8_u(low, high)));
  }
}

/** round(n / 255) for n in 0…65025. */
// @ts-ignore: decorator
@inline
function over255(n: v128): v128 {
  const t = i16x8.add(n, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(t, i16x8.shr_u(t, 8)), 8);
}

/** Work item: a row of the strip, resized along itself. Reads whole taps only. */
export function u8_resize_columns(p: usize, begin: i32, end: i32): void {
  const stripRow = <usize>load<u32>(p, abi.PICTURE_STRIP_ROW << 2);
  const narrowRow = <usize>load<u32>(p, abi.PICTURE_NARROW_ROW << 2);
  const columns = <usize>load<u32>(p, abi.PICTURE_COLUMNS << 2);
  const columnsEnd = columns + <usize>load<u32>(p, abi.PICTURE_WIDTH << 2) * TAPS_BYTES;
  let source = <usize>load<u32>(p, abi.PICTURE_STRIP << 2) + <usize>begin * stripRow;
  let targetRow = <usize>load<u32>(p, abi.PICTURE_NARROW << 2) + <usize>begin * narrowRow;
  for (let item = begin; item < end; item++) {
    let target = targetRow;
    for (let taps = columns; taps < columnsEnd; taps += TAPS_BYTES) {
      let from = source + (<usize>load<u32>(taps, abi.TAPS_START << 2) << 2);
      let weights = columns + <usize>load<u32>(taps, abi.TAPS_WEIGHTS << 2);
      let left = load<i32>(taps, abi.TAPS_COUNT << 2);
      let a = i32x4.splat(HALF);
      let b = i32x4.splat(0);
      let c = i32x4.splat(0);
      let d = i32x4.splat(0);
      for (; left >= 4; left -= 4) {
        const first = v128.load_ext<u8>(from);
        const second = v128.load_ext<u8>(from, 8);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(first), v128.load32_splat(weights)));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(first), v128.load32_splat(weights, 4)));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(second), v128.load32_splat(weights, 8)));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(second), v128.load32_splat(weights, 12)));
        from += 16;
        weights += 16;
      }
      for (; left > 0; left--) {
        const pixel = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from)));
        a = i32x4.add(a, i32x4.mul(pixel, v128.load32_splat(weights)));
        from += 4;
        weights += 4;
      }
      const sum = i32x4.shr_u(i32x4.add(i32x4.add(a, b), i32x4.add(c, d)), abi.PICTURE_FRACTION);
      const words = i16x8.narrow_i32x4_u(sum, sum);
      v128.store_lane<u32>(target, i8x16.narrow_i16x8_u(words, words), 0);
      target += 4;
    }
    source += stripRow;
    targetRow += narrowRow;
  }
}

/** Work item: an output row. The rows of the strip that it reads are weighed and added to its sums. */
export function u8_resize_rows(p: usize, begin: i32, end: i32): void {
  const narrowRow = <usize>load<u32>(p, abi.PICTURE_NARROW_ROW << 2);
  const narrow = <usize>load<u32>(p, abi.PICTURE_NARROW << 2);
  const stripFirst = load<i32>(p, abi.PICTURE_STRIP_FIRST << 2);
  const stripEnd = stripFirst + load<i32>(p, abi.PICTURE_STRIP_ROWS << 2);
  const rows = <usize>load<u32>(p, abi.PICTURE_ROWS << 2);
  let sums = <usize>load<u32>(p, abi.PICTURE_SUMS << 2) + (<usize>begin * narrowRow << 2);
  let taps = rows + <usize>begin * TAPS_BYTES;
  for (let item = begin; item < end; item++, taps += TAPS_BYTES) {
    const start = load<i32>(taps, abi.TAPS_START << 2);
    const first = max(start, stripFirst);
    const count = min(start + load<i32>(taps, abi.TAPS_COUNT << 2), stripEnd) - first;
    const weights = rows + <usize>load<u32>(taps, abi.TAPS_WEIGHTS << 2) + (<usize>(first - start) << 2);
    const weightsEnd = weights + (<usize>max(count, 0) << 2);
    let source = narrow + <usize>(first - stripFirst) * narrowRow;
    const sourceEnd = source + narrowRow;
    for (; source < sourceEnd; source += 16) {
      let a = v128.load(sums);
      let b = v128.load(sums, 16);
      let c = v128.load(sums, 32);
      let d = v128.load(sums, 48);
      let from = source;
      for (let at = weights; at < weightsEnd; at += 4) {
        const weight = v128.load32_splat(at);
        const low = v128.load_ext<u8>(from);
        const high = v128.load_ext<u8>(from, 8);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), weight));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), weight));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), weight));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), weight));
        from += narrowRow;
      }
      v128.store(sums, a);
      v128.store(sums, b, 16);
      v128.store(sums, c, 32);
      v128.store(sums, d, 48);
      sums += 64;
    }
  }
}

/** Work item: an output row. Each of its sums becomes a level, and that the f32 that stands for it in the channel's table. */
export function u8_normalise(p: usize, begin: i32, end: i32): void {
  const width = <usize>load<u32>(p, abi.PICTURE_WIDTH << 2);
  const sumsRow = <usize>load<u32>(p, abi.PICTURE_NARROW_ROW << 2) << 2;
  const outputRow = <usize>load<u32>(p, abi.PICTURE_PLANE_ROW << 2);
  const levels = <usize>load<u32>(p, abi.PICTURE_LEVELS << 2);
  for (let channel: usize = 0; channel < 3; channel++) {
    const table = levels + (channel << 10);
    const plane = <usize>load<u32>(p + (channel << 2), abi.PICTURE_PLANES << 2);
    for (let item = <usize>begin; item < <usize>end; item++) {
      let from = <usize>load<u32>(p, abi.PICTURE_SUMS << 2) + item * sumsRow + (channel << 2);
      const row = plane + item * outputRow;
      const rowEnd = row + (width << 2);
      for (let to = row; to < rowEnd; to += 4) {
        const level = min((load<u32>(from) + HALF) >> abi.PICTURE_FRACTION, 255);
        store<f32>(to, load<f32>(table + (<usize>level << 2)));
        from += 16;
      }
    }
  }
}
