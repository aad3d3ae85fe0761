// Models that are kept: what is asked of the server then, what is believed of what was kept, and that no cache can make a load fail.
import { assert } from 'chai';
import type { LoadOptions } from '../../../src/platform/node/index.js';
import { noise, smallInput } from './inputs.js';
import { cacheName, entriesOf } from './kept.js';
import { type Script, script } from './script.js';
import { type TestContext, test } from './test.js';

const FILE = 'small.safetensors';
const ETAG = '"1"';
const LONG_AGO = 'Tue, 01 Sep 2020 00:00:00 GMT';

async function integrityOf(t: TestContext, fixture = FILE): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await t.bytes(fixture)));
  return `sha256-${btoa(String.fromCharCode(...digest))}`;
}

/** What small.safetensors, or another file in its place, computes. */
async function logitsOf(t: TestContext, source: string | Uint8Array, options: LoadOptions = {}) {
  const model = await t.loadFrom(source, { variant: 'simd', ...options });
  return (await model.run({ input: smallInput() })).logits!;
}

/** Loads `FILE` from the script and expects it to be `fixture`. */
async function loads(t: TestContext, server: Script, options: LoadOptions, fixture = FILE): Promise<void> {
  assert.deepEqual(await logitsOf(t, server.url(FILE), options), await logitsOf(t, await t.bytes(fixture)));
}

const statuses = async (server: Script) => (await server.requests()).map(({ status }) => status);

test('cache: where nothing can be kept, the load goes well', [], async (t) => {
  await loads(t, await script(t, { etag: ETAG }), { cache: cacheName() });
});

test('cache: with integrity the second load asks for nothing', ['cache'], async (t) => {
  const server = await script(t, {}, { refuse: true });
  const options = { cache: cacheName(), integrity: await integrityOf(t) };
  const { length } = await t.bytes(FILE);
  await loads(t, server, options);
  const seen: (number | undefined)[][] = [];
  await loads(t, server, { ...options, onProgress: (...told) => seen.push(told) });
  assert.deepEqual(seen, [[length, length]]);
  assert.deepEqual(await statuses(server), [200]);
});

test('cache: true keeps it too', ['cache'], async (t) => {
  const server = await script(t, {}, { refuse: true });
  const options = { cache: true, integrity: await integrityOf(t) };
  await loads(t, server, options);
  await loads(t, server, options);
});

test('cache: a worker keeps and finds it', ['cache'], async (t) => {
  const server = await script(t, {}, { refuse: true });
  const options = { cache: cacheName(), integrity: await integrityOf(t), worker: true };
  try {
    await loads(t, server, options);
  } catch (error) {
    assert.match((error as Error).message, /no workers/);
    return;
  }
  await loads(t, server, options);
});

test('cache: without integrity the server is asked for a newer one', ['cache'], async (t) => {
  for (const validator of [{ etag: ETAG }, { lastModified: LONG_AGO }, { etag: 'W/"1"', lastModified: LONG_AGO }]) {
    const cache = cacheName();
    const server = await script(t, validator);
    for (let i = 0; i < 2; i++) await loads(t, server, { cache });
    const newer = { etag: '"2"', file: 'other.safetensors' };
    await server.answer(newer);
    for (let i = 0; i < 2; i++) await loads(t, server, { cache }, 'other.safetensors');
    assert.deepEqual(await statuses(server), [200, 304, 200, 304]);
    const [, { headers }] = (await server.requests()) as [unknown, { headers: Record<string, string> }];
    assert.equal(headers['if-none-match'] ?? headers['if-modified-since'], validator.etag ?? validator.lastModified);
  }
});

test('cache: a server that sends the same again need not send all of it', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, { etag: ETAG }, { etag: ETAG, ignoresConditions: true, stallAfter: 100 });
  await loads(t, server, { cache });
  await loads(t, server, { cache });
  assert.deepEqual(await statuses(server), [200, 200]);
});

test('cache: what has neither integrity nor validators is fetched each time', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, {});
  for (let i = 0; i < 2; i++) await loads(t, server, { cache });
  assert.deepEqual(await statuses(server), [200, 200]);
  assert.isEmpty(await entriesOf(t, cache, [server.url(FILE)]));
});

test('cache: what was compressed on its way, and so perhaps cut, is kept if it has integrity', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, { etag: ETAG, gzip: true });
  for (let i = 0; i < 2; i++) await loads(t, server, { cache });
  const integrity = await integrityOf(t);
  for (let i = 0; i < 2; i++) await loads(t, server, { cache, integrity });
  assert.deepEqual(await statuses(server), [200, 200, 200]);
});

test('cache: what is kept is used where the server is away or ill, and not where the model is gone', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, { etag: ETAG });
  await loads(t, server, { cache });
  for (const answer of [{ refuse: true }, { status: 503 }]) {
    await server.answer(answer);
    await loads(t, server, { cache });
  }
  await server.answer({ status: 404 });
  await t.rejects(() => t.loadFrom(server.url(FILE), { cache }), 'not-found', /404/);
});

test('cache: a model of another SHA-256 is refused, and not kept', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, { etag: ETAG });
  const [right, wrong] = [await integrityOf(t), await integrityOf(t, 'other.safetensors')];
  for (let i = 0; i < 2; i++)
    await t.rejects(() => t.loadFrom(server.url(FILE), { cache, integrity: wrong }), 'bad-file', /SHA-256/);
  await loads(t, server, { cache, integrity: right });
  assert.deepEqual(await statuses(server), [200, 200, 200]);
});

test('cache: two versions of a model, each by its integrity', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, {}, { file: 'other.safetensors' }, { refuse: true });
  for (let i = 0; i < 2; i++) {
    for (const fixture of [FILE, 'other.safetensors'])
      await loads(t, server, { cache, integrity: await integrityOf(t, fixture) }, fixture);
  }
});

test('cache: what happened to a kept model is noticed, and it is fetched again', ['cache'], async (t) => {
  const damages: readonly ((bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>)[] = [
    (bytes) => bytes.slice(0, bytes.length >> 1),
    (bytes) => bytes.slice(0, -1),
    () => new Uint8Array(0),
    (bytes) => bytes.map((byte, i) => (i === 300 ? byte ^ 1 : byte)),
    (bytes) => bytes.fill(255),
    (bytes) => new Uint8Array(bytes.length),
  ];
  const integrity = await integrityOf(t);
  for (const options of [{ integrity }, {}]) {
    const cache = cacheName();
    const server = await script(t, { etag: ETAG });
    const kept = () => entriesOf(t, cache, [server.url(FILE), `${server.url(FILE)}?hetconv-sha256=${hexOf(integrity)}`]);
    await loads(t, server, { cache, ...options });
    for (const damage of damages) {
      const [entry, ...more] = await kept();
      assert.isEmpty(more);
      await entry!.replace(damage(entry!.bytes));
      await loads(t, server, { cache, ...options });
    }
    assert.deepEqual(await statuses(server), [200, ...damages.map(() => 200)]);
    await loads(t, server, { cache, ...options });
    assert.equal((await statuses(server)).at(-1), 'integrity' in options ? 200 : 304);
  }
});

const hexOf = (integrity: string) =>
  Array.from(atob(integrity.slice('sha256-'.length)), (letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join('');

test('cache: many loads at once keep one model', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, { etag: ETAG });
  for (let i = 0; i < 3; i++) await Promise.all(Array.from({ length: 8 }, () => loads(t, server, { cache })));
  assert.lengthOf(await entriesOf(t, cache, [server.url(FILE)]), 1);
  assert.equal((await statuses(server)).at(-1), 304);
});

test('cache: a file beside an ONNX model is kept as well', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, { etag: ETAG });
  const x = noise(48, 2);
  const expected = (await (await t.load('inside.onnx')).run({ x })).y;
  for (let i = 0; i < 2; i++) {
    const seen: number[] = [];
    const model = await t.loadFrom(server.url('beside.onnx'), { cache, onProgress: (loaded) => seen.push(loaded) });
    assert.deepEqual((await model.run({ x })).y, expected);
    assert.include(seen, (await t.bytes('beside.onnx')).length);
    assert.equal(seen.at(-1), (await t.bytes('beside weights.bin')).length);
  }
  assert.deepEqual(await statuses(server), [200, 200, 304, 304]);
  await server.answer({ refuse: true });
  await t.loadFrom(server.url('beside.onnx'), { cache });
});

test('cache: a download that broke is kept whole', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, { etag: ETAG, breakAfter: 300 }, { etag: ETAG });
  await loads(t, server, { cache });
  await loads(t, server, { cache });
  assert.deepEqual(await statuses(server), [200, 206, 304]);
});

test('cache: of another origin, whose headers a page does not see', ['page'], async (t) => {
  const cache = cacheName();
  const server = await script(t, { lastModified: LONG_AGO }, { lastModified: LONG_AGO, stallAfter: 100 });
  const elsewhere = server.url(FILE).replace('127.0.0.1', 'localhost');
  for (let i = 0; i < 2; i++) assert.equal((await t.loadFrom(elsewhere, { cache })).name, 'small');
  assert.deepEqual(
    (await server.requests()).map(({ method, status }) => [method, status]),
    [
      ['GET', 200],
      ['GET', 200],
    ],
  );
});

test('cache: maxMemory holds for what is kept', ['cache'], async (t) => {
  const cache = cacheName();
  const server = await script(t, { etag: ETAG });
  const url = server.url('resnet20.safetensors');
  await t.loadFrom(url, { cache });
  await t.rejects(() => t.loadFrom(url, { cache, maxMemory: 65536 }), 'too-large', /raise maxMemory/);
});

test('cache: a directory, which is made where there is none', ['files'], async (t) => {
  const cache = t.path(`${cacheName()}/below`);
  const server = await script(t, {}, { refuse: true });
  const options = { cache, integrity: await integrityOf(t) };
  await loads(t, server, options);
  await loads(t, server, options);
});

test('cache: a directory that cannot be is as if there were none', ['files'], async (t) => {
  const server = await script(t, { etag: ETAG });
  for (let i = 0; i < 2; i++) await loads(t, server, { cache: t.path(`${FILE}/below`) });
  assert.deepEqual(await statuses(server), [200, 200]);
});

test('cache: senseless options', [], async (t) => {
  for (const cache of [5, '', {}, null])
    await t.rejects(() => t.loadFrom(t.url('never-asked-for'), { cache } as LoadOptions), 'bad-option', /cache/);
});
