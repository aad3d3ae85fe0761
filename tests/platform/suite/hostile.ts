// What is wrong is refused with a stable code and a sentence, and costs little.
import { assert } from 'chai';
import type { ErrorCode, LoadOptions } from '../../../src/platform/node/index.js';
import { smallInput } from './inputs.js';
import { test } from './test.js';

const FILES: Readonly<Record<string, readonly [ErrorCode, RegExp]>> = {
  empty: ['bad-file', /empty/],
  'cut-header': ['bad-file', /truncated/],
  'cut-data': ['bad-file', /truncated/],
  longer: ['bad-file', /belong to no tensor/],
  'weights-alone': ['bad-file', /weights without their network.*hetconv convert/],
  'lying-length': ['bad-file', /at most 100000000/],
  'deep-json': ['bad-file', /not valid JSON/],
  html: ['bad-file', /HTML/],
  zeros: ['bad-file', /./],
  'newer-version': ['bad-version', /reads up to 1/],
  cycle: ['bad-graph', /cycle/],
  'unknown-op': ['unsupported-op', /no op "warp"/],
  'stride-zero': ['bad-attribute', /"stride"/],
  'wrong-channels': ['bad-shape', /takes 3 channels/],
  'a-billion': ['too-large', /elements/],
  'a-gigabyte': ['too-large', /maxMemory|elements/],
  'unknown-tensor': ['bad-graph', /which nothing defines/],
  'cut-onnx': ['bad-file', /./],
  'loop-onnx': ['unsupported-op', /Loop/],
  'outside-onnx': ['bad-file', /not inside the folder/],
};

test('hostile files: every one is refused by name, and the next good one loads', [], async (t) => {
  assert.sameMembers(await t.json<string[]>('hostile.json'), Object.keys(FILES));
  for (const [name, [code, message]] of Object.entries(FILES)) {
    await t.rejects(() => t.load(`hostile/${name}`), code, message);
  }
  const model = await t.load('small.safetensors');
  assert.lengthOf(model.runSync({ input: smallInput() }).logits!.data, 2);
});

test('hostile files: ONNX by address may not leave its folder', [], async (t) => {
  await t.rejects(() => t.loadFrom(t.fixtureUrl('hostile/outside-onnx')), 'bad-file', /not inside the folder/);
});

test('sources: 404 and HTML', [], async (t) => {
  await t.rejects(() => t.loadFrom(t.url('nowhere.safetensors')), 'not-found', /nowhere\.safetensors.*404/);
  await t.rejects(() => t.loadFrom(new Response('gone', { status: 410 })), 'not-found', /410/);
  await t.rejects(() => t.loadFrom(t.fixtureUrl('hostile/html')), 'bad-file', /HTML/);
});

test('sources: what is no source', [], async (t) => {
  for (const source of [undefined, null, 5, {}, [], new Date(0), Symbol('model')]) {
    await t.rejects(() => t.loadFrom(source as unknown as Uint8Array), 'bad-option', /./);
  }
});

test('sources: a Response that was read before', [], async (t) => {
  const response = await t.response('small.safetensors');
  await response.arrayBuffer();
  await t.rejects(() => t.loadFrom(response), 'bad-option', /read before/);
});

test('sources: an address where nobody answers', [], (t) =>
  t.rejects(() => t.loadFrom('http://127.0.0.1:9/small.safetensors'), 'not-found', /127\.0\.0\.1/),
);

test('sources: a path that leads nowhere, or to a directory', ['files'], async (t) => {
  await t.rejects(() => t.loadFrom(t.path('nowhere.safetensors')), 'not-found', /nowhere/);
  await t.rejects(() => t.loadFrom(t.path('hostile')), 'bad-file', /directory/);
});

test('options: senseless ones are refused before anything is read', [], async (t) => {
  const wrong: [unknown, RegExp][] = [
    [{ variant: 'fast' }, /variant/],
    [{ accuracy: 'high' }, /accuracy/],
    [{ maxMemory: 5 }, /maxMemory/],
    [{ maxMemory: Number.NaN }, /maxMemory/],
    [{ treads: 2 }, /treads/],
    [null, /object/],
    ['simd', /./],
  ];
  for (const [options, message] of wrong) {
    await t.rejects(() => t.loadFrom(t.url('never-asked-for'), options as LoadOptions), 'bad-option', message);
  }
});

test('options: maxMemory bounds what a model takes', [], async (t) => {
  await t.rejects(() => t.load('resnet20.safetensors', { maxMemory: 200_000 }), 'too-large', /maxMemory/);
  const maxMemory = 2 * (await t.load('resnet20.safetensors')).describe().memory.total;
  assert.isAtMost((await t.load('resnet20.safetensors', { maxMemory })).describe().memory.total, maxMemory);
});
