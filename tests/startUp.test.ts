// What makes models start quickly and must not creep back. Counts, for times depend on the machine.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import { loadedBy } from './support/distribution.js';

const MODEL = resolve('models/vgg16-cifar10-p4/model.safetensors');

test('a native model loads and runs with the scripts that the entry imports at once, and no others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hetconv-start-'));
  try {
    const { files } = await loadedBy('dist/node.js', false);
    for (const file of [...files.keys(), 'dist/simd.wasm', 'dist/relaxed.wasm']) copyFileSync(file, join(folder, basename(file)));
    const program = `
      const { readFileSync } = await import('node:fs');
      const { loadModel } = await import('./node.js');
      const model = await loadModel(readFileSync(${JSON.stringify(MODEL)}));
      const { logits } = await model.run({ input: new Float32Array(3072) });
      console.log(logits.data.length);`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' });
    assert.equal(printed, '10\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
