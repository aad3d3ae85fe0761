// The run-list micro-kernel: standard, HetConv, grouped, pointwise, transposed and fully connected layers in one loop nest.
//
//   record ── TILES  ─► tile: input offset of each pixel | output offset of each pixel | residual offset of each pixel
//          └─ PANELS ─► panel: WEIGHTS, BIAS, RUNS, RUN_COUNT, CHANNEL, FILTERS
//                              │               └─► run: OFFSET from the pixel, BYTES of consecutive channels, where its WEIGHTS begin
//                              └─► for each channel of a run, in order: the weights of the panel's filters
//
// Where classes are narrower than a panel, halves of it (4 filters) have runs of their own behind the panel's, as many for either
// half: first the left one's, then the right one's, without channels where there is no right half. The weights of a half's runs
// follow each other. They are, by SQUARE,
//
//   0  for each channel the weights of the half's filters: one class, or several with zeros between
//   2  two classes of 2 channels and 2 filters: those of c0 c0 c2 c2, then of c1 c1 c3 c3; a run is 4 channels, whatever its BYTES
//   1  four classes of 1 channel and 1 filter: those of c0 c1 c2 c3; a run is 4 channels, whatever its BYTES
//
// Loop order: block of tiles > panel > tile > run > channel. A work item is a panel. The sum of an output starts at the bias and adds the
// runs in their order, then the residual; it is clamped and stored. Weights are 16-byte aligned; reads stay within
// 64 bytes behind a pixel's last channel, stores are exact. The last tile repeats its last pixel: a residual must not
// share memory with the output.
import * as abi from '../abi';
import { clamp, madd, storeLanes } from '../simd';

// @ts-ignore: decorator
@inline
export const TILE4: usize = 4 * 3 * 4;
// @ts-ignore: decorator
@inline
const TILE1: usize = 3 * 4;

/** Adds the residual of one pixel, clamps and stores its up to 8 filters. */
// @ts-ignore: decorator
@inline
export function finish8(output: usize, residual: usize, low: v128, high: v128, filters: i32, x: v128, y: v128): void {
  if (residual) {
    x = f32x4.add(x, v128.load(residual));
    y = f32x4.add(y, v128.load(residual, 16));
  }
  x = clamp(x, low, high);
  y = clamp(y, low, high);
  if (filters >= 8) {
    v128.store(output, x);
    v128.store(output, y, 16);
  } else {
    storeLanes(output, x, filters);
    if (filters > 4) storeLanes(output + 16, y, filters - 4);
  }
}

/** One tile of 4 pixels by 8 filters; `output` and `residualBase` count from the panel's first filter. */
// @ts-ignore: decorator
@inline
export function tile4x8(
  tile: usize,
  input: usize,
  weights: usize,
  bias: usize,
  runs: usize,
  runsEnd: usize,
  halvesEnd: usize,
  square: i32,
  output: usize,
  residual: usize,
  filters: i32,
  low: v128,
  high: v128,
): void {
  const halves = runsEnd;
  const halfBytes = (halvesEnd - halves) >> 1;
  const pixel0 = input + <usize>load<u32>(tile);
  const pixel1 = input + <usize>load<u32>(tile, 4);
  const pixel2 = input + <usize>load<u32>(tile, 8);
  const pixel3 = input + <usize>load<u32>(tile, 12);
  let a0 = v128.load(bias);
  let b0 = v128.load(bias, 16);
  let a1 = a0;
  let b1 = b0;
  let a2 = a0;
  let b2 = b0;
  let a3 = a0;
  let b3 = b0;
  for (let run = runs; run < runsEnd; run += abi.RUN_WORDS << 2) {
    let w = weights + <usize>load<u32>(run, abi.RUN_WEIGHTS << 2);
    const offset = <usize>load<u32>(run, abi.RUN_OFFSET << 2);
    let x0 = pixel0 + offset;
    let x1 = pixel1 + offset;
    let x2 = pixel2 + offset;
    let x3 = pixel3 + offset;
    const stop = x0 + <usize>load<u32>(run, abi.RUN_BYTES << 2);
    while (x0 < stop) {
      const wa = v128.load(w);
      const wb = v128.load(w, 16);
      const s0 = v128.load32_splat(x0);
      a0 = madd(a0, s0, wa);
      b0 = madd(b0, s0, wb);
      const s1 = v128.load32_splat(x1);
      a1 = madd(a1, s1, wa);
      b1 = madd(b1, s1, wb);
      const s2 = v128.load32_splat(x2);
      a2 = madd(a2, s2, wa);
      b2 = madd(b2, s2, wb);
      const s3 = v128.load32_splat(x3);
      a3 = madd(a3, s3, wa);
      b3 = madd(b3, s3, wb);
      w += 32;
      x0 += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
    }
  }
  // Narrow classes: the halves of the panel have channels of their own. Run by run in turn: while the sums of one half wait for each
  // other, those of the other half go on.
  if (square == 0 && halves < halvesEnd) {
    let left = weights + <usize>load<u32>(halves, abi.RUN_WEIGHTS << 2);
    let right = weights + <usize>load<u32>(halves + halfBytes, abi.RUN_WEIGHTS << 2);
    for (let run = halves, runEnd = halves + halfBytes; run < runEnd; run += abi.RUN_WORDS << 2) {
      let at = <usize>load<u32>(run, abi.RUN_OFFSET << 2);
      let stop = at + <usize>load<u32>(run, abi.RUN_BYTES << 2);
      for (; at != stop; at += 4) {
        const wa = v128.load(left);
        a0 = madd(a0, v128.load32_splat(pixel0 + at), wa);
        a1 = madd(a1, v128.load32_splat(pixel1 + at), wa);
        a2 = madd(a2, v128.load32_splat(pixel2 + at), wa);
        a3 = madd(a3, v128.load32_splat(pixel3 + at), wa);
        left += 16;
      }
      at = <usize>load<u32>(run + halfBytes, abi.RUN_OFFSET << 2);
      stop = at + <usize>load<u32>(run + halfBytes, abi.RUN_BYTES << 2);
      for (; at != stop; at += 4) {
        const wa = v128.load(right);
        b0 = madd(b0, v128.load32_splat(pixel0 + at), wa);
        b1 = madd(b1, v128.load32_splat(pixel1 + at), wa);
        b2 = madd(b2, v128.load32_splat(pixel2 + at), wa);
        b3 = madd(b3, v128.load32_splat(pixel3 + at), wa);
        right += 16;
      }
    }
  } else {
    for (let half = halves; half < halvesEnd; half += halfBytes) {
      let w = weights + <usize>load<u32>(half, abi.RUN_WEIGHTS << 2);
      for (let run = half, runEnd = half + halfBytes; run < runEnd; run += abi.RUN_WORDS << 2) {
        const at = <usize>load<u32>(run, abi.RUN_OFFSET << 2);
        if (square == 2) {
          const even = v128.load(w);
          const odd = v128.load(w, 16);
          const v0 = v128.load(pixel0 + at);
          a0 = madd(a0, v128.shuffle<i32>(v0, v0, 0, 0, 2, 2), even);
          a0 = madd(a0, v128.shuffle<i32>(v0, v0, 1, 1, 3, 3), odd);
          const v1 = v128.load(pixel1 + at);
          a1 = madd(a1, v128.shuffle<i32>(v1, v1, 0, 0, 2, 2), even);
          a1 = madd(a1, v128.shuffle<i32>(v1, v1, 1, 1, 3, 3), odd);
          const v2 = v128.load(pixel2 + at);
          a2 = madd(a2, v128.shuffle<i32>(v2, v2, 0, 0, 2, 2), even);
          a2 = madd(a2, v128.shuffle<i32>(v2, v2, 1, 1, 3, 3), odd);
          const v3 = v128.load(pixel3 + at);
          a3 = madd(a3, v128.shuffle<i32>(v3, v3, 0, 0, 2, 2), even);
          a3 = madd(a3, v128.shuffle<i32>(v3, v3, 1, 1, 3, 3), odd);
          w += 32;
        } else {
          const wa = v128.load(w);
          a0 = madd(a0, v128.load(pixel0 + at), wa);
          a1 = madd(a1, v128.load(pixel1 + at), wa);
          a2 = madd(a2, v128.load(pixel2 + at), wa);
          a3 = madd(a3, v128.load(pixel3 + at), wa);
          w += 16;
        }
      }
      const c0 = a0;
      a0 = b0;
      b0 = c0;
      const c1 = a1;
      a1 = b1;
      b1 = c1;
      const c2 = a2;
      a2 = b2;
      b2 = c2;
      const c3 = a3;
      a3 = b3;
      b3 = c3;
    }
  }
  const r0 = residual ? residual + <usize>load<u32>(tile, 32) : 0;
  const r1 = residual ? residual + <usize>load<u32>(tile, 36) : 0;
  const r2 = residual ? residual + <usize>load<u32>(tile, 40) : 0;
  const r3 = residual ? residual + <usize>load<u32>(tile, 44) : 0;
  finish8(output + <usize>load<u32>(tile, 16), r0, low, high, filters, a0, b0);
  finish8(output + <usize>load<u32>(tile, 20), r1, low, high, filters, a1, b1);
  finish8(output + <usize>load<u32>(tile, 24), r2, low, high, filters, a2, b2);
  finish8(output + <usize>load<u32>(tile, 28), r3, low, high, filters, a3, b3);
}

/** 4 pixels by 8 filters. */
export function f32_conv_4x8(p: usize, begin: i32, end: i32): void {
  const input = <usize>load<u32>(p, abi.CONV_INPUT << 2);
  const outputBase = <usize>load<u32>(p, abi.CONV_OUTPUT << 2);
  const residualBase = <usize>load<u32>(p, abi.CONV_RESIDUAL << 2);
  const tiles = <usize>load<u32>(p, abi.CONV_TILES << 2);
  const tilesEnd = tiles + <usize>load<u32>(p, abi.CONV_TILE_COUNT << 2) * TILE4;
  const blockBytes = <usize>load<u32>(p, abi.CONV_BLOCK << 2) * TILE4;
  const low = v128.load32_splat(p, abi.CONV_MIN << 2);
  const high = v128.load32_splat(p, abi.CONV_MAX << 2);
  const panels = <usize>load<u32>(p, abi.CONV_PANELS << 2);
  const panelsEnd = panels + <usize>end * (abi.PANEL_WORDS << 2);
  for (let block = tiles; block < tilesEnd; block += blockBytes) {
    const blockEnd = min(block + blockBytes, tilesEnd);
    for (let panel = panels + <usize>begin * (abi.PANEL_WORDS << 2); panel < panelsEnd; panel += abi.PANEL_WORDS << 2) {
      const weights = <usize>load<u32>(panel, abi.PANEL_WEIGHTS << 2);
      const bias = <usize>load<u32>(panel, abi.PANEL_BIAS << 2);
      const runs = <usize>load<u32>(panel, abi.PANEL_RUNS << 2);
      const runsEnd = runs + <usize>load<u32>(panel, abi.PANEL_RUN_COUNT << 2) * (abi.RUN_WORDS << 2);
      const channel = <usize>load<u32>(panel, abi.PANEL_CHANNEL << 2);
      const filters = load<i32>(panel, abi.PANEL_FILTERS << 2);
      const halvesEnd = runsEnd + <usize>load<u32>(panel, abi.PANEL_HALF_RUN_COUNT << 2) * (abi.RUN_WORDS << 3);
      const square = load<i32>(panel, abi.PANEL_SQUARE << 2);
      const output = outputBase + channel;
      const residual = residualBase ? residualBase + channel : 0;
      for (let tile = block; tile < blockEnd; tile += TILE4) {
        tile4x8(tile, input, weights, bias, runs, runsEnd, halvesEnd, square, output, residual, filters, low, high);
      }
    }
  }
}

/** 1 pixel by 16 filters: matrix-vector products, bound by the weights' way from memory. */
export function f32_conv_1x16(p: usize, begin: i32, end: i32): void {
  const input = <usize>load<u32>(p, abi.CONV_INPUT << 2);
  const outputBase = <usize>load<u32>(p, abi.CONV_OUTPUT << 2);
  const residualBase = <usize>load<u32>(p, abi.CONV_RESIDUAL << 2);
  const tiles = <usize>load<u32>(p, abi.CONV_TILES << 2);
  const tilesEnd = tiles + <usize>load<u32>(p, abi.CONV_TILE_COUNT << 2) * TILE1;
  const low = v128.load32_splat(p, abi.CONV_MIN << 2);
  const high = v128.load32_splat(p, abi.CONV_MAX << 2);
  let panel = <usize>load<u32>(p, abi.CONV_PANELS << 2) + <usize>begin * (abi.PANEL_WORDS << 2);
  for (let i = begin; i < end; i++, panel += abi.PANEL_WORDS << 2) {
    const weights = <usize>load<u32>(panel, abi.PANEL_WEIGHTS << 2);
    const bias = <usize>load<u32>(panel, abi.PANEL_BIAS << 2);
    const runs = <usize>load<u32>(panel, abi.PANEL_RUNS << 2);
    const runsEnd = runs + <usize>load<u32>(panel, abi.PANEL_RUN_COUNT << 2) * (abi.RUN_WORDS << 2);
    const channel = <usize>load<u32>(panel, abi.PANEL_CHANNEL << 2);
    const filters = load<i32>(panel, abi.PANEL_FILTERS << 2);
    for (let tile = tiles; tile < tilesEnd; tile += TILE1) {
      const pixel = input + <usize>load<u32>(tile);
      let a = v128.load(bias);
      let b = v128.load(bias, 16);
      let c = v128.load(bias, 32);
      let d = v128.load(bias, 48);
      for (let run = runs; run < runsEnd; run += abi.RUN_WORDS << 2) {
        let w = weights + <usize>load<u32>(run, abi.RUN_WEIGHTS << 2);
        let x = pixel + <usize>load<u32>(run, abi.RUN_OFFSET << 2);
        const stop = x + <usize>load<u32>(run, abi.RUN_BYTES << 2);
        while (x < stop) {
          const s = v128.load32_splat(x);
          a = madd(a, s, v128.load(w));
          b = madd(b, s, v128.load(w, 16));
          c = madd(c, s, v128.load(w, 32));
          d = madd(d, s, v128.load(w, 48));
          w += 64;
          x += 4;
        }
      }
      const output = outputBase + channel + <usize>load<u32>(tile, 4);
      const residual = residualBase ? residualBase + channel + <usize>load<u32>(tile, 8) : 0;
      finish8(output, residual, low, high, filters, a, b);
      if (filters > 8) finish8(output + 32, residual ? residual + 32 : 0, low, high, filters - 8, c, d);
    }
  }
}
