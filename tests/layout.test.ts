// How pictures with a halo lie: what is halo and what is not, and that the cache has room for what a window reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { haloRanges, layoutOf } from '../src/plan/layout.js';
import { MANY_CHANNELS } from './cases/testCase.js';

const HALO = { top: 1, left: 1, bottom: 1, right: 1 };
const CHANNELS = [1, 3, 16, 64, 100, MANY_CHANNELS, 192, 2 * MANY_CHANNELS, 384, 512, 640, 1024, 2048];

test('pixels and halo share no element and leave none out', () => {
  for (const channels of CHANNELS) {
    const shape = [2, channels, 3, 4];
    const layout = layoutOf(shape, { top: 2, left: 0, bottom: 1, right: 3 });
    const [image = 0, , row = 0, column = 0] = layout.strides;
    const uses = new Uint8Array(layout.size);
    const use = (begin: number, count: number) => {
      assert.ok(begin >= 0 && begin + count <= layout.size, `${channels} channels: outside of the storage`);
      for (let i = begin; i < begin + count; i++) uses[i]!++;
    };
    for (let n = 0; n < 2; n++) {
      for (let y = 0; y < 3; y++) for (let x = 0; x < 4; x++) use(layout.origin + n * image + y * row + x * column, channels);
    }
    for (const [offset, bytes] of haloRanges(shape, layout)) use(offset / 4, bytes / 4);
    assert.ok(
      uses.every((count) => count === 1),
      `${channels} channels`,
    );
  }
});

test('rows are shifted for many channels, as the case lists take for granted, and not for few', () => {
  const gap = (channels: number) => layoutOf([1, channels, 5, 6], HALO).strides[2]! - 8 * channels;
  assert.ok(gap(MANY_CHANNELS) > 0);
  for (const channels of [1, 3, 16, 64, 100]) assert.equal(gap(channels), 0);
});

/** Lines of 64 bytes that a tile of 4 pixels reads through a window of 3×3, by the places that they compete for: 64 sets of 8. */
function mostInOneSet([, , row = 0, column = 0]: readonly number[]): number {
  const lines = new Set<number>();
  for (let y = 0; y < 3; y++) for (let x = 0; x < 6; x++) lines.add(Math.floor((4 * (y * row + x * column)) / 64));
  const sets = new Array<number>(64).fill(0);
  for (const line of lines) sets[line % 64]!++;
  return Math.max(...sets);
}

test('what a window reads finds room in a cache of 32 KiB with 8 ways, whatever the width', () => {
  for (const channels of CHANNELS) {
    for (let width = 1; width <= 64; width++) {
      const { strides } = layoutOf([1, channels, 8, width], HALO);
      assert.ok(mostInOneSet(strides) <= 6, `${channels} channels, ${width} pixels`);
    }
  }
  assert.equal(mostInOneSet([0, 1, 16 * 1024, 1024]), 18, 'unshifted');
});
