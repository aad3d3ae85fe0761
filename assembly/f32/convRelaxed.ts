// The run-list micro-kernel for binaries with fused multiply-add: more accumulators hide its latency. conv.ts draws the layout.
import * as abi from '../abi';
import { madd } from '../simd';
import { finish8, TILE4, tile4x8 } from './conv';

// @ts-ignore: decorator
@inline
const TILE6: usize = 6 * 3 * 4;

/** 6 pixels by 8 filters, then tiles of 4 pixels, with which fewer pixels repeat. */
export function f32_conv_6x8(p: usize, begin: i32, end: i32): void {
  const input = <usize>load<u32>(p, abi.CONV_INPUT << 2);
  const outputBase = <usize>load<u32>(p, abi.CONV_OUTPUT << 2);
  const residualBase = <usize>load<u32>(p, abi.CONV_RESIDUAL << 2);
  const tiles = <usize>load<u32>(p, abi.CONV_TILES << 2);
  const tilesEnd = tiles + <usize>load<u32>(p, abi.CONV_TILE_COUNT << 2) * TILE6;
  const tailEnd = tilesEnd + <usize>load<u32>(p, abi.CONV_TAIL_COUNT << 2) * TILE4;
  const low = v128.load32_splat(p, abi.CONV_MIN << 2);
  const high = v128.load32_splat(p, abi.CONV_MAX << 2);
  const blockBytes = <usize>load<u32>(p, abi.CONV_BLOCK << 2) * TILE6;
  const panels = <usize>load<u32>(p, abi.CONV_PANELS << 2);
  const panelsEnd = panels + <usize>end * (abi.PANEL_WORDS << 2);
  let block = tiles;
  do {
    const blockEnd = min(block + blockBytes, tilesEnd);
    for (let panel = panels + <usize>begin * (abi.PANEL_WORDS << 2); panel < panelsEnd; panel += abi.PANEL_WORDS << 2) {
      const weights = <usize>load<u32>(panel, abi.PANEL_WEIGHTS << 2);
      const bias = <usize>load<u32>(panel, abi.PANEL_BIAS << 2);
      const runs = <usize>load<u32>(panel, abi.PANEL_RUNS << 2);
      const runsEnd = runs + <usize>load<u32>(panel, abi.PANEL_RUN_COUNT << 2) * (abi.RUN_WORDS << 2);
      const channel = <usize>load<u32>(panel, abi.PANEL_CHANNEL << 2);
      const filters = load<i32>(panel, abi.PANEL_FILTERS << 2);
      const halves = runsEnd;
      const halvesEnd = halves + <usize>load<u32>(panel, abi.PANEL_HALF_RUN_COUNT << 2) * (abi.RUN_WORDS << 3);
      const halfBytes = (halvesEnd - halves) >> 1;
      const square = load<i32>(panel, abi.PANEL_SQUARE << 2);
      const output = outputBase + channel;
      const residual = residualBase ? residualBase + channel : 0;
      for (let tile = block; tile < blockEnd; tile += TILE6) {
        const pixel0 = input + <usize>load<u32>(tile);
        const pixel1 = input + <usize>load<u32>(tile, 4);
        const pixel2 = input + <usize>load<u32>(tile, 8);
        const pixel3 = input + <usize>load<u32>(tile, 12);
        const pixel4 = input + <usize>load<u32>(tile, 16);
        const pixel5 = input + <usize>load<u32>(tile, 20);
        let a0 = v128.load(bias);
        let b0 = v128.load(bias, 16);
        let a1 = a0;
        let b1 = b0;
        let a2 = a0;
        let b2 = b0;
        let a3 = a0;
        let b3 = b0;
        let a4 = a0;
        let b4 = b0;
        let a5 = a0;
        let b5 = b0;
        for (let run = runs; run < runsEnd; run += abi.RUN_WORDS << 2) {
          let w = weights + <usize>load<u32>(run, abi.RUN_WEIGHTS << 2);
          const offset = <usize>load<u32>(run, abi.RUN_OFFSET << 2);
          let x0 = pixel0 + offset;
          let x1 = pixel1 + offset;
          let x2 = pixel2 + offset;
          let x3 = pixel3 + offset;
          let x4 = pixel4 + offset;
          let x5 = pixel5 + offset;
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
            const s4 = v128.load32_splat(x4);
            a4 = madd(a4, s4, wa);
            b4 = madd(b4, s4, wb);
            const s5 = v128.load32_splat(x5);
            a5 = madd(a5, s5, wa);
            b5 = madd(b5, s5, wb);
            w += 32;
            x0 += 4;
            x1 += 4;
            x2 += 4;
            x3 += 4;
            x4 += 4;
            x5 += 4;
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
              a4 = madd(a4, v128.load32_splat(pixel4 + at), wa);
              a5 = madd(a5, v128.load32_splat(pixel5 + at), wa);
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
              b4 = madd(b4, v128.load32_splat(pixel4 + at), wa);
              b5 = madd(b5, v128.load32_splat(pixel5 + at), wa);
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
                const v4 = v128.load(pixel4 + at);
                a4 = madd(a4, v128.shuffle<i32>(v4, v4, 0, 0, 2, 2), even);
                a4 = madd(a4, v128.shuffle<i32>(v4, v4, 1, 1, 3, 3), odd);
                const v5 = v128.load(pixel5 + at);
                a5 = madd(a5, v128.shuffle<i32>(v5, v5, 0, 0, 2, 2), even);
                a5 = madd(a5, v128.shuffle<i32>(v5, v5, 1, 1, 3, 3), odd);
                w += 32;
              } else {
                const wa = v128.load(w);
                a0 = madd(a0, v128.load(pixel0 + at), wa);
                a1 = madd(a1, v128.load(pixel1 + at), wa);
                a2 = madd(a2, v128.load(pixel2 + at), wa);
                a3 = madd(a3, v128.load(pixel3 + at), wa);
                a4 = madd(a4, v128.load(pixel4 + at), wa);
                a5 = madd(a5, v128.load(pixel5 + at), wa);
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
            const c4 = a4;
            a4 = b4;
            b4 = c4;
            const c5 = a5;
            a5 = b5;
            b5 = c5;
          }
        }
        const r0 = residual ? residual + <usize>load<u32>(tile, 48) : 0;
        const r1 = residual ? residual + <usize>load<u32>(tile, 52) : 0;
        const r2 = residual ? residual + <usize>load<u32>(tile, 56) : 0;
        const r3 = residual ? residual + <usize>load<u32>(tile, 60) : 0;
        const r4 = residual ? residual + <usize>load<u32>(tile, 64) : 0;
        const r5 = residual ? residual + <usize>load<u32>(tile, 68) : 0;
        finish8(output + <usize>load<u32>(tile, 24), r0, low, high, filters, a0, b0);
        finish8(output + <usize>load<u32>(tile, 28), r1, low, high, filters, a1, b1);
        finish8(output + <usize>load<u32>(tile, 32), r2, low, high, filters, a2, b2);
        finish8(output + <usize>load<u32>(tile, 36), r3, low, high, filters, a3, b3);
        finish8(output + <usize>load<u32>(tile, 40), r4, low, high, filters, a4, b4);
        finish8(output + <usize>load<u32>(tile, 44), r5, low, high, filters, a5, b5);
      }
      if (blockEnd < tilesEnd) continue;
      for (let tile = tilesEnd; tile < tailEnd; tile += TILE4) {
        tile4x8(tile, input, weights, bias, runs, runsEnd, halvesEnd, square, output, residual, filters, low, high);
      }
    }
    block += blockBytes;
  } while (block < tilesEnd);
}
