// Models off this thread: what they compute, and how calls of them wait, fail and end. A platform without workers says so.
import { assert } from 'chai';
import type { Model } from '../../../src/platform/node/index.js';
import { smallInput } from './inputs.js';
import { type TestContext, test } from './test.js';

/** A model in a worker; undefined where the platform has none, and refuses in words. */
async function workerModel(t: TestContext, name: string): Promise<Model | undefined> {
  try {
    return await t.load(name, { variant: 'simd', worker: true, maxQueue: 2 });
  } catch (error) {
    if ((error as { code?: string }).code !== 'unsupported-platform') throw error;
    assert.match((error as Error).message, /no workers/);
    return undefined;
  }
}

test('worker: computes what the model does here', [], async (t) => {
  const there = await workerModel(t, 'small.safetensors');
  if (!there) return;
  const here = await t.load('small.safetensors', { variant: 'simd' });
  const input = smallInput();
  assert.deepEqual(await there.run({ input }), await here.run({ input }));
  assert.deepEqual(there.describe(), here.describe());
  assert.lengthOf(input, 48);
  await there.run({ input }, { transfer: true });
  assert.lengthOf(input, 0);
});

test('worker: errors arrive as they are, calls are bounded, aborted and ended', [], async (t) => {
  const model = await workerModel(t, 'resnet20.safetensors');
  if (!model) return;
  const inputs = { [model.inputs[0]!.name]: new Float32Array(3072) };
  await t.rejects(() => model.run({}), 'bad-input', /missing/);
  await t.rejects(() => model.runSync(inputs), 'bad-option', /await run/);
  const calls = [model.run(inputs), model.run(inputs)];
  const controller = new AbortController();
  const aborted = model.run(inputs, { signal: controller.signal }).catch((error) => error.message);
  await t.rejects(() => model.run(inputs), 'busy', /maxQueue/);
  controller.abort(new Error('not wanted'));
  assert.equal(await aborted, 'not wanted');
  assert.lengthOf(await Promise.all(calls), 2);
  const last = model.run(inputs);
  model.dispose();
  await t.rejects(() => last, 'disposed', /load it again/);
});

test('worker: what is no model says so', [], async (t) => {
  const { loadModel } = t.environment.hetconv;
  if (!(await workerModel(t, 'small.safetensors'))) return;
  await t.rejects(() => loadModel(new Uint8Array(100), { worker: true }), 'bad-file', /./);
  await t.rejects(() => loadModel(t.fixtureUrl('nowhere.safetensors'), { worker: true }), 'not-found', /404/);
});
