// Every model under models/ gives the logits that PyTorch computed in f32 from the very weights that its file holds.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readSafetensors, type SafeTensor, toConstant } from '../src/formats/safetensors.js';
import { valuesOf } from '../src/graph/constant.js';
import { loadModel } from './support/nodeEntry.js';
import { binaryOf } from './support/runGraph.js';

const TOLERANCE = 1e-4;
const models = readdirSync('models').filter((name) => existsSync(`models/${name}/model.safetensors`));

test('there is a model', () => {
  assert.ok(models.length > 0);
});

for (const name of models) {
  const file = readFileSync(`models/${name}/model.safetensors`);
  const { tensors, metadata } = readSafetensors(readFileSync(`models/${name}/golden.safetensors`));
  const golden = (key: string): { tensor: SafeTensor; values: Float32Array } => {
    const tensor = tensors.get(key)!;
    return { tensor, values: valuesOf(toConstant(key, tensor), key) };
  };

  test(`${name}: goldens and card are of this file`, async () => {
    assert.equal(metadata.get('model'), `sha256:${createHash('sha256').update(file).digest('hex')}`);
    (await loadModel(`models/${name}/model.safetensors`, { integrity: 'card' })).dispose();
  });

  for (const variant of ['simd', 'relaxed'] as const) {
    const skip = binaryOf(variant) ? false : `Node ${process.versions.node} does not compile relaxed SIMD`;
    test(`${name}, ${variant}: logits within ${TOLERANCE} of PyTorch's`, { skip }, async () => {
      const model = await loadModel(file, { variant });
      const { tensor, values: inputs } = golden('input');
      const { values: expected } = golden('logits');
      const count = tensor.shape[0]!;
      assert.ok(count >= 32, `only ${count} pictures`);
      const size = inputs.length / count;
      const classes = expected.length / count;
      let worst = 0;
      for (let i = 0; i < count; i++) {
        const { data } = model.runSync({ [model.inputs[0]!.name]: inputs.slice(i * size, (i + 1) * size) })[
          model.outputs[0]!.name
        ]!;
        assert.equal(data.length, classes);
        for (let c = 0; c < classes; c++) worst = Math.max(worst, Math.abs(data[c]! - expected[i * classes + c]!));
      }
      assert.ok(worst <= TOLERANCE, `${worst} away`);
    });
  }
}
