// The bundled network, VGG-16 HetConv P4 for CIFAR-10, against what PyTorch computed from the same weights.
import { assert } from 'chai';
import type { LoadOptions } from '../../../src/platform/node/index.js';
import { type TestContext, test } from './test.js';

const CLASSES = 10;

/** Logits of all golden pictures, and how far they are from PyTorch's. */
async function goldenLogits(t: TestContext, options: LoadOptions) {
  const model = await t.load('vgg.safetensors', options);
  const [input, expected] = await Promise.all([t.floats('golden.input'), t.floats('golden.logits')]);
  const size = 3 * 32 * 32;
  const logits = new Float32Array(expected.length);
  for (let i = 0; i < logits.length / CLASSES; i++) {
    const outputs = await model.run({ [model.inputs[0]!.name]: input.subarray(size * i, size * i + size) });
    logits.set(outputs[model.outputs[0]!.name]!.data, CLASSES * i);
  }
  const worst = logits.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  return { model, logits, worst };
}

test('goldens: simd, within 1e-4 of PyTorch, the same bits on every platform', [], async (t) => {
  const { model, logits, worst } = await goldenLogits(t, { variant: 'simd' });
  assert.equal(model.variant, 'simd');
  assert.lengthOf(logits, 320);
  assert.isAtMost(worst, 1e-4);
  t.agree('simd logits', logits);
});

test('goldens: relaxed, within 1e-4 of PyTorch', ['relaxed'], async (t) => {
  const { model, worst } = await goldenLogits(t, { variant: 'relaxed' });
  assert.equal(model.variant, 'relaxed');
  assert.isAtMost(worst, 1e-4);
});

test('goldens: what the loader chooses, without Winograd, within 1e-4 of PyTorch', [], async (t) => {
  const { worst } = await goldenLogits(t, { accuracy: 'direct' });
  assert.isAtMost(worst, 1e-4);
});

test('goldens: the card’s multiply-accumulates and parameters', [], async (t) => {
  const { total } = (await t.load('vgg.safetensors')).cost();
  assert.deepEqual(
    [total.macs / 1e6, (total.macs + total.adds) / 1e6].map((value) => value.toFixed(2)),
    ['105.85', '106.12'],
  );
  assert.equal(total.parameters, 5_176_650);
});
