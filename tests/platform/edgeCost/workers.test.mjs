// The workers that are measured, on workerd: the entry that has less computes the same, and says what it leaves out.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { install } from '../install.mjs';

install();
const [{ makeProject }, { bundleWorker }, { startWorkerd }] = await Promise.all([
  import('./project.mjs'),
  import('../examples/workerBundle.mjs'),
  import('../workerd.mjs'),
]);

describe('hetconv/workerd/native', () => {
  let project;
  before(async () => {
    project = await makeProject();
  });

  async function answerOf(script, init) {
    const workerd = await startWorkerd(bundleWorker(project.root, script), project.assets);
    try {
      return await (await fetch(workerd.url, init)).json();
    } finally {
      await workerd.stop();
    }
  }

  it('computes what hetconv does', async () => {
    const [full, less] = [
      await answerOf('hetconv.js', { method: 'POST' }),
      await answerOf('hetconvNative.js', { method: 'POST' }),
    ];
    assert.equal(full.length, 10);
    assert.deepEqual(less, full);
  });

  it('classifies pixels, and says what it leaves out', async () => {
    copyFileSync('models/vgg16-cifar10-p4/model.safetensors', join(project.assets, 'model.safetensors'));
    const { classes, weights, worker, ...refusals } = await answerOf('native.js');
    assert.equal(classes, 5);
    // No entry of workerd takes these.
    assert.match(weights, /^bad-file: .*hetconv convert/);
    assert.match(worker, /^unsupported-platform: there are no workers here/);
    assert.deepEqual(Object.keys(refusals), ['onnx', 'notConverted', 'encoded', 'tune', 'simd']);
    for (const [what, told] of Object.entries(refusals)) {
      assert.match(told, /^unsupported-platform: hetconv\/workerd\/native .+, or import hetconv\/workerd$/, what);
    }
  });
});
