// Pictures that are broken, hostile or of an unsupported kind: a code, a sentence, and the next good call works.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { native } from '../src/formats/native.js';
import { HetConvError } from '../src/graph/error.js';
import { decodePicture } from '../src/image/decode.js';
import { checkPicture } from '../src/image/picture.js';
import { sniffPicture } from '../src/image/sniff.js';
import { greyPngOf } from './greyPng.js';
import { expected, fixture, fromBase64, maxDifference } from './imageFixtures.js';
import { host } from './support/builtHost.js';
import { loadModel } from './support/nodeEntry.js';
import { smallModel } from './support/smallModel.js';

const decode = (bytes: Uint8Array) => decodePicture(bytes, host.module);
const refuses = (bytes: Uint8Array, message: RegExp, code = 'bad-image') =>
  assert.rejects(decode(bytes), { name: 'HetConvError', code, message });
const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

const SAMPLES = [
  'rgb8.png',
  'palette4-interlaced.png',
  'baseline.jpg',
  'progressive.jpg',
  'orientation6.jpg',
  'lossy.webp',
  'lossless-alpha.webp',
];

test('names what is no picture', async () => {
  await refuses(new Uint8Array(0), /empty/);
  await refuses(fixture('picture.gif'), /seems to be a GIF; give a JPEG, PNG or WebP/);
  await refuses(latin1('<!doctype html><p>Not found'), /HTML/);
  await refuses(latin1('PK\x03\x04'), /ZIP/);
  await refuses(latin1('hello'), /no picture of a known format/);
  assert.equal(sniffPicture(fixture('lossy.webp')), 'webp');
});

test('names the kinds that are not decoded', async () => {
  await refuses(fixture('cmyk.jpg'), /CMYK JPEG is not supported/);
  await refuses(fixture('animated.webp'), /animated WebP/);
  const arithmetic = fixture('baseline.jpg');
  const frame = arithmetic.findIndex((byte, i) => byte === 0xff && arithmetic[i + 1] === 0xc0);
  arithmetic[frame + 1] = 0xc9;
  await refuses(arithmetic, /arithmetic-coded JPEG/);
});

for (const name of SAMPLES) {
  test(`refuses ${name} truncated at every byte, and decodes it afterwards`, async () => {
    const bytes = fixture(name);
    for (let length = 0; length < bytes.length; length++) {
      await assert.rejects(
        decode(bytes.slice(0, length)),
        { name: 'HetConvError', code: 'bad-image' },
        `${length} of ${bytes.length} bytes`,
      );
    }
    const picture = await decode(bytes);
    assert.equal(maxDifference(picture.data, fromBase64(expected.decoded[name]!.rgba)), 0);
  });
}

test('a damaged picture decodes or is a HetConvError, whatever the damage', async () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    value: fc.integer({ min: 0, max: 255 }),
  });
  const damage = fc.tuple(fc.constantFrom(...SAMPLES), fc.array(change, { minLength: 1, maxLength: 6 }));
  await fc.assert(
    fc.asyncProperty(damage, async ([name, changes]) => {
      const bytes = fixture(name);
      for (const { at, value } of changes) bytes[Math.floor(at * bytes.length)] = value;
      try {
        const { width, height, data } = await decode(bytes);
        assert.equal(data.length, width * height * 4);
      } catch (error) {
        if (!(error instanceof HetConvError)) throw error;
      }
    }),
    { numRuns: 200 },
  );
});

test('checks dimensions before anything is allocated', async () => {
  const webp = fixture('lossless-alpha.webp');
  const at = webp.findIndex((_, i) => String.fromCharCode(...webp.subarray(i, i + 4)) === 'VP8L') + 9;
  webp.set([0xff, 0xff, 0xff, 0x1f], at);
  await refuses(webp, /16384 × 16384, but a file of \d+ bytes cannot hold that|truncated|inconsistent/);
  const jpeg = fixture('baseline.jpg');
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  jpeg.set([0xff, 0xff, 0xff, 0xff], frame + 5);
  await refuses(jpeg, /65535 × 65535, more than the limit/, 'too-large');
  jpeg.set([0x40, 0, 0x40, 0], frame + 5);
  await refuses(jpeg, /16384 × 16384, but a file of \d+ bytes cannot hold that/);
  jpeg.set([0, 0, 0, 5], frame + 5);
  await refuses(jpeg, /no pixels/);
});

test('a model decodes no picture of more pixels than maxPixels, and classifies one that has as many', async () => {
  const bytes = fixture('baseline.jpg');
  const { width, height } = await decode(bytes);
  const model = native.write!(smallModel());
  const bounded = await loadModel(model, { maxPixels: width * height - 1 });
  const refused = {
    name: 'HetConvError',
    code: 'too-large',
    message: new RegExp(`${width} × ${height}, more than the limit of`),
  };
  await assert.rejects(bounded.classify(bytes), refused);
  await assert.rejects(bounded.classify(await decode(bytes)), refused);
  bounded.dispose();
  const roomy = await loadModel(model, { maxPixels: width * height });
  assert.equal((await roomy.classify(bytes)).length, 2);
  roomy.dispose();
  for (const maxPixels of [0, 1.5, Number.NaN]) {
    await assert.rejects(loadModel(model, { maxPixels }), { code: 'bad-option', message: /maxPixels/ });
  }
});

test('a picture of the caller has its size checked', () => {
  const good = { width: 2, height: 1, data: new Uint8ClampedArray(8) };
  assert.deepEqual(checkPicture(good), good);
  for (const bad of [
    undefined,
    null,
    'x',
    {},
    { ...good, width: 0 },
    { ...good, width: 1.5 },
    { ...good, data: [1, 2] },
    { ...good, height: 2 },
  ]) {
    assert.throws(() => checkPicture(bad), { name: 'HetConvError', code: 'bad-image' });
  }
});

test('half a JPEG with an end marker put on is still refused, bytes after the end are not', async () => {
  for (const name of ['baseline.jpg', 'progressive.jpg']) {
    const bytes = fixture(name);
    const half = [...bytes.subarray(0, bytes.length - 60), 0xff, 0xd9];
    if (name === 'baseline.jpg') await refuses(Uint8Array.from(half), /the JPEG is truncated or damaged/);
    const picture = await decode(Uint8Array.from([...bytes, 1, 2, 3, 0xff, 0xd8]));
    assert.equal(maxDifference(picture.data, fromBase64(expected.decoded[name]!.rgba)), 0);
  }
});

test('a PNG that inflates to more than its size stops early, to less is truncated', async () => {
  const bomb = deflateSync(Buffer.alloc(2 ** 28), { level: 9 });
  const before = process.memoryUsage().arrayBuffers;
  const start = process.cpuUsage();
  const picture = await decode(greyPngOf(1, 2, bomb));
  assert.deepEqual([...picture.data], [0, 0, 0, 255, 0, 0, 0, 255]);
  assert.ok(process.cpuUsage(start).user < 2e6, 'computes for less than 2 s');
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 27, 'holds less than 128 MiB');
  await refuses(greyPngOf(1, 3, deflateSync(Buffer.alloc(5))), /truncated: its pixels end before row 2 of 3/);
  await refuses(greyPngOf(1, 3, Buffer.from('hello, hello, hello')), /compressed data is not valid/);
  await refuses(greyPngOf(1, 1, deflateSync(Buffer.from([9, 0]))), /unknown filter 9/);
});

test('a JPEG of many scans is refused', async () => {
  const bytes = fixture('baseline.jpg');
  const scan = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xda);
  const again = [...bytes.subarray(scan, bytes.length - 2)];
  const many = Uint8Array.from([...bytes.subarray(0, scan), ...new Array(101).fill(again).flat(), 0xff, 0xd9]);
  await refuses(many, /more than 100 scans/);
});

test('pictures are decoded at the same time without touching each other', async () => {
  const names = [...SAMPLES, ...SAMPLES];
  const pictures = await Promise.all(names.map((name) => decode(fixture(name))));
  for (const [i, name] of names.entries())
    assert.equal(maxDifference(pictures[i]!.data, fromBase64(expected.decoded[name]!.rgba)), 0, name);
});
