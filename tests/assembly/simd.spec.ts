// The vector helpers that every kernel is made of.
import { clamp, madd, storeLanes } from '../../assembly/simd';

function equal(a: v128, b: v128): bool {
  return i8x16.all_true(i8x16.eq(a, b));
}

describe('madd', () => {
  test('is c + a * b in each lane', () => {
    const sum = madd(f32x4(1, 2, 3, 4), f32x4(0.5, -1, 8, 0), f32x4(4, 3, 0.25, Infinity));
    expect(f32x4.extract_lane(sum, 0)).toBe(3);
    expect(f32x4.extract_lane(sum, 1)).toBe(-1);
    expect(f32x4.extract_lane(sum, 2)).toBe(5);
    expect(isNaN(f32x4.extract_lane(sum, 3))).toBeTruthy('0 x infinity is NaN');
  });

  test('rounds the product first where the binary has no relaxed SIMD', () => {
    const a = f32x4.splat(1 + f32.EPSILON);
    const minusSquare = f32x4.splat(-(1 + 2 * f32.EPSILON));
    expect(equal(madd(minusSquare, a, a), f32x4.splat(0))).toBeTruthy();
  });
});

describe('clamp', () => {
  test('holds each lane between the bounds', () => {
    const x = f32x4(-Infinity, -0.5, 6.5, Infinity);
    expect(equal(clamp(x, f32x4.splat(-1), f32x4.splat(6)), f32x4(-1, -0.5, 6, 6))).toBeTruthy();
  });

  test('changes nothing between infinite bounds', () => {
    const x = f32x4(f32.MIN_VALUE, -f32.MAX_VALUE, -0.0, Infinity);
    expect(equal(clamp(x, f32x4.splat(-Infinity), f32x4.splat(Infinity)), x)).toBeTruthy();
  });

  test('keeps NaN', () => {
    const y = clamp(f32x4(NaN, 0, NaN, 9), f32x4.splat(0), f32x4.splat(6));
    expect(isNaN(f32x4.extract_lane(y, 0))).toBeTruthy();
    expect(isNaN(f32x4.extract_lane(y, 2))).toBeTruthy();
    expect(f32x4.extract_lane(y, 3)).toBe(6);
  });
});

describe('storeLanes', () => {
  test('writes the first `count` lanes and not a byte beyond', () => {
    const address = heap.alloc(32);
    for (let count = 1; count <= 4; count++) {
      memory.fill(address, 0xa5, 32);
      storeLanes(address, f32x4(1, 2, 3, 4), count);
      for (let lane = 0; lane < 8; lane++) {
        const word = load<u32>(address + 4 * lane);
        const expected = lane < count ? reinterpret<u32>(<f32>(lane + 1)) : 0xa5a5a5a5;
        expect(word).toBe(expected, 'lane ' + lane.toString() + ' of ' + count.toString());
      }
    }
    heap.free(address);
  });
});
