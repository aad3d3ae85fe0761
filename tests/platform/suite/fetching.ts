// While a model is on its way: progress, abortion, connections that are slow, compress or break.
import { assert } from 'chai';
import { smallInput } from './inputs.js';
import { script } from './script.js';
import { type TestContext, test } from './test.js';

type Progress = readonly [loaded: number, total: number | undefined];

async function progressOf(t: TestContext, source: string | URL | Response): Promise<Progress[]> {
  const seen: Progress[] = [];
  await t.loadFrom(source, { onProgress: (loaded, total) => seen.push([loaded, total]) });
  seen.forEach(([loaded, total], i) => {
    assert.isAtLeast(loaded, seen[i - 1]?.[0] ?? 0);
    if (total !== undefined) assert.isAtMost(loaded, total);
  });
  return seen;
}

/** The message of what `work` fails with, within two seconds; workerd clones the reason of an abortion. */
async function reasonOf(work: Promise<unknown>): Promise<string> {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('it goes on')), 2000));
  return Promise.race([work, late]).then(
    () => assert.fail('it went well'),
    (error: Error) => error.message,
  );
}

test('progress: grows up to all bytes of an address and of a Response', [], async (t) => {
  const { length } = await t.bytes('resnet20.safetensors');
  for (const source of [t.fixtureUrl('resnet20.safetensors'), await t.response('resnet20.safetensors')]) {
    assert.deepEqual((await progressOf(t, source)).at(-1), [length, length]);
  }
});

test('progress: of a file', ['files'], async (t) => {
  const { length } = await t.bytes('resnet20.safetensors');
  assert.deepEqual((await progressOf(t, t.path('resnet20.safetensors'))).at(-1), [length, length]);
});

test('progress: never beyond the total where the bytes are compressed on their way', [], async (t) => {
  const { length } = await t.bytes('resnet20.safetensors');
  assert.equal((await progressOf(t, (await script(t, { gzip: true })).url('resnet20.safetensors'))).at(-1)![0], length);
});

test('abort: before anything is read, with the caller’s own reason', [], async (t) => {
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  for (const source of [t.fixtureUrl('small.safetensors'), await t.bytes('small.safetensors')]) {
    assert.equal(await reasonOf(t.loadFrom(source, { signal })), reason.message);
  }
});

test('abort: a file before it is read', ['files'], async (t) => {
  const reason = new Error('enough');
  assert.equal(await reasonOf(t.loadFrom(t.path('small.safetensors'), { signal: AbortSignal.abort(reason) })), reason.message);
});

test('abort: while bytes arrive, and the next load goes well', [], async (t) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const onProgress = () => controller.abort(reason);
  const stalling = await script(t, { stallAfter: 300 });
  assert.equal(
    await reasonOf(t.loadFrom(stalling.url('small.safetensors'), { signal: controller.signal, onProgress })),
    reason.message,
  );
  const model = await t.loadFrom(t.fixtureUrl('small.safetensors'));
  assert.lengthOf(model.runSync({ input: smallInput() }).logits!.data, 2);
});

test('abort: a Response while its bytes arrive', [], async (t) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const onProgress = () => controller.abort(reason);
  const response = await fetch((await script(t, { stallAfter: 300 })).url('small.safetensors'));
  assert.equal(await reasonOf(t.loadFrom(response, { signal: controller.signal, onProgress })), reason.message);
});

test('maxMemory: a longer file is refused before it is read', [], async (t) => {
  const server = await script(t, { length: 2 ** 31, stallAfter: 300 });
  const onProgress = () => assert.fail('it was read');
  for (const source of [server.url('small.safetensors'), await fetch(server.url('small.safetensors'))])
    await t.rejects(
      () => t.loadFrom(source, { maxMemory: 2 ** 20, onProgress }),
      'too-large',
      /2147483648 bytes.*raise maxMemory/,
    );
});

test('maxMemory: a file that does not end is stopped', [], async (t) => {
  const server = await script(t, { endless: true });
  await t.rejects(() => t.loadFrom(server.url('endless'), { maxMemory: 2 ** 20 }), 'too-large', /raise maxMemory/);
  for (let waits = 0; !(await server.requests())[0]!.closed; waits++) {
    assert.isBelow(waits, 100, 'the connection stays open');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

test('maxMemory: holds for what was compressed', [], async (t) => {
  const server = await script(t, { zeros: 2 ** 25, gzip: true });
  await t.rejects(() => t.loadFrom(server.url('zeros'), { maxMemory: 2 ** 20 }), 'too-large', /raise maxMemory/);
});

test('maxMemory: holds for a file', ['files'], (t) =>
  t.rejects(() => t.loadFrom(t.path('resnet20.safetensors'), { maxMemory: 65536 }), 'too-large', /resnet20.*raise maxMemory/),
);
