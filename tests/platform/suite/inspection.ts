// What a model says of itself: the binary that runs, layers, cost, memory, times.
import { assert } from 'chai';
import { smallInput } from './inputs.js';
import { test } from './test.js';

test('variants: the probe takes relaxed SIMD where the engine computes it', ['relaxed'], async (t) => {
  assert.equal((await t.load('small.safetensors')).variant, 'relaxed');
  assert.equal((await t.load('small.safetensors', { variant: 'relaxed' })).variant, 'relaxed');
});

test('variants: simd is there on every platform', [], async (t) => {
  const model = await t.load('small.safetensors', { variant: 'simd' });
  assert.equal(model.variant, 'simd');
  assert.equal(model.describe().variant, 'simd');
});

test('variants: without relaxed SIMD simd runs, and asking for relaxed says what is missing', [], async (t) => {
  if (!t.environment.limits.relaxed) return;
  assert.equal((await t.load('small.safetensors')).variant, 'simd');
  const error = await t.load('small.safetensors', { variant: 'relaxed' }).then(
    () => assert.fail('it went well'),
    (reason) => reason,
  );
  // Where the caller gives the binaries, a missing one is the caller's mistake.
  assert.include(['unsupported-platform', 'bad-option'], error.code);
  assert.match(error.message, /relaxed/);
});

test('describe: layers, kernels and memory', [], async (t) => {
  const model = await t.load('small.safetensors', { variant: 'simd' });
  const { name, layers, total, memory, permutes, findings } = model.describe();
  assert.equal(name, 'small');
  assert.equal(permutes, 0);
  assert.deepEqual(findings, []);
  assert.isAbove(layers.length, 2);
  assert.isTrue(layers.some(({ kernels }) => kernels.length > 0));
  assert.isAtMost(memory.largestLiveSet, memory.activations);
  assert.isAtMost(memory.activations, memory.total);
  assert.equal(
    layers.reduce((sum, { macs }) => sum + macs, 0),
    total.macs,
  );
});

test('cost: by the definition of the layers', [], async (t) => {
  const { total } = (await t.load('small.safetensors')).cost();
  // conv1, conv2 (3 × 3 on half of the channels, 1 × 1 on the others), logits.
  assert.equal(total.macs, 16 * 4 * 27 + 16 * 4 * (2 * 9 + 2) + 2 * 16);
  assert.equal(total.parameters, 108 + 4 + 72 + 8 + 32 + 2);
});

test('findings: HetConv hidden in an ONNX file is found', [], async (t) => {
  for (const name of ['a.onnx', 'c.onnx', 'e.onnx']) {
    const model = await t.load(name);
    assert.isAbove(model.describe().findings.length, 0, name);
    assert.isTrue(
      model.describe().layers.some(({ op }) => op === 'hetConv'),
      name,
    );
  }
});

test('profile: a time for each layer', [], async (t) => {
  const model = await t.load('resnet20.safetensors');
  const input = { [model.inputs[0]!.name]: new Float32Array(3072) };
  const layers = await model.profile(input, { runs: 5 });
  assert.isAbove(layers.length, 20);
  assert.isTrue(layers.every(({ ms }) => ms >= 0));
  await t.rejects(() => model.profile(input, { runs: 0 }), 'bad-option', /runs/);
  const small = await t.load('small.safetensors');
  await t.rejects(() => small.profile({ input: smallInput().subarray(1) }), 'bad-input', /47/);
});
