// What a user downloads stays small.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadedBy } from './support/distribution.js';

describe('size', () => {
  for (const file of ['dist/simd.wasm', 'dist/relaxed.wasm']) {
    it(`${file} is at most 64 KB`, () => {
      const { size } = statSync(file);
      assert.ok(size <= 64 * 1024, `${size} bytes`);
    });
  }

  it('the scripts that importing the package on Node loads are at most 60 KB', async () => {
    const { files } = await loadedBy('dist/node.js', false);
    const total = [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
    assert.ok(total <= 60 * 1024, `${total} bytes: ${[...files].map(([file, bytes]) => `${file} ${bytes}`).join(', ')}`);
  });
});
