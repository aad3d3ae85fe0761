// Models in workers of their own, through Node's built entry.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { architecture } from '../src/architectures/index.js';
import { seededRandom } from '../src/bench/random.js';
import { native } from '../src/formats/native.js';
import { loadModel } from './support/nodeEntry.js';
import { modelBytes } from './support/randomWeights.js';
import { smallModel } from './support/smallModel.js';

type Model = Awaited<ReturnType<typeof loadModel>>;
const VGG = 'models/vgg16-cifar10-p4/model.safetensors';
const small = native.write!(smallModel());
const picture = { width: 5, height: 4, data: Uint8Array.from({ length: 80 }, (_, i) => (i * 37) % 256) };
const random = seededRandom('worker');
const inputs = Array.from({ length: 8 }, () => Float32Array.from({ length: 48 }, () => 2 * random() - 1));

const opened: Model[] = [];
after(() => {
  for (const model of opened) model.dispose();
});
async function open(...[source, options]: Parameters<typeof loadModel>): Promise<Model> {
  const model = await loadModel(source, { ...options, worker: true });
  opened.push(model);
  return model;
}
const slow = () => open(VGG, { maxQueue: 3 });
const image = new Float32Array(3 * 32 * 32).fill(0.25);

test('a model in a worker is, and computes, what it does here', async () => {
  const [here, there] = [await loadModel(small, { variant: 'simd' }), await open(small, { variant: 'simd' })];
  for (const name of ['name', 'inputs', 'outputs', 'variant', 'labels', 'preprocessing', 'provenance', 'license'] as const) {
    assert.deepEqual(there[name], here[name], name);
  }
  assert.deepEqual(there.describe(), here.describe());
  assert.deepEqual(there.cost(), here.cost());
  const runs = await Promise.all(inputs.map((input) => there.run({ input })));
  assert.deepEqual(
    runs,
    inputs.map((input) => here.runSync({ input })),
  );
  assert.deepEqual(await there.run({ input: picture }), await here.run({ input: picture }));
  assert.deepEqual(await there.classify(picture, { topK: 1 }), await here.classify(picture, { topK: 1 }));
  const [prepared, expected] = [await there.prepare(picture), await here.prepare(picture)];
  assert.deepEqual(prepared.tensor, expected.tensor);
  assert.deepEqual([prepared.width, prepared.height], [5, 4]);
  assert.deepEqual(prepared.toInput({ x: 3, y: 1 }), expected.toInput({ x: 3, y: 1 }));
  const box = { left: 1, top: 1, right: 3, bottom: 2 };
  assert.deepEqual(prepared.toPicture(box), expected.toPicture(box));
  const layers = await there.profile({ input: inputs[0]! }, { runs: 3 });
  assert.deepEqual(
    layers.map(({ name }) => name).sort(),
    (await here.profile({ input: inputs[0]! }, { runs: 3 })).map(({ name }) => name).sort(),
  );
});

test('models come from a path, a URL, bytes and a Response, with progress', async () => {
  const fromHere = (await (await loadModel(VGG)).run({ input: image })).logits!.data;
  const bytes = readFileSync(VGG);
  const sources = [VGG, pathToFileURL(VGG), bytes, new Response(new Uint8Array(bytes))];
  for (const source of sources) {
    const progress: number[] = [];
    const model = await open(source, { onProgress: (loaded) => progress.push(loaded) });
    assert.deepEqual((await model.run({ input: image })).logits!.data, fromHere);
    if (source !== bytes) assert.equal(progress.at(-1), bytes.length);
    model.dispose();
  }
  assert.equal(bytes.length, 10373232, "bytes stay the caller's");
});

test("inputs are copied, or moved where the caller allows it; results are the caller's own", async () => {
  const model = await open(small);
  const whole = inputs[0]!.slice();
  const expected = (await model.run({ input: whole })).logits!.data;
  assert.equal(whole.length, 48);
  assert.deepEqual((await model.run({ input: { shape: [1, 3, 4, 4], data: whole } }, { transfer: true })).logits!.data, expected);
  assert.equal(whole.length, 0, 'it was moved');
  const part = new Float32Array(100).subarray(7, 55);
  part.set(inputs[0]!);
  assert.deepEqual((await model.run({ input: part }, { transfer: true })).logits!.data, expected);
  assert.equal(part.length, 48, 'a part of a buffer is copied');
  const into = { logits: new Float32Array(2) };
  assert.equal((await model.run({ input: part }, { into })).logits!.data, into.logits);
  assert.deepEqual(into.logits, expected);
  await assert.rejects(model.run({ input: part }, { into: { logits: new Float32Array(3) } }), { code: 'bad-input' });
  const moved = small.slice();
  await open(moved, { transfer: true });
  assert.equal(moved.length, 0);
});

test('errors arrive with code and message, and the next call is answered', async () => {
  const here = await loadModel(small);
  const there = await open(small);
  const wrong: unknown[] = [
    {},
    null,
    { input: [1, 2] },
    { input: inputs[0]!.subarray(1) },
    { input: inputs[0], more: inputs[0] },
  ];
  for (const bad of wrong) {
    const expected = await here.run(bad as never).then(
      () => assert.fail('it ran'),
      (error) => error,
    );
    await assert.rejects(there.run(bad as never), { name: 'HetConvError', code: expected.code, message: expected.message });
  }
  await assert.rejects(there.run({ input: () => 1 } as never), { code: 'bad-input', message: /cannot be sent/ });
  const cyclic: Record<string, unknown> = { shape: [1, 3, 4, 4] };
  cyclic.data = cyclic;
  await assert.rejects(there.run({ input: cyclic } as never), { code: 'bad-input', message: /another type/ });
  await assert.rejects(there.classify(new Uint8Array(5)), { code: 'bad-image' });
  await assert.rejects(there.detect(picture), { code: 'bad-option', message: /no detector/ });
  assert.throws(() => there.runSync({ input: inputs[0]! }), { code: 'bad-option', message: /await run/ });
  assert.deepEqual(await there.run({ input: inputs[0]! }), here.runSync({ input: inputs[0]! }));
});

test('what cannot be loaded says why, and leaves no worker behind', async () => {
  await assert.rejects(open('nowhere.safetensors'), { name: 'HetConvError', code: 'not-found', message: /nowhere/ });
  await assert.rejects(open(new Uint8Array(100)), { code: 'bad-file' });
  await assert.rejects(open(small, { maxQueue: -1 }), { code: 'bad-option', message: /maxQueue/ });
  await assert.rejects(open(VGG, { maxMemory: 100_000 }), { code: 'too-large' });
  await assert.rejects(open(VGG, { signal: AbortSignal.abort(new Error('enough')) }), { message: 'enough' });
  const controller = new AbortController();
  const loading = open(VGG, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('later')), 20);
  await assert.rejects(loading, { message: 'later' });
});

test('an aborted call rejects at once, whether it waits or runs; a full queue says so; the others go on', async () => {
  const model = await slow();
  const order: string[] = [];
  const call = (name: string, signal?: AbortSignal) =>
    model.profile({ input: image }, { runs: 20, ...(signal && { signal }) }).then(
      () => order.push(name),
      (error) => order.push(`${name}: ${error.code ?? error.message}`),
    );
  const [running, waiting] = [new AbortController(), new AbortController()];
  const calls = [call('a', running.signal), call('b'), call('c', waiting.signal), call('d'), call('e')];
  waiting.abort(new Error('not wanted'));
  running.abort(new Error('no more'));
  await Promise.all(calls);
  assert.deepEqual(order.slice(0, 3).sort(), ['a: no more', 'c: not wanted', 'e: busy']);
  assert.deepEqual(order.slice(3), ['b', 'd']);
  await assert.rejects(model.run({ input: image }, { signal: AbortSignal.abort(new Error('before')) }), { message: 'before' });
});

test('dispose ends what waits, and the worker', async () => {
  const model = await slow();
  const calls = [1, 2, 3].map(() => model.run({ input: image }));
  model.dispose();
  for (const call of calls) await assert.rejects(call, { code: 'disposed' });
  await assert.rejects(model.run({ input: image }), { code: 'disposed' });
  await assert.rejects(model.classify(picture), { code: 'disposed' });
});

/** What a process of its own prints. */
function script(code: string): string {
  const args = [
    '--input-type=module',
    '-e',
    `import { loadModel } from ${JSON.stringify(pathToFileURL(resolve('dist/node.js')).href)};${code}`,
  ];
  return execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 }).trim();
}

test('an idle worker does not keep the process alive, a busy one does', () => {
  const load = `const model = await loadModel('${VGG}', { worker: true });`;
  assert.equal(script(`${load} console.log(model.name)`), 'vgg16-cifar10-hetconv-p4');
  const run = `model.run({ input: new Float32Array(3072) }).then(({ logits }) => console.log(logits.data.length))`;
  assert.equal(script(`${load} ${run}`), '10');
});

test('a worker that ends by itself rejects what waits', () => {
  const kill = `
    import { Worker } from 'node:worker_threads';
    const { emit } = Worker.prototype;
    let worker;
    Worker.prototype.emit = function (...args) { worker = this; return emit.apply(this, args); };
    const model = await loadModel('${VGG}', { worker: true });
    const calls = [1, 2].map(() => model.run({ input: new Float32Array(3072) }));
    worker.terminate();
    for (const call of calls) await call.catch((error) => console.log(error.code));
    await model.run({ input: new Float32Array(3072) }).catch((error) => console.log(error.code, error.message));`;
  assert.match(script(kill), /^worker-failed\nworker-failed\nworker-failed .*load the model again$/);
});

test('a thousand rounds through workers leave nothing behind', async () => {
  const bytes = modelBytes(architecture('resnet20-cifar10', { kind: 'hetconv', part: 8 }));
  for (let i = 0; i < 8; i++) {
    const model = await loadModel(bytes, { worker: true });
    await model.run({ [model.inputs[0]!.name]: image });
    model.dispose();
  }
  const model = await open(small);
  for (let i = 0; i < 1000; i++) await model.run({ input: inputs[i % 8]! });
});
