// Runs the opcodes that engines are known to get wrong; src/runtime/variants.ts compares with scalar arithmetic.
//   record: a (4 x f32) | b (4 x f32) | c (4 x f32) | result: c + a * b as this binary computes it (4 x f32)
import { madd } from './simd';

export function probe(p: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) {
    const at = p + (<usize>i << 6);
    v128.store(at, madd(v128.load(at, 32), v128.load(at), v128.load(at, 16)), 48);
  }
}
