// Sessions through Node's built entry: runs in flight, results that belong to their caller, mistakes, disposal, whole networks.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { architecture } from '../src/architectures/index.js';
import { seededRandom } from '../src/bench/random.js';
import { withRandomWeights } from '../src/bench/randomWeights.js';
import { median } from '../src/bench/statistics.js';
import { native } from '../src/formats/native.js';
import type { ErrorCode } from '../src/graph/error.js';
import type { Graph } from '../src/graph/graph.js';
import { evaluate } from './reference/evaluate.js';
import { loadModel } from './support/nodeEntry.js';
import { writeOnnx } from './support/onnxWriter.js';
import { modelBytes } from './support/randomWeights.js';
import { smallModel } from './support/smallModel.js';

const folder = mkdtempSync(join(tmpdir(), 'hetconv-runtime-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const small = native.write!(smallModel());
const smallFile = join(folder, 'small.safetensors');
writeFileSync(smallFile, small);

const picture = (seed: string, count: number) => {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => 2 * random() - 1);
};
const inputs = Array.from({ length: 16 }, (_, i) => picture(`input ${i}`, 48));

async function fails(work: () => unknown, code: ErrorCode, message: RegExp): Promise<void> {
  await assert.rejects(async () => work(), { name: 'HetConvError', code, message });
}

test('a model loads from a path, a file URL, bytes, an ArrayBuffer, a Response and over HTTP, all alike', async () => {
  const server = createServer((_, response) => response.end(small)).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  const progress: number[] = [];
  const sources = [
    smallFile,
    pathToFileURL(smallFile),
    pathToFileURL(smallFile).href,
    small,
    small.slice().buffer,
    new Response(small as Uint8Array<ArrayBuffer>),
  ];
  const results: Float32Array[] = [];
  for (const source of [...sources, `http://127.0.0.1:${address.port}/small.safetensors`]) {
    const model = await loadModel(source, { onProgress: (loaded) => progress.push(loaded) });
    results.push((await model.run({ input: inputs[0]! })).logits!.data as Float32Array);
    model.dispose();
  }
  server.close();
  for (const result of results) assert.deepEqual(result, results[0]);
  assert.ok(progress.filter((loaded) => loaded === small.length).length >= 4, 'progress reached the end');
});

test('a run of a small network takes no more than 15 µs, the kernels with all that is around them', async () => {
  const model = await loadModel(small);
  const input = inputs[0]!;
  const times: number[] = [];
  for (let i = 0; i < 5000; i++) {
    const begin = performance.now();
    await model.run({ input });
    times.push(performance.now() - begin);
  }
  model.dispose();
  const ms = median(times.slice(-2000));
  assert.ok(ms <= 0.015, `${ms} ms`);
});

test('sources that are no model say so', async () => {
  const empty = join(folder, 'empty.safetensors');
  writeFileSync(empty, '');
  await fails(() => loadModel(join(folder, 'nowhere.safetensors')), 'not-found', /nowhere/);
  await fails(() => loadModel(folder), 'bad-file', /directory/);
  await fails(() => loadModel(empty), 'bad-file', /empty/);
  await fails(() => loadModel(new Response('gone', { status: 404 })), 'not-found', /404/);
  await fails(() => loadModel('http://127.0.0.1:1/none'), 'not-found', /127\.0\.0\.1/);
  await fails(() => loadModel(smallFile, { variant: 'fast' as 'simd' }), 'bad-option', /variant/);
  await fails(() => loadModel(smallFile, { treads: 2 } as object), 'bad-option', /treads/);
  await fails(
    () => loadModel(modelBytes(architecture('resnet20-cifar10', { kind: 'standard' })), { maxMemory: 200_000 }),
    'too-large',
    /maxMemory/,
  );
  const aborted = AbortSignal.abort(new Error('enough'));
  await assert.rejects(loadModel(smallFile, { signal: aborted }));
  const model = await loadModel(smallFile);
  assert.equal(model.describe().layers.length > 0, true);
});

test('files beside an ONNX model report their progress, and are given up with the signal', async () => {
  const model = writeOnnx({
    nodes: [{ op: 'Conv', inputs: ['x', 'w'] }],
    tensors: [{ name: 'w', dims: [2, 2, 1, 1], external: 'weights.bin' }],
    inputs: [{ name: 'x', dims: [1, 2, 1, 1] }],
  });
  const weights = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  let complete = true;
  const controller = new AbortController();
  const broken: Promise<void>[] = [];
  const server = createServer(({ url }, response) => {
    if (url === '/model.onnx') response.end(model);
    else if (complete) response.end(weights);
    else {
      // Half of it, and then nothing for ever.
      response.writeHead(200, { 'content-length': weights.length }).write(weights.subarray(0, 8));
      broken.push(new Promise((done) => response.once('close', done)));
      setTimeout(() => controller.abort(new Error('enough')), 50);
    }
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`;
  const progress: number[] = [];
  const loaded = await loadModel(address, { onProgress: (bytes) => progress.push(bytes) });
  assert.deepEqual([...loaded.runSync({ x: Float32Array.of(1, 1) }).y!.data], [3, 7]);
  loaded.dispose();
  assert.ok(progress.includes(model.length) && progress.at(-1) === weights.length, `${progress}`);

  complete = false;
  await assert.rejects(loadModel(address, { signal: controller.signal }), { message: 'enough' });
  assert.equal(broken.length, 1);
  await Promise.all(broken);
  server.close();
});

test('bytes of another hash than integrity says are refused', async () => {
  const hash = createHash('sha256').update(small);
  const hex = hash.copy().digest('hex');
  for (const integrity of [hex, hex.toUpperCase(), `sha256-${hash.copy().digest('base64')}`]) {
    (await loadModel(smallFile, { integrity })).dispose();
    await fails(
      () =>
        loadModel(
          small.map((byte, i) => byte ^ Number(i === small.length - 1)),
          { integrity },
        ),
      'bad-file',
      /SHA-256/,
    );
  }
  for (const integrity of ['', 'sha1-abc', `${hex}0`])
    await fails(() => loadModel(smallFile, { integrity }), 'bad-option', /integrity/);
});

test('a page in place of a model is no model', async () => {
  const page = () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html; charset=utf-8' } });
  await fails(() => loadModel(page()), 'not-found', /web page/);
});

test('inputs of a wrong name, size, type or shape are refused, and the next good run is right', async () => {
  const model = await loadModel(smallFile);
  const expected = model.runSync({ input: inputs[0]! }).logits!.data;
  const wrong: [unknown, RegExp][] = [
    [{}, /"input".*missing/],
    [null, /object/],
    [{ image: inputs[0] }, /"input".*missing/],
    [{ input: inputs[0], image: inputs[1] }, /no input "image"/],
    [{ input: inputs[0]!.subarray(1) }, /47/],
    [{ input: new Float64Array(48) }, /another type/],
    [{ input: [1, 2, 3] }, /another type/],
    [{ input: { shape: [1, 4, 4, 3], data: inputs[0] } }, /shape \[1,4,4,3\]/],
  ];
  for (const [bad, message] of wrong) {
    await fails(() => model.run(bad as Record<string, Float32Array>), 'bad-input', message);
    assert.deepEqual(model.runSync({ input: inputs[0]! }).logits!.data, expected);
  }
  await fails(() => model.run({ input: inputs[0]! }, { into: { logits: new Float32Array(3) } }), 'bad-input', /into\.logits/);
  await fails(() => model.classify(new Uint8Array(5)), 'bad-image', /./);
  await fails(() => model.classify({ width: 1, height: 1, data: new Uint8Array(3) }), 'bad-image', /4 bytes/);
});

test('NaN and infinities are computed, and leave nothing behind', async () => {
  const model = await loadModel(smallFile, { variant: 'simd' });
  const expected = model.runSync({ input: inputs[0]! }).logits!.data;
  for (const value of [Number.NaN, Infinity, -Infinity, 3e38]) {
    const data = inputs[0]!.slice().fill(value);
    assert.equal(model.runSync({ input: data }).logits!.data.length, 2);
    assert.deepEqual(model.runSync({ input: inputs[0]! }).logits!.data, expected);
  }
  const poisoned = inputs[0]!.slice();
  poisoned[5] = Number.NaN;
  assert.ok(Array.from(model.runSync({ input: poisoned }).logits!.data).some(Number.isNaN), 'NaN reaches the output');
});

test('several models and many runs in flight never mix', async () => {
  const other = native.write!({ ...smallModel(), graph: withRandomWeights(smallModel().graph, 'other') });
  const models = await Promise.all([loadModel(small), loadModel(other), loadModel(small)]);
  const alone = models.map((model) => inputs.map((input) => model.runSync({ input }).logits!.data));
  const together = await Promise.all(models.map((model) => Promise.all(inputs.map((input) => model.run({ input })))));
  together.forEach((runs, m) => {
    assert.deepEqual(
      runs.map(({ logits }) => logits!.data),
      alone[m],
    );
  });
  assert.notDeepEqual(alone[0], alone[1]);
  assert.deepEqual(alone[0], alone[2]);
});

test('results belong to the caller; `into` fills given arrays', async () => {
  const model = await loadModel(small);
  const first = model.runSync({ input: inputs[0]! }).logits!;
  const kept = first.data.slice();
  model.runSync({ input: inputs[1]! });
  assert.deepEqual(first.data, kept);
  const mine = new Float32Array(2);
  assert.equal(model.runSync({ input: inputs[0]! }, { into: { logits: mine } }).logits!.data, mine);
  assert.deepEqual(mine, kept);
});

test('a run into given arrays allocates next to nothing', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const model = await loadModel(small);
  const into = { logits: new Float32Array(2) };
  const rounds = 2000;
  const perRun = () => {
    collect();
    const begin = process.memoryUsage();
    for (let i = 0; i < rounds; i++) model.runSync({ input: inputs[0]! }, { into });
    const end = process.memoryUsage();
    return { heap: (end.heapUsed - begin.heapUsed) / rounds, buffers: end.arrayBuffers - begin.arrayBuffers };
  };
  // The least of several: the engine's compilers allocate too, until they have seen enough.
  const tries = Array.from({ length: 8 }, perRun);
  const heap = Math.min(...tries.map((each) => each.heap));
  const buffers = Math.min(...tries.map((each) => each.buffers));
  // The objects that name inputs and outputs; a tensor's buffer would show in `buffers`.
  assert.ok(heap < 512, `${heap} bytes of heap a run`);
  assert.ok(buffers <= 0, `${buffers} bytes of buffers in ${rounds} runs`);
});

test('a disposed model says so; the others go on', async () => {
  const [gone, stays] = [await loadModel(small), await loadModel(small)];
  gone.dispose();
  gone.dispose();
  await fails(() => gone.run({ input: inputs[0]! }), 'disposed', /load it again/);
  assert.equal(stays.runSync({ input: inputs[0]! }).logits!.data.length, 2);
});

test('a model that was warmed up computes the same', async () => {
  const [warm, cold] = [await loadModel(small, { warmup: true }), await loadModel(small)];
  for (const input of inputs) assert.deepEqual(warm.runSync({ input }), cold.runSync({ input }));
});

test('profile names every layer and moves on', async () => {
  const model = await loadModel(small);
  const layers = await model.profile({ input: inputs[0]! }, { runs: 5 });
  assert.ok(layers.length >= 3);
  assert.ok(Math.abs(layers.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
  await fails(() => model.profile({ input: inputs[0]! }, { runs: 0 }), 'bad-option', /runs/);
});

const networks: [string, Graph][] = [
  ['resnet20', architecture('resnet20-cifar10', { kind: 'hetconv', part: 4 })],
  ['resnet20', architecture('resnet20-cifar10', { kind: 'dwpw' })],
  ['resnet20', architecture('resnet20-cifar10', { kind: 'gwpw', groups: 4 })],
  ['mobilenet-v1-cifar10', architecture('mobilenet-v1-cifar10', { kind: 'hetconv', part: 8 })],
];
for (const [name, bare] of networks) {
  test(`${bare.name}: outputs as f64 evaluates the graph as it was, and memory near the largest live set`, async () => {
    const graph = withRandomWeights(bare, name);
    const model = await loadModel(native.write!({ graph }));
    const [port] = model.inputs;
    const data = picture(
      name,
      port!.shape.reduce((a, b) => a * b, 1),
    );
    const [result] = Object.values(model.runSync({ [port!.name]: data }));
    const reference = Object.values(evaluate(graph, { [port!.name]: { shape: port!.shape, data } }))[0]!;
    const expected = Float64Array.from(reference.data);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - result!.data[i]!)), 0);
    assert.ok(worst <= 1e-5 * largest, `${worst} away, outputs are up to ${largest}`);
    const { memory, permutes } = model.describe();
    assert.ok(
      memory.activations <= 1.1 * memory.largestLiveSet,
      `${memory.activations} bytes for a live set of ${memory.largestLiveSet}`,
    );
    assert.equal(permutes, 0);
    model.dispose();
  });
}
