// Winograd's minimal filtering F(m×m, 3×3) (Lavin & Gray, CVPR 2016, arXiv 1509.09308), m = 2 or 4: the transforms. What lies between
// them, one matrix product for each of the (m+2)² positions of a tile, is the run-list kernel's (conv.ts).
//
//   input [pixel][channel] ──► V [position][tile][channel] ──► run lists ──► M [position][tile][filter] ──► output [pixel][filter]
//
// The rows of G are scaled so that its centre column is 1 at the inner positions (1 … m in both directions) and 0 elsewhere.
// A kernel that has only a centre tap thus is itself at the inner positions and nothing at the others: HetConv's 1×1 kernels stay
// untransformed, and cost what they cost without Winograd. The scale comes back with the output, (1/2)² or (1/12)².
//
//   m = 2   Bᵀ 1  0 -1  0   G  2  0  0   Aᵀ 1  1 -1  0        m = 4   Bᵀ 4  0 -5  0  1  0   G   3   0   0   Aᵀ 1 -2  2  1 -1  0
//              0  1  1  0      1  1  1      0  1  1 -1                   0 -4 -4  1  1  0       1   1   1      0 -2 -2  2  2  0
//              0 -1  1  0     -1  1 -1                                   0  4 -4 -1  1  0      -1   1  -1      0 -2  2  4 -4  0
//              0  1  0 -1      0  0  2                                   0 -2 -1  2  1  0      1/2  1   2      0 -2 -2  8  8  1
//                                                                        0  2 -1 -2  1  0     -1/2  1  -2
//                                                                        0  4  0 -5  0  1       0   0  12
import * as abi from '../abi';
import { clamp, storeLanes } from '../simd';

/** Channels of a cache line: a block of them goes through both passes together. */
// @ts-ignore: decorator
@inline
const LINE: usize = 64;

/** Work item: a tile of 2×2 outputs. Reads whole vectors of channels, writes `WINOGRAD_TILE` bytes at each of 16 positions. */
export function f32_winograd_input_2x2(p: usize, begin: i32, end: i32): void {
  transformInput(p, begin, end, 4);
}

/** Work item: a tile of 4×4 outputs. Reads whole vectors of channels, writes `WINOGRAD_TILE` bytes at each of 36 positions. */
export function f32_winograd_input_4x4(p: usize, begin: i32, end: i32): void {
  transformInput(p, begin, end, 6);
}

/** V = Bᵀ d B of each tile, a line of channels at a time: columns to the scratch [row][column][channel], then its rows to V. */
// @ts-ignore: decorator
@inline
function transformInput(p: usize, begin: i32, end: i32, size: i32): void {
  const image = <usize>load<u32>(p, abi.WINOGRAD_IMAGE << 2);
  const transformed = <usize>load<u32>(p, abi.WINOGRAD_TRANSFORMED << 2);
  const tileBytes = <usize>load<u32>(p, abi.WINOGRAD_TILE << 2);
  const position = <usize>load<u32>(p, abi.WINOGRAD_POSITION << 2);
  const row = <usize>load<u32>(p, abi.WINOGRAD_ROW << 2);
  const pixel = <usize>load<u32>(p, abi.WINOGRAD_PIXEL << 2);
  const scratch = <usize>load<u32>(p, abi.WINOGRAD_SCRATCH << 2);
  const channelBytes = <usize>load<u32>(p, abi.WINOGRAD_CHANNELS << 2) << 2;
  const across = <usize>size * LINE;
  let tile = <usize>load<u32>(p, abi.WINOGRAD_TILES << 2) + <usize>begin * (abi.WINOGRAD_TILE_WORDS << 2);
  let target = transformed + <usize>begin * tileBytes;
  for (let item = begin; item < end; item++, tile += abi.WINOGRAD_TILE_WORDS << 2, target += tileBytes) {
    const window = image + <usize>load<u32>(tile, abi.WINOGRAD_TILE_INPUT << 2);
    for (let first: usize = 0; first < channelBytes; first += LINE) {
      const bytes = min(LINE, channelBytes - first);
      for (let column = 0; column < size; column++) {
        let from = window + first + <usize>column * pixel;
        let to = scratch + <usize>column * LINE;
        const stop = to + bytes;
        while (to < stop) {
          if (size == 4) input4(from, row, to, across);
          else input6(from, row, to, across);
          from += 16;
          to += 16;
        }
      }
      for (let line = 0; line < size; line++) {
        let from = scratch + <usize>line * across;
        let to = target + first + <usize>(line * size) * position;
        const stop = from + bytes;
        while (from < stop) {
          if (size == 4) input4(from, LINE, to, position);
          else input6(from, LINE, to, position);
          from += 16;
          to += 16;
        }
      }
    }
  }
}

/** Bᵀ of F(2, 3) on 4 vectors `step` bytes apart, to 4 vectors `targetStep` bytes apart. */
// @ts-ignore: decorator
@inline
function input4(from: usize, step: usize, to: usize, targetStep: usize): void {
  const d0 = v128.load(from);
  const d1 = v128.load(from + step);
  const d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step);
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + targetStep, f32x4.add(d1, d2));
  v128.store(to + 2 * targetStep, f32x4.sub(d2, d1));
  v128.store(to + 3 * targetStep, f32x4.sub(d1, d3));
}

/** Bᵀ of F(4, 3) on 6 vectors. */
// @ts-ignore: decorator
@inline
function input6(from: usize, step: usize, to: usize, targetStep: usize): void {
  const d0 = v128.load(from);
  const d1 = v128.load(from + step);
  const d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step);
  const d4 = v128.load(from + 4 * step);
  const d5 = v128.load(from + 5 * step);
  const four = f32x4.splat(4);
  const even = f32x4.sub(d4, d2);
  const odd = f32x4.sub(d3, d1);
  const odd2 = f32x4.add(odd, odd);
  const a = f32x4.sub(d4, f32x4.mul(d2, four));
  const b = f32x4.sub(d3, f32x4.mul(d1, four));
  v128.store(to, f32x4.add(f32x4.mul(f32x4.sub(d0, d2), four), even));
  v128.store(to + targetStep, f32x4.add(a, b));
  v128.store(to + 2 * targetStep, f32x4.sub(a, b));
  v128.store(to + 3 * targetStep, f32x4.add(even, odd2));
  v128.store(to + 4 * targetStep, f32x4.sub(even, odd2));
  v128.store(to + 5 * targetStep, f32x4.sub(f32x4.sub(d5, d3), f32x4.add(odd2, odd2)));
}

/**
 * Work item: a tile of 2×2 outputs, those of them inside the picture. The transformed product is scaled, the bias and the residual
 * are added, and it is clamped and stored: exactly WINOGRAD_CHANNELS filters.
 */
export function f32_winograd_output_2x2(p: usize, begin: i32, end: i32): void {
  transformOutput(p, begin, end, 4, 0.25);
}

/** The same for tiles of 4×4 outputs. */
export function f32_winograd_output_4x4(p: usize, begin: i32, end: i32): void {
  transformOutput(p, begin, end, 6, 1.0 / 144.0);
}

/** Aᵀ M A of each tile, a line of filters at a time: columns to the scratch [row][column][filter], then its rows to the output. */
// @ts-ignore: decorator
@inline
function transformOutput(p: usize, begin: i32, end: i32, size: i32, factor: f32): void {
  const image = <usize>load<u32>(p, abi.WINOGRAD_IMAGE << 2);
  const residualImage = <usize>load<u32>(p, abi.WINOGRAD_RESIDUAL << 2);
  const transformed = <usize>load<u32>(p, abi.WINOGRAD_TRANSFORMED << 2);
  const tileBytes = <usize>load<u32>(p, abi.WINOGRAD_TILE << 2);
  const position = <usize>load<u32>(p, abi.WINOGRAD_POSITION << 2);
  const row = <usize>load<u32>(p, abi.WINOGRAD_ROW << 2);
  const pixel = <usize>load<u32>(p, abi.WINOGRAD_PIXEL << 2);
  const residualRow = <usize>load<u32>(p, abi.WINOGRAD_RESIDUAL_ROW << 2);
  const residualPixel = <usize>load<u32>(p, abi.WINOGRAD_RESIDUAL_PIXEL << 2);
  const scratch = <usize>load<u32>(p, abi.WINOGRAD_SCRATCH << 2);
  const bias = <usize>load<u32>(p, abi.WINOGRAD_BIAS << 2);
  const channelBytes = <usize>load<u32>(p, abi.WINOGRAD_CHANNELS << 2) << 2;
  const low = v128.load32_splat(p, abi.WINOGRAD_MIN << 2);
  const high = v128.load32_splat(p, abi.WINOGRAD_MAX << 2);
  const across = <usize>size * LINE;
  const down = <usize>size * position;
  let tile = <usize>load<u32>(p, abi.WINOGRAD_TILES << 2) + <usize>begin * (abi.WINOGRAD_TILE_WORDS << 2);
  let source = transformed + <usize>begin * tileBytes;
  for (let item = begin; item < end; item++, tile += abi.WINOGRAD_TILE_WORDS << 2, source += tileBytes) {
    const outputs = image + <usize>load<u32>(tile, abi.WINOGRAD_TILE_OUTPUT << 2);
    const residuals = residualImage + <usize>load<u32>(tile, abi.WINOGRAD_TILE_RESIDUAL << 2);
    const rows = load<i32>(tile, abi.WINOGRAD_TILE_ROWS << 2);
    const columns = load<i32>(tile, abi.WINOGRAD_TILE_COLUMNS << 2);
    for (let first: usize = 0; first < channelBytes; first += LINE) {
      const bytes = min(LINE, channelBytes - first);
      for (let column = 0; column < size; column++) {
        let from = source + first + <usize>column * position;
        let to = scratch + <usize>column * LINE;
        const stop = to + bytes;
        while (to < stop) {
          if (size == 4) output4(from, down, to, across);
          else output6(from, down, to, across);
          from += 16;
          to += 16;
        }
      }
      for (let line = 0; line < rows; line++) {
        let from = scratch + <usize>line * across;
        let to = outputs + first + <usize>line * row;
        let residual = residualImage ? residuals + first + <usize>line * residualRow : 0;
        let added = bias + first;
        if (size == 6 && columns == 4 && bytes == LINE && !residualImage) {
          storeLine(from, bias + first, to, pixel, factor, low, high);
          continue;
        }
        for (let left = bytes; left > 0; left -= min(16, left)) {
          // The row's outputs take the place of its products, whose line nobody reads again.
          if (size == 4) output4(from, LINE, from, LINE);
          else output6(from, LINE, from, LINE);
          const b = v128.load(added);
          let output = to;
          const valueEnd = from + <usize>columns * LINE;
          if (residualImage) {
            let other = residual;
            for (let value = from; value < valueEnd; value += LINE) {
              const x = f32x4.add(f32x4.mul(v128.load(value), f32x4.splat(factor)), b);
              storeLanes(output, clamp(f32x4.add(x, v128.load(other)), low, high), <i32>(left >> 2));
              other += residualPixel;
              output += pixel;
            }
          } else {
            for (let value = from; value < valueEnd; value += LINE) {
              const x = f32x4.add(f32x4.mul(v128.load(value), f32x4.splat(factor)), b);
              storeLanes(output, clamp(x, low, high), <i32>(left >> 2));
              output += pixel;
            }
          }
          from += 16;
          to += 16;
          added += 16;
          if (residualImage) residual += 16;
        }
      }
    }
  }
}

/** A row of 4 whole outputs, the most frequent case: from the products of a line to the picture without a detour. */
// @ts-ignore: decorator
@inline
function storeLine(from: usize, bias: usize, to: usize, pixel: usize, factor: f32, low: v128, high: v128): void {
  const scale = f32x4.splat(factor);
  const two = f32x4.splat(2);
  const four = f32x4.splat(4);
  for (const stop = from + LINE; from < stop; from += 16) {
    const m1 = v128.load(from, 64);
    const m2 = v128.load(from, 128);
    const m3 = v128.load(from, 192);
    const m4 = v128.load(from, 256);
    const a = f32x4.mul(f32x4.sub(m2, m1), two);
    const b = f32x4.mul(f32x4.add(m1, m2), two);
    const c = f32x4.sub(m3, m4);
    const d = f32x4.mul(f32x4.add(m3, m4), two);
    const added = v128.load(bias);
    const x0 = f32x4.add(v128.load(from), f32x4.add(a, c));
    const x1 = f32x4.sub(d, b);
    const x2 = f32x4.add(a, f32x4.mul(c, four));
    const x3 = f32x4.add(f32x4.sub(f32x4.mul(d, four), b), v128.load(from, 320));
    v128.store(to, clamp(f32x4.add(f32x4.mul(x0, scale), added), low, high));
    v128.store(to + pixel, clamp(f32x4.add(f32x4.mul(x1, scale), added), low, high));
    v128.store(to + 2 * pixel, clamp(f32x4.add(f32x4.mul(x2, scale), added), low, high));
    v128.store(to + 3 * pixel, clamp(f32x4.add(f32x4.mul(x3, scale), added), low, high));
    to += 16;
    bias += 16;
  }
}

/** Aᵀ of F(2, 3) on 4 vectors `step` bytes apart, to 2 vectors `targetStep` bytes apart. */
// @ts-ignore: decorator
@inline
function output4(from: usize, step: usize, to: usize, targetStep: usize): void {
  const m0 = v128.load(from);
  const m1 = v128.load(from + step);
  const m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step);
  v128.store(to, f32x4.add(m0, f32x4.sub(m1, m2)));
  v128.store(to + targetStep, f32x4.sub(f32x4.add(m1, m2), m3));
}

/** Aᵀ of F(4, 3) on 6 vectors, to 4. */
// @ts-ignore: decorator
@inline
function output6(from: usize, step: usize, to: usize, targetStep: usize): void {
  const m0 = v128.load(from);
  const m1 = v128.load(from + step);
  const m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step);
  const m4 = v128.load(from + 4 * step);
  const m5 = v128.load(from + 5 * step);
  const two = f32x4.splat(2);
  const a = f32x4.mul(f32x4.sub(m2, m1), two);
  const b = f32x4.mul(f32x4.add(m1, m2), two);
  const c = f32x4.sub(m3, m4);
  const d = f32x4.mul(f32x4.add(m3, m4), two);
  v128.store(to, f32x4.add(m0, f32x4.add(a, c)));
  v128.store(to + targetStep, f32x4.sub(d, b));
  v128.store(to + 2 * targetStep, f32x4.add(a, f32x4.mul(c, f32x4.splat(4))));
  v128.store(to + 3 * targetStep, f32x4.add(f32x4.sub(f32x4.mul(d, f32x4.splat(4)), b), m5));
}

/**
 * Work item: the 3×3 kernels of 8 filters on one channel. Source [channel][9 taps][8 filters]; target: a stream of channels of 8 filters
 * at each of 16 positions, `WEIGHTS_POSITION` bytes apart. Source and target are 16-byte aligned.
 */
export function f32_winograd_weights_2x2(p: usize, begin: i32, end: i32): void {
  transformWeights(p, begin, end, 4);
}

/** The same for 36 positions. */
export function f32_winograd_weights_4x4(p: usize, begin: i32, end: i32): void {
  transformWeights(p, begin, end, 6);
}

/** G g Gᵀ: columns to the scratch [row][column], then its rows to the target. */
// @ts-ignore: decorator
@inline
function transformWeights(p: usize, begin: i32, end: i32, size: i32): void {
  const position = <usize>load<u32>(p, abi.WEIGHTS_POSITION << 2);
  const scratch = <usize>load<u32>(p, abi.WEIGHTS_SCRATCH << 2);
  let source = <usize>load<u32>(p, abi.WEIGHTS_SOURCE << 2) + <usize>begin * (9 << 5);
  let target = <usize>load<u32>(p, abi.WEIGHTS_TARGET << 2) + (<usize>begin << 5);
  for (let channel = begin; channel < end; channel++, source += 9 << 5, target += 32) {
    for (let half: usize = 0; half < 32; half += 16) {
      for (let column = 0; column < 3; column++) {
        const from = source + half + (<usize>column << 5);
        const to = scratch + (<usize>column << 4);
        if (size == 4) weights4(from, 3 << 5, to, 48);
        else weights6(from, 3 << 5, to, 48);
      }
      for (let line = 0; line < size; line++) {
        const from = scratch + <usize>(line * 48);
        const to = target + half + <usize>(line * size) * position;
        if (size == 4) weights4(from, 16, to, position);
        else weights6(from, 16, to, position);
      }
    }
  }
}

/** G of F(2, 3) on 3 vectors `step` bytes apart, to 4 vectors `targetStep` bytes apart. */
// @ts-ignore: decorator
@inline
function weights4(from: usize, step: usize, to: usize, targetStep: usize): void {
  const g0 = v128.load(from);
  const g1 = v128.load(from + step);
  const g2 = v128.load(from + 2 * step);
  const sum = f32x4.add(g0, g2);
  v128.store(to, f32x4.add(g0, g0));
  v128.store(to + targetStep, f32x4.add(g1, sum));
  v128.store(to + 2 * targetStep, f32x4.sub(g1, sum));
  v128.store(to + 3 * targetStep, f32x4.add(g2, g2));
}

/** G of F(4, 3) on 3 vectors, to 6. */
// @ts-ignore: decorator
@inline
function weights6(from: usize, step: usize, to: usize, targetStep: usize): void {
  const g0 = v128.load(from);
  const g1 = v128.load(from + step);
  const g2 = v128.load(from + 2 * step);
  const sum = f32x4.add(g0, g2);
  const skew = f32x4.add(f32x4.mul(g0, f32x4.splat(0.5)), f32x4.add(g2, g2));
  v128.store(to, f32x4.mul(g0, f32x4.splat(3)));
  v128.store(to + targetStep, f32x4.add(g1, sum));
  v128.store(to + 2 * targetStep, f32x4.sub(g1, sum));
  v128.store(to + 3 * targetStep, f32x4.add(g1, skew));
  v128.store(to + 4 * targetStep, f32x4.sub(g1, skew));
  v128.store(to + 5 * targetStep, f32x4.mul(g2, f32x4.splat(12)));
}
