// hetconv/inline beside the platform's own entry: the same results, and in words what it lacks.
import { assert } from 'chai';
import type { LoadOptions } from '../../../src/platform/node/index.js';
import { smallInput } from './inputs.js';
import { test } from './test.js';

/** Pictures whose decoders are not inside, by the decoder's name. */
const REFUSED = { jpeg: 'baseline.jpg', webp: 'lossy.webp' };

test('inline: computes what the platform’s own entry does', ['inline'], async (t) => {
  const inline = await t.inline();
  const input = smallInput();
  const options: LoadOptions = { variant: 'simd' };
  const expected = await (await t.load('small.safetensors', options)).run({ input });
  assert.deepEqual(await (await inline.load('small.safetensors', options)).run({ input }), expected);
  const address = t.fixtureUrl('small.onnx');
  assert.deepEqual(await (await inline.loadFrom(address, options)).run({ input }), expected);
});

test('inline: a picture that it cannot decode is refused in words, and the next PNG is right', ['inline'], async (t) => {
  const inline = await t.inline();
  const model = await inline.load('segmenter.safetensors');
  const png = await t.bytes('palette8.png');
  const expected = (await (await t.load('segmenter.safetensors')).prepare(png)).tensor;
  for (const [codec, name] of Object.entries(REFUSED)) {
    const picture = await t.bytes(name);
    const words = new RegExp(`decodes PNG only, not ${codec}: .*RGBA.*codecs: \\{ ${codec}: .*another entry`);
    for (const prepare of [() => model.prepare(picture), () => model.run({ image: picture })])
      await inline.rejects(prepare, 'unsupported-platform', words);
    assert.deepEqual((await model.prepare(png)).tensor, expected);
  }
});

test('inline: decodes with the decoders that it is given', ['inline'], async (t) => {
  const inline = await t.inline();
  const own = await t.load('segmenter.safetensors');
  for (const [codec, name] of Object.entries(REFUSED)) {
    const binary = await (await fetch(t.url(`node_modules/hetconv/dist/${codec}.wasm`))).arrayBuffer();
    const model = await inline.load('segmenter.safetensors', { codecs: { [codec]: await WebAssembly.compile(binary) } });
    const picture = await t.bytes(name);
    assert.deepEqual((await model.prepare(picture)).tensor, (await own.prepare(picture)).tensor);
  }
});

test('inline: has no workers', ['inline'], async (t) => {
  const inline = await t.inline();
  for (const source of [await t.bytes('small.safetensors'), t.fixtureUrl('small.safetensors')])
    await inline.rejects(() => inline.loadFrom(source, { worker: true }), 'unsupported-platform', /no workers.*without/);
});
