// examples/cloudflare-worker on workerd, bundled by wrangler as its user's is: what it answers, what it refuses, how it holds out.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { install } from '../install.mjs';
import { residentMemory } from '../processMemory.mjs';
import { commandOf, copyExample } from './project.mjs';
import { labelOf, PICTURES, sample } from './samples.mjs';

install();
const [{ default: autocannon }, { bundleWorker, startWorker }, { startWorkerd }] = await Promise.all([
  import('autocannon'),
  import('./workerBundle.mjs'),
  import('../workerd.mjs'),
]);

const MEGABYTE = 2 ** 20;
const LIMIT = 2 * MEGABYTE;

let folder;
let files;
before(() => {
  folder = copyExample('cloudflare-worker');
  files = bundleWorker(folder);
});

/** Runs `use` with a worker of its own. */
async function withWorker(options, use, configuration = { folder }) {
  const worker = startWorker(configuration.folder, files, options, configuration.environment);
  try {
    await use(await worker.ready);
  } finally {
    await worker.dispose();
  }
}

/** In place of the assets: `read()` answers. */
const assetsFrom = (read) => ({ assets: undefined, serviceBindings: { ASSETS: () => read() } });
const models = () => join(folder, 'node_modules/hetconv/models/resnet20-cifar10-p4');
const modelBytes = () => readFileSync(join(models(), 'model.safetensors'));

const post = (url, body, type, more) =>
  fetch(url, { method: 'POST', body, ...(type && { headers: { 'content-type': type } }), ...more });

function formOf(...fields) {
  const form = new FormData();
  for (const [name, value, file] of fields) file ? form.append(name, value, file) : form.append(name, value);
  return form;
}

async function refuses(response, status, code, message) {
  const { error } = await response.json();
  assert.deepEqual([response.status, error.code], [status, code], error.message);
  assert.match(error.message, message);
  assert.match(response.headers.get('content-type'), /^application\/json/);
}

async function shows(response, label, network = 'resnet20-cifar10-hetconv-p4') {
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const { model, classes, milliseconds } = JSON.parse(text);
  assert.equal(model, network);
  assert.equal(classes[0].label, label);
  assert.ok(classes[0].probability > 0.5 && classes[0].probability <= 1, text);
  assert.equal(classes.length, 5);
  assert.ok(milliseconds >= 0, text);
}

/** A JPEG of other dimensions than its data has: they are looked at before anything is decoded. */
function jpegOf(width, height) {
  const bytes = sample('ship-2.jpg');
  const frame = bytes.findIndex((byte, i) => byte === 0xff && (bytes[i + 1] === 0xc0 || bytes[i + 1] === 0xc2));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

/** A body that tells no length. */
const chunked = (length) => new Blob([new Uint8Array(length)]).stream();

/** Sends a body in chunks on a connection of its own until it is answered; gives no status where that was closed meanwhile. */
function upload(url, headers, total) {
  return new Promise((resolve) => {
    const request = httpRequest(url, { method: 'POST', headers: { 'content-type': 'image/png', ...headers }, agent: false });
    let sent = 0;
    let status;
    let code;
    function write() {
      if (status || request.destroyed) return;
      if (sent >= total) return request.end();
      sent += 65536;
      if (request.write(new Uint8Array(65536))) setImmediate(write);
      else request.once('drain', write);
    }
    request.on('response', async (response) => {
      status = response.statusCode;
      code = JSON.parse(Buffer.concat(await response.toArray())).error.code;
      request.destroy();
    });
    request.on('error', () => {});
    request.on('close', () => resolve({ status, code, sent }));
    request.flushHeaders();
    if (total > 0) write();
  });
}

/** Begins a body, and goes away. */
async function breakOff(url, declared, bytes) {
  const request = httpRequest(url, { method: 'POST', headers: { 'content-type': 'image/png', 'content-length': declared } });
  request.on('error', () => {});
  await new Promise((resolve) => request.write(bytes, resolve));
  await sleep(20);
  request.destroy();
}

describe('the bundle', () => {
  it('is below 1 MB compressed, without the weights', () => {
    const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    console.log(`script and binaries: ${(bytes / 1000).toFixed(0)} kB compressed`);
    assert.ok(bytes < 1_000_000, `${bytes} bytes`);
    assert.deepEqual(files.map((file) => basename(file).replace(/^[0-9a-f]{40}-/, '')).sort(), [
      'index.js',
      'jpeg.wasm',
      'relaxed.wasm',
      'simd.wasm',
      'webp.wasm',
    ]);
  });

  it('is of sources whose types fit', () => {
    execFileSync(process.execPath, [commandOf('typescript', 'tsc'), '--project', folder], { stdio: 'inherit' });
  });
});

describe('the worker', () => {
  let worker;
  let url;
  before(async () => {
    worker = startWorker(folder, files);
    url = await worker.ready;
  });
  after(() => worker.dispose());

  it('helps', async () => {
    const response = await fetch(url);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /curl --data-binary @cat\.jpg[\s\S]*2097152 bytes and 1048576 pixels/);
    const head = await fetch(url, { method: 'HEAD' });
    assert.deepEqual([head.status, await head.text()], [200, '']);
  });

  for (const [name, type] of Object.entries(PICTURES)) {
    it(`classifies ${name}, as a body and in a form`, async () => {
      const label = labelOf(name);
      await shows(await post(url, sample(name), type), label);
      await shows(await post(url, sample(name), `${type.toUpperCase()}; a=b`), label);
      await shows(await post(url, formOf(['note', 'x'], ['picture', new Blob([sample(name)], { type }), name])), label);
      await shows(await post(url, formOf(['picture', new Blob([sample(name)]), name])), label);
    });
  }

  it('has a more accurate network in the environment "vgg16"', async () => {
    const classify = async (url) => {
      for (const [name, type] of Object.entries(PICTURES)) {
        await shows(await post(url, sample(name), type), labelOf(name), 'vgg16-cifar10-hetconv-p4');
      }
    };
    // Its model lies beside the example, not beside the copy.
    const folder = fileURLToPath(new URL('../../../examples/cloudflare-worker', import.meta.url));
    await withWorker({}, classify, { folder, environment: 'vgg16' });
  });

  it('keeps its model to itself', async () => {
    await refuses(await fetch(new URL('model.safetensors', url)), 404, 'not-found', /nothing at \/model\.safetensors/);
  });

  it('answers other methods 405', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const response = await fetch(url, { method });
      assert.equal(response.headers.get('allow'), 'GET, HEAD, POST');
      await refuses(response, 405, 'bad-option', new RegExp(method));
    }
  });

  it('answers what is no picture 400', async () => {
    await refuses(await post(url, new Uint8Array(0), 'image/png'), 400, 'bad-image', /empty/);
    await refuses(await fetch(url, { method: 'POST', headers: { 'content-type': 'image/png' } }), 400, 'bad-image', /empty/);
    await refuses(await post(url, 'hello', 'image/png'), 400, 'bad-image', /no picture of a known format/);
    await refuses(await post(url, '<!doctype html>', 'image/jpeg'), 400, 'bad-image', /HTML/);
    for (const [name, type] of Object.entries(PICTURES)) {
      await refuses(await post(url, sample(name).subarray(0, -99), type), 400, 'bad-image', /truncated|damaged/);
    }
  });

  it('answers forms without one picture 400', async () => {
    const cat = new Blob([sample('cat-1.png')], { type: 'image/png' });
    await refuses(await post(url, formOf(['picture', 'cat.png'])), 400, 'bad-input', /has 0/);
    await refuses(await post(url, formOf(['a', cat, 'a.png'], ['b', cat, 'b.png'])), 400, 'bad-input', /has 2/);
    for (const [body, type] of [
      ['hello', 'multipart/form-data'],
      ['hello', 'multipart/form-data; boundary=x'],
      ['--x\r\n', 'multipart/form-data; boundary=x'],
      ['--x\r\nhello\r\n--x--', 'multipart/form-data; boundary=x'],
    ]) {
      await refuses(await post(url, body, type), 400, 'bad-input', /form/);
    }
  });

  it('answers other media types 415', async () => {
    for (const type of ['text/plain', 'image/gif', 'image/svg+xml', 'application/octet-stream', 'image/', 'nonsense']) {
      const response = await post(url, sample('cat-1.png'), type);
      assert.equal(response.headers.get('accept'), 'image/jpeg, image/png, image/webp, multipart/form-data');
      await refuses(response, 415, 'bad-input', /content type is .+; it must be one of/);
    }
    await refuses(await post(url, sample('cat-1.png')), 415, 'bad-input', /content type is missing/);
    const page = new Blob(['<p>'], { type: 'text/html' });
    await refuses(await post(url, formOf(['picture', page, 'x.html'])), 415, 'bad-input', /content type is text\/html/);
    const coded = { 'content-type': 'image/png', 'content-encoding': 'gzip' };
    const zipped = await fetch(url, { method: 'POST', body: gzipSync(sample('cat-1.png')), headers: coded });
    await refuses(zipped, 415, 'bad-input', /coded in gzip/);
  });

  it('answers bodies that are too long 413, and reads no more of them than it must', async () => {
    assert.deepEqual(await upload(url, {}, LIMIT + 65536), { status: 413, code: 'too-large', sent: LIMIT + 65536 });
    await refuses(await post(url, chunked(LIMIT), 'image/png', { duplex: 'half' }), 400, 'bad-image', /no picture/);
    await refuses(await post(url, new Uint8Array(LIMIT), 'image/png'), 400, 'bad-image', /no picture/);
    // Of a length that is told, nothing need be sent.
    assert.deepEqual(await upload(url, { 'content-length': LIMIT + 1 }, 0), { status: 413, code: 'too-large', sent: 0 });
    // A client that goes on and on hears that it should not, or is cut off.
    const { status = 413, sent } = await upload(url, {}, 256 * MEGABYTE);
    assert.ok(status === 413 && sent < 64 * MEGABYTE, `answered ${status} after ${sent} bytes`);
  });

  it('answers pictures of too many pixels 413, before it decodes them', async () => {
    await refuses(
      await post(url, jpegOf(1500, 1000), 'image/jpeg'),
      413,
      'too-large',
      /1500 × 1000, more than the limit of 1048576/,
    );
    await refuses(await post(url, jpegOf(65535, 65535), 'image/jpeg'), 413, 'too-large', /65535 × 65535/);
  });

  it('loses nothing when clients go away', async () => {
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 8 }, () => breakOff(url, LIMIT, new Uint8Array(MEGABYTE))));
    }
    await sleep(200);
    await shows(await post(url, sample('cat-1.png'), 'image/png'), 'cat');
  });

  it('refuses more pictures than its memory holds, and recovers', async () => {
    const slow = Array.from({ length: 5 }, () => {
      const request = httpRequest(url, {
        method: 'POST',
        headers: { 'content-type': 'image/png', 'content-length': LIMIT },
      });
      const answered = new Promise((resolve, reject) => request.on('response', resolve).on('error', reject));
      request.write(new Uint8Array(LIMIT - 1));
      return { request, answered };
    });
    const refused = await Promise.race(slow.map(({ answered }) => answered));
    assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [503, '1']);
    assert.equal(JSON.parse(Buffer.concat(await refused.toArray())).error.code, 'busy');
    for (const { request, answered } of slow) {
      answered.catch(() => {});
      request.destroy();
    }
    await sleep(200);
    await shows(await post(url, sample('cat-1.png'), 'image/png'), 'cat');
  });
});

describe('the first requests', () => {
  it('share one load of the model', async () => {
    let reads = 0;
    const counted = async () => {
      reads++;
      await sleep(100);
      return new Response(modelBytes());
    };
    await withWorker(assetsFrom(counted), async (url) => {
      const answers = await Promise.all(Array.from({ length: 16 }, () => post(url, sample('cat-1.png'), 'image/png')));
      for (const answer of answers) await shows(answer, 'cat');
      await shows(await post(url, sample('dog-1.webp'), 'image/webp'), 'dog');
      assert.equal(reads, 1);
    });
  });

  it('do not depend on the client that came first', async () => {
    let reads = 0;
    const slow = async () => {
      reads++;
      await sleep(500);
      return new Response(modelBytes());
    };
    await withWorker(assetsFrom(slow), async (url) => {
      const gone = new AbortController();
      const first = post(url, sample('cat-1.png'), 'image/png', { signal: gone.signal });
      await sleep(100);
      const second = post(url, sample('cat-1.png'), 'image/png');
      await sleep(100);
      gone.abort();
      await assert.rejects(first, { name: 'AbortError' });
      await shows(await second, 'cat');
      assert.equal(reads, 1);
    });
  });

  it('that find no model, or a damaged one, say so, and the next try again', async () => {
    const answers = [
      () => new Response('gone', { status: 404 }),
      () => new Response(modelBytes().subarray(0, 100_000)),
      () => new Response(modelBytes()),
    ];
    await withWorker({ ...assetsFrom(() => answers.shift()()), handleRuntimeStdio: () => {} }, async (url) => {
      await refuses(await post(url, sample('cat-1.png'), 'image/png'), 500, 'not-found', /cannot be loaded/);
      await refuses(await post(url, sample('cat-1.png'), 'image/png'), 500, 'bad-file', /cannot be loaded/);
      await shows(await post(url, sample('cat-1.png'), 'image/png'), 'cat');
    });
  });
});

describe('under load', () => {
  const CONNECTIONS = 32;
  const REQUESTS = 2000;
  /** What garbage that is not yet collected, and the allocator's own, may add. */
  const FLAT = 8;

  const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

  it(`answers ${REQUESTS} requests, ${CONNECTIONS} at a time, without an error, in memory that stays flat`, async () => {
    const workerd = await startWorkerd(files, models());
    try {
      let wrong = 0;
      const requests = Object.entries(PICTURES).map(([name, type]) => ({
        method: 'POST',
        body: sample(name),
        headers: { 'content-type': type },
        onResponse(status, body) {
          if (status !== 200 || JSON.parse(body).classes[0].label !== labelOf(name)) wrong++;
          memory.push(residentMemory(workerd.pid));
        },
      }));
      const memory = [];
      const {
        latency,
        errors,
        timeouts,
        non2xx,
        requests: done,
        duration,
      } = await autocannon({
        url: workerd.url,
        connections: CONNECTIONS,
        amount: REQUESTS,
        requests,
        timeout: 60,
      });
      const quarter = REQUESTS / 4;
      const [early, late] = [memory.slice(quarter, 2 * quarter), memory.slice(-quarter)].map(median);
      console.log(
        `${REQUESTS} requests in ${duration.toFixed(1)} s, ${CONNECTIONS} at a time: p50 ${latency.p50} ms, p99 ${latency.p99} ms; ` +
          `workerd held ${early.toFixed(1)} MB in the second quarter, ${late.toFixed(1)} MB in the last, ${Math.max(...memory).toFixed(1)} MB at most`,
      );
      const expected = { errors: 0, timeouts: 0, non2xx: 0, wrong: 0, total: REQUESTS };
      assert.deepEqual({ errors, timeouts, non2xx, wrong, total: done.total }, expected);
      assert.ok(late - early < FLAT, `memory grew from ${early} to ${late} MB`);
    } finally {
      await workerd.stop();
    }
  });

  // Requests that wait for promises of others are lost when a collection comes between, which many pictures of one kind bring about.
  it('goes on when other kinds of pictures come after many of one', async () => {
    const workerd = await startWorkerd(files, models());
    try {
      const amounts = { 'cat-1.png': 16_000, 'ship-2.jpg': 2500, 'dog-1.webp': 1500 };
      for (const [name, amount] of Object.entries(amounts)) {
        const requests = [{ method: 'POST', body: sample(name), headers: { 'content-type': PICTURES[name] } }];
        const { errors, timeouts, non2xx } = await autocannon({
          url: workerd.url,
          connections: CONNECTIONS,
          amount,
          requests,
          timeout: 60,
        });
        assert.deepEqual({ name, errors, timeouts, non2xx }, { name, errors: 0, timeouts: 0, non2xx: 0 });
      }
    } finally {
      await workerd.stop();
    }
  });
});
