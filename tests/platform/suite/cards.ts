// Models whose SHA-256 their card states, the README.md beside them.
import { assert } from 'chai';
import type { LoadOptions } from '../../../src/platform/node/index.js';
import { smallInput } from './inputs.js';
import { cacheName } from './kept.js';
import { script } from './script.js';
import { type TestContext, test } from './test.js';

const FILE = 'small.safetensors';
const PLAIN = `cards/plain/${FILE}`;

/** Loads small.safetensors from a place, by its card, and expects it to be that. */
async function loads(t: TestContext, source: string | URL, options: LoadOptions = {}): Promise<void> {
  const model = await t.loadFrom(source, { variant: 'simd', ...options, integrity: 'card' });
  const expected = await t.load(FILE, { variant: 'simd' });
  const input = smallInput();
  assert.deepEqual(await model.run({ input }), await expected.run({ input }));
}

test('card: a model by its address', [], async (t) => {
  for (const name of await t.json<string[]>('cards/right.json')) await loads(t, t.fixtureUrl(`cards/${name}/${FILE}`));
  await loads(t, new URL(t.fixtureUrl('cards/plain/a model (1) é.safetensors')));
  await loads(t, t.fixtureUrl(`${PLAIN}?version=1#model`));
});

test('card: a model by its path', ['files'], async (t) => {
  for (const name of await t.json<string[]>('cards/right.json')) await loads(t, t.path(`cards/${name}/${FILE}`));
  await loads(t, new URL(`file://${t.path('cards/plain/a model (1) é.safetensors')}`));
  const nowhere = () => loads(t, t.path('hostile/zeros'));
  await t.rejects(nowhere, 'not-found', /card, file:.*hostile\/README\.md: there is no file/);
});

test('card: progress is that of the model', [], async (t) => {
  const { length } = await t.bytes(FILE);
  const told = new Set<number | undefined>();
  await loads(t, t.fixtureUrl(PLAIN), { onProgress: (_, total) => told.add(total) });
  assert.deepEqual([...told], [length]);
});

test('card: a model of another SHA-256 is refused', [], async (t) => {
  const server = await script(t, {}, { file: 'other.safetensors' });
  await t.rejects(
    () => loads(t, server.url(PLAIN)),
    'bad-file',
    /the SHA-256 of the model is [0-9a-f]{64}, its card says [0-9a-f]{64}/,
  );
});

test('card: one that does not state the SHA-256 is refused', [], async (t) => {
  const names = await t.json<string[]>('cards/wrong.json');
  assert.isAbove(names.length, 10);
  for (const name of names) {
    const begin = performance.now();
    await t.rejects(
      () => loads(t, t.fixtureUrl(`cards/${name}/${FILE}`)),
      'bad-file',
      /cards\/[\w-]+\/README\.md states no SHA-256 of small\.safetensors: .*"sha256:"/,
    );
    assert.isBelow(performance.now() - begin, 5000, name);
  }
});

test('card: where there is none', [], async (t) => {
  await t.rejects(() => loads(t, t.fixtureUrl('hostile/zeros')), 'not-found', /card, http.*hostile\/README\.md: .*404/);
  for (const source of [await t.bytes(FILE), await t.response(FILE)])
    await t.rejects(() => t.loadFrom(source, { integrity: 'card' }), 'bad-option', /beside it: give .* path or address/);
});

test('card: with a cache, only the card is asked for again, and nothing where the server is away', ['cache'], async (t) => {
  const server = await script(t, { etag: '"1"' });
  const cache = cacheName();
  for (let i = 0; i < 2; i++) await loads(t, server.url(PLAIN), { cache });
  const asked = (await server.requests()).map(({ name, status }) => `${name.split('/').at(-1)} ${status}`);
  assert.deepEqual(asked, ['README.md 200', `${FILE} 200`, 'README.md 304']);
  await server.answer({ refuse: true });
  await loads(t, server.url(PLAIN), { cache });
});

test('card: a model in a worker', [], async (t) => {
  try {
    await loads(t, t.fixtureUrl(PLAIN), { worker: true });
  } catch (error) {
    assert.match((error as Error).message, /no workers/);
    return;
  }
  await t.rejects(() => loads(t, t.fixtureUrl(`cards/short/${FILE}`), { worker: true }), 'bad-file', /states no SHA-256/);
});
