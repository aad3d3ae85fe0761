// Downloads that break: they go on where they stopped where that is safe, and begin anew where it is not.
import { assert } from 'chai';
import type { LoadOptions } from '../../../src/platform/node/index.js';
import { noise } from './inputs.js';
import { type Answer, type Asked, type Script, script } from './script.js';
import { type TestContext, test } from './test.js';

const ETAG = '"1"';
const LONG_AGO = 'Tue, 01 Sep 2020 00:00:00 GMT';
const FILE = 'resnet20.safetensors';
const BROKEN: Answer = { breakAfter: 100_000 };

/** Loads what the script gives, with progress that never goes back, and compares it to what `fixture` computes. */
async function loads(t: TestContext, server: Script, fixture = FILE, options: LoadOptions = {}): Promise<readonly Asked[]> {
  const seen: number[] = [0];
  const onProgress = (loaded: number, total: number | undefined) => {
    assert.isAbove(loaded, seen.at(-1)!);
    if (total !== undefined) assert.isAtMost(loaded, total);
    seen.push(loaded);
  };
  const model = await t.loadFrom(server.url(fixture), { variant: 'simd', ...options, onProgress });
  const expected = await t.load(fixture, { variant: 'simd' });
  const { name, shape } = model.inputs[0]!;
  const inputs = {
    [name]: noise(
      shape.reduce((product, size) => product * size),
      1,
    ),
  };
  assert.deepEqual(await model.run(inputs), await expected.run(inputs));
  assert.equal(seen.at(-1), (await t.bytes(fixture)).length);
  return server.requests();
}

const rangesOf = (requests: readonly Asked[]) => requests.map(({ headers }) => headers.range);

test('resume: a broken download goes on where it stopped, twice', [], async (t) => {
  for (const validator of [{ etag: ETAG }, { lastModified: LONG_AGO }, { etag: 'W/"1"', lastModified: LONG_AGO }]) {
    const server = await script(t, { ...validator, ...BROKEN }, { ...validator, ...BROKEN }, validator);
    const requests = await loads(t, server);
    const [first, second, third] = rangesOf(requests);
    assert.lengthOf(requests, 3);
    assert.isUndefined(first);
    const from = [second, third].map((range) => Number(range!.match(/^bytes=(\d+)-$/)![1]));
    assert.isAbove(from[0]!, 0);
    assert.isAbove(from[1]!, from[0]!);
    for (const { headers } of requests.slice(1)) assert.equal(headers['if-range'], validator.etag === ETAG ? ETAG : LONG_AGO);
    assert.deepEqual(
      requests.map(({ status }) => status),
      [200, 206, 206],
    );
  }
});

test('resume: from the beginning without ranges or validators', [], async (t) => {
  const cases: (readonly [Answer, asks: boolean])[] = [
    [{ etag: ETAG, ranges: false }, true],
    [{}, false],
    [{ etag: 'W/"1"' }, false],
  ];
  for (const [answer, asks] of cases) {
    const requests = await loads(t, await script(t, { ...answer, ...BROKEN }, answer));
    assert.deepEqual(
      rangesOf(requests).map((range) => range !== undefined),
      [false, asks],
    );
    assert.equal(requests[1]!.status, 200);
  }
});

test('resume: from the beginning if compressed', ['cutCompression'], async (t) => {
  const server = await script(t, { etag: ETAG, gzip: true, ...BROKEN }, { etag: ETAG, gzip: true });
  assert.deepEqual(rangesOf(await loads(t, server)), [undefined, undefined]);
});

test('resume: a file that changed meanwhile begins anew', [], async (t) => {
  const first: Answer = { etag: ETAG, file: 'other-resnet20.safetensors', ...BROKEN };
  // The server says so, says nothing, or the place is not what was asked for, or beyond the end.
  const others: Answer[][] = [
    [{ etag: '"2"' }],
    [{ etag: '"2"', ignoresConditions: true }, { etag: '"2"' }],
    [{ etag: ETAG, shift: 1 }, { etag: '"2"' }],
    [{ etag: ETAG, file: 'small.safetensors', ignoresConditions: true }, { etag: '"2"' }],
  ];
  for (const answers of others) {
    const requests = await loads(t, await script(t, first, ...answers));
    assert.equal(requests.at(-1)!.status, 200);
    assert.lengthOf(requests, 1 + answers.length);
  }
});

test('resume: a server that is busy, or away for a moment', [], async (t) => {
  const server = await script(t, { etag: ETAG, ...BROKEN }, { status: 503 }, { refuse: true }, { etag: ETAG });
  const requests = await loads(t, server);
  assert.equal(requests.at(-1)!.status, 206);
});

test('resume: a connection that always breaks is a HetConvError after a few requests', [], async (t) => {
  const server = await script(t, { etag: ETAG, ranges: false, breakAfter: 300 });
  await t.rejects(() => t.loadFrom(server.url('small.safetensors')), 'not-found', /broke after \d+ bytes.*try again/);
  assert.isAtMost((await server.requests()).length, 6);
});

test('resume: a file that has fewer bytes than its server says is a HetConvError', [], async (t) => {
  const server = await script(t, { etag: ETAG, length: 10_000 });
  await t.rejects(() => t.loadFrom(server.url('small.safetensors')), 'not-found', /broke after \d+ bytes.*try again/);
});

test('resume: what is gone meanwhile is said to be', [], async (t) => {
  const server = await script(t, { etag: ETAG, ...BROKEN }, { status: 410 });
  await t.rejects(() => t.loadFrom(server.url(FILE)), 'not-found', /answered 410/);
});

test('resume: an abort ends the waiting', [], async (t) => {
  const server = await script(t, { etag: ETAG, ...BROKEN }, { status: 503 });
  const controller = new AbortController();
  const reason = new Error('enough');
  const loading = t.loadFrom(server.url(FILE), { signal: controller.signal }).catch((error) => error.message);
  while ((await server.requests()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  controller.abort(reason);
  assert.equal(await loading, reason.message);
  const asked = (await server.requests()).length;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.equal((await server.requests()).length, asked);
});

test('resume: from another origin, whose headers a page does not see', ['page'], async (t) => {
  const server = await script(t, { lastModified: LONG_AGO, ...BROKEN }, { lastModified: LONG_AGO });
  const elsewhere = server.url(FILE).replace('127.0.0.1', 'localhost');
  const model = await t.loadFrom(elsewhere);
  assert.equal(model.name, (await t.load(FILE)).name);
  const requests = await server.requests();
  assert.deepEqual(
    requests.map(({ method, status }) => [method, status]),
    [
      ['GET', 200],
      ['GET', 206],
    ],
  );
});
