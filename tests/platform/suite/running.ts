// Tensors in, tensors out: results, runs in flight, what numbers can be, disposal.
import { assert } from 'chai';
import { flag, noise, smallInput } from './inputs.js';
import { test } from './test.js';

test('run: the same bits on every platform (simd)', [], async (t) => {
  const model = await t.load('small.safetensors', { variant: 'simd' });
  const { logits } = await model.run({ input: smallInput() });
  t.agree('logits', logits!.data);
});

test('run: a residual network, the same bits on every platform (simd)', [], async (t) => {
  for (const accuracy of ['direct', 'standard', 'fast'] as const) {
    const model = await t.load('resnet20.safetensors', { variant: 'simd', accuracy });
    const outputs = await model.run({ [model.inputs[0]!.name]: noise(3072, 5) });
    t.agree(accuracy, outputs[model.outputs[0]!.name]!.data);
  }
});

test('run: takes a tensor of its shape, and runSync gives the same', [], async (t) => {
  const model = await t.load('small.safetensors');
  const data = smallInput();
  const { logits } = await model.run({ input: { shape: [1, 3, 4, 4], data } });
  assert.deepEqual(model.runSync({ input: data }).logits, logits);
});

test('run: integers come out as integers', [], async (t) => {
  const model = await t.load('indices.safetensors');
  assert.equal(model.outputs[0]!.dtype, 'i32');
  const image = new Float32Array(3 * 24 * 32).fill(1, 24 * 32, 2 * 24 * 32);
  const { data } = (await model.run({ image })).y!;
  assert.instanceOf(data, Int32Array);
  assert.isTrue(data.every((index) => index === 1));
});

test('run: inputs are not changed', [], async (t) => {
  const model = await t.load('small.safetensors');
  const input = smallInput();
  await model.run({ input });
  assert.deepEqual(input, smallInput());
});

test('run: results are the caller’s own', [], async (t) => {
  const model = await t.load('small.safetensors');
  const { logits } = await model.run({ input: smallInput(1) });
  const kept = logits!.data.slice();
  await model.run({ input: smallInput(2) });
  assert.deepEqual(logits!.data, kept);
});

test('run: `into` fills given arrays', [], async (t) => {
  const model = await t.load('small.safetensors');
  const logits = new Float32Array(2);
  const result = model.runSync({ input: smallInput() }, { into: { logits } });
  assert.strictEqual(result.logits!.data, logits);
  assert.deepEqual(logits, model.runSync({ input: smallInput() }).logits!.data);
  await t.rejects(
    () => model.run({ input: smallInput() }, { into: { logits: new Float32Array(3) } }),
    'bad-input',
    /into\.logits/,
  );
});

test('run: a hundred runs in flight of three models never mix', [], async (t) => {
  const models = await Promise.all(['small.safetensors', 'other.safetensors', 'small.safetensors'].map((name) => t.load(name)));
  const inputs = Array.from({ length: 100 }, (_, i) => smallInput(i));
  const alone = models.map((model) => inputs.map((input) => model.runSync({ input }).logits));
  const together = await Promise.all(
    models.map(async (model) => (await Promise.all(inputs.map((input) => model.run({ input })))).map(({ logits }) => logits)),
  );
  assert.deepEqual(together, alone);
  assert.notDeepEqual(alone[0], alone[1]);
});

test('run: runs in flight while others load and are disposed of', [], async (t) => {
  const model = await t.load('small.safetensors');
  const bytes = await t.bytes('resnet20.safetensors');
  const expected = model.runSync({ input: smallInput() }).logits!.data;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      const other = await t.loadFrom(bytes);
      await other.run({ [other.inputs[0]!.name]: new Float32Array(3072) });
      other.dispose();
      assert.deepEqual((await model.run({ input: smallInput() })).logits!.data, expected);
    }),
  );
});

test('run: NaN and infinities are computed and leave nothing behind', [], async (t) => {
  const model = await t.load('small.safetensors', { variant: 'simd' });
  const expected = model.runSync({ input: smallInput() }).logits!.data;
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, 1e-45]) {
    model.runSync({ input: smallInput().fill(value) });
    assert.deepEqual(model.runSync({ input: smallInput() }).logits!.data, expected);
  }
  const poisoned = smallInput();
  poisoned[5] = Number.NaN;
  assert.isTrue(Array.from(model.runSync({ input: poisoned }).logits!.data).some(Number.isNaN));
});

test('run: denormal numbers are kept, the same on every platform', [], async (t) => {
  const model = await t.load('inside.onnx', { variant: 'simd' });
  const { data } = (await model.run({ x: noise(48, 6).map((value) => value * 2 ** -135) })).y!;
  assert.isTrue(data.some((value) => value !== 0 && Math.abs(value) < 2 ** -126));
  t.agree('denormals', data);
});

test('run: wrong inputs are refused, and the next good run is right', [], async (t) => {
  const model = await t.load('small.safetensors');
  const input = smallInput();
  const expected = model.runSync({ input }).logits!.data;
  const wrong: [unknown, RegExp][] = [
    [{}, /"input".*missing/],
    [null, /object/],
    [{ image: input }, /"input".*missing/],
    [{ input, image: input }, /no input "image"/],
    [{ input: input.subarray(1) }, /47/],
    [{ input: new Float64Array(48) }, /another type/],
    [{ input: [1, 2, 3] }, /another type/],
    [{ input: { shape: [1, 4, 4, 3], data: input } }, /shape \[1,4,4,3\]/],
  ];
  for (const [inputs, message] of wrong) {
    await t.rejects(() => model.run(inputs as Record<string, Float32Array>), 'bad-input', message);
    assert.deepEqual(model.runSync({ input }).logits!.data, expected);
  }
});

test('dispose: the model says so, the others go on', [], async (t) => {
  const [gone, stays] = [await t.load('small.safetensors'), await t.load('small.safetensors')];
  gone.dispose();
  gone.dispose();
  await t.rejects(() => gone.run({ input: smallInput() }), 'disposed', /load it again/);
  await t.rejects(() => gone.runSync({ input: smallInput() }), 'disposed', /load it again/);
  await t.rejects(() => gone.classify(flag(1, 1)), 'disposed', /load it again/);
  assert.lengthOf(stays.runSync({ input: smallInput() }).logits!.data, 2);
});

test('dispose: thirty rounds of load, run and dispose', [], async (t) => {
  const bytes = await t.bytes('resnet20.safetensors');
  for (let round = 0; round < 30; round++) {
    const model = await t.environment.hetconv.loadModel(bytes);
    await model.run({ [model.inputs[0]!.name]: new Float32Array(3072) });
    model.dispose();
  }
});
