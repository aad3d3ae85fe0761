// Every kind of source gives the same model; native files and ONNX.
import { assert } from 'chai';
import type { Source } from '../../../src/platform/node/index.js';
import { noise, smallInput } from './inputs.js';
import { type TestContext, test } from './test.js';

/** small.safetensors from this source computes what it computes from its bytes. */
async function sameAsBytes(t: TestContext, source: Source): Promise<void> {
  const input = smallInput();
  const expected = (await (await t.load('small.safetensors')).run({ input })).logits!;
  const { logits } = await (await t.loadFrom(source)).run({ input });
  assert.deepEqual(logits, expected);
}

test('load: a Uint8Array', [], async (t) => {
  const model = await t.load('small.safetensors');
  assert.equal(model.name, 'small');
  assert.deepEqual(model.inputs, [{ name: 'input', shape: [1, 3, 4, 4], layout: 'NCHW', dtype: 'f32' }]);
  assert.deepEqual(model.outputs, [{ name: 'logits', shape: [1, 2], layout: 'row-major', dtype: 'f32' }]);
  assert.deepEqual(model.labels, ['cat', 'dog "é"']);
  assert.equal(model.license, 'MIT');
});

test('load: a view at an odd offset of a larger buffer', [], async (t) => {
  const bytes = await t.bytes('small.safetensors');
  const larger = new Uint8Array(bytes.length + 13).fill(7);
  larger.set(bytes, 3);
  await sameAsBytes(t, larger.subarray(3, 3 + bytes.length));
});

test('load: an ArrayBuffer', [], async (t) => sameAsBytes(t, (await t.bytes('small.safetensors')).buffer));

test('load: a Response', [], async (t) => sameAsBytes(t, await t.response('small.safetensors')));

test('load: a Response made of bytes', [], async (t) => sameAsBytes(t, new Response(await t.bytes('small.safetensors'))));

test('load: an address as text', [], (t) => sameAsBytes(t, t.fixtureUrl('small.safetensors')));

test('load: a URL', [], (t) => sameAsBytes(t, new URL(t.fixtureUrl('small.safetensors'))));

test('load: a path', ['files'], (t) => sameAsBytes(t, t.path('small.safetensors')));

test('load: a file: URL', ['files'], (t) => sameAsBytes(t, new URL(`file://${t.path('small.safetensors')}`)));

test('load: the bytes stay the caller’s and unchanged', [], async (t) => {
  const bytes = await t.bytes('small.safetensors');
  const before = bytes.slice();
  await t.loadFrom(bytes);
  assert.deepEqual(bytes, before);
  await sameAsBytes(t, bytes);
});

test('load: an ONNX file gives what the native file gives', [], async (t) => {
  const input = smallInput();
  const expected = (await (await t.load('small.safetensors', { variant: 'simd' })).run({ input })).logits!;
  const model = await t.load('small.onnx', { variant: 'simd' });
  assert.deepEqual(model.labels, ['cat', 'dog "é"']);
  assert.deepEqual((await model.run({ input })).logits, expected);
});

test('load: an ONNX file by address, with its data in a file beside it', [], async (t) => {
  const x = noise(48, 2);
  const expected = (await (await t.load('inside.onnx')).run({ x })).y;
  assert.deepEqual((await (await t.loadFrom(t.fixtureUrl('beside.onnx'))).run({ x })).y, expected);
  await t.rejects(() => t.load('beside.onnx'), 'bad-file', /load the model by its path or address/);
});

test('load: an ONNX file by path, with its data in a file beside it', ['files'], async (t) => {
  const x = noise(48, 2);
  const expected = (await (await t.load('inside.onnx')).run({ x })).y;
  assert.deepEqual((await (await t.loadFrom(t.path('beside.onnx'))).run({ x })).y, expected);
});

test('load: shapes settle what an ONNX file leaves open', [], async (t) => {
  const one = await t.load('open-batch.onnx');
  assert.deepEqual(one.inputs[0]!.shape, [1, 3, 4, 4]);
  const three = await t.load('open-batch.onnx', { shapes: { x: [3, 3, 4, 4] } });
  const x = noise(144, 3);
  const together = (await three.run({ x })).y!;
  assert.deepEqual(together.shape, [3, 4, 4, 4]);
  for (let i = 0; i < 3; i++) {
    const alone = (await one.run({ x: x.slice(48 * i, 48 * i + 48) })).y!;
    assert.deepEqual(together.data.slice(64 * i, 64 * i + 64), alone.data);
  }
});

test('load: ten at a time', [], async (t) => {
  const bytes = await t.bytes('resnet20.safetensors');
  const models = await Promise.all(Array.from({ length: 10 }, () => t.loadFrom(bytes)));
  const input = noise(3072, 4);
  const results = await Promise.all(models.map((model) => model.run({ [model.inputs[0]!.name]: input })));
  for (const result of results) assert.deepEqual(result, results[0]);
});
