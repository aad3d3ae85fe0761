// Decoding, turning, resizing and preprocessing against Pillow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePicture } from '../src/image/decode.js';
import { orientPicture } from '../src/image/orientation.js';
import { preprocessPicture } from '../src/image/preprocess.js';
import { resizePicture } from '../src/image/resize.js';
import { host } from '../src/platform/node/host.js';
import { expected, fixture, fromBase64, maxDifference } from './imageFixtures.js';

const decode = (bytes: Uint8Array) => decodePicture(bytes, host.codec);

for (const [name, want] of Object.entries(expected.decoded)) {
  test(`decodes ${name} as Pillow does`, async () => {
    const picture = await decode(fixture(name));
    assert.deepEqual([picture.width, picture.height], [want.width, want.height]);
    assert.equal(maxDifference(picture.data, fromBase64(want.rgba)), 0);
  });
}

test('resizes as Pillow does, to the last bit', async () => {
  for (const { name, size, mode, box, rgb } of expected.resized) {
    const [left, top, right, bottom] = box ?? [];
    const part = box ? { left: left!, top: top!, right: right!, bottom: bottom! } : undefined;
    const got = resizePicture(await decode(fixture(name)), size, mode, part);
    // Pillow composites alpha over white with a rounding of its own.
    const most = name === 'rgba8.png' ? 1 : 0;
    const difference = maxDifference(got, fromBase64(rgb));
    assert.ok(difference <= most, `${name} to ${size} ${mode} box ${box}: ${difference} levels from Pillow`);
  }
});

test('a turn and its inverse give the picture back', () => {
  const picture = { width: 3, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => i) };
  const inverse = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6 } as const;
  for (const [n, back] of Object.entries(inverse)) {
    const turned = orientPicture(picture, Number(n) as keyof typeof inverse);
    assert.deepEqual(orientPicture(turned, back).data, picture.data, `orientation ${n}`);
  }
});

test('preprocessing normalises, orders the channels and crops about the centre', () => {
  // Four columns: red, white, black, blue.
  const row = [255, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 255, 255];
  const picture = { width: 4, height: 2, data: Uint8Array.from([...row, ...row]) };
  const spec = { size: [2, 2], resize: 'bilinear', mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2] } as const;
  const cropped = preprocessPicture(picture, { ...spec, fit: 'crop', colorOrder: 'RGB' });
  assert.deepEqual([...cropped], [1, -1, 1, -1, 3, -1, 3, -1, 0.5, 0, 0.5, 0]);
  const nearest = preprocessPicture(picture, { ...spec, fit: 'stretch', resize: 'nearest', colorOrder: 'BGR' });
  assert.deepEqual([...nearest], [1, 1, 1, 1, 3, -1, 3, -1, 0.5, 0, 0.5, 0]);
});

test('what is transparent shows white', () => {
  const picture = { width: 1, height: 1, data: Uint8Array.from([10, 20, 30, 0]) };
  assert.deepEqual([...resizePicture(picture, [1, 1], 'bilinear')], [255, 255, 255]);
});

test('preprocessing fills a given tensor', () => {
  const picture = { width: 1, height: 1, data: new Uint8ClampedArray([255, 255, 255, 255]) };
  const output = new Float32Array(3 * 4);
  const spec = { size: [2, 2], fit: 'stretch', resize: 'bilinear', mean: [0, 0, 0], std: [1, 1, 1], colorOrder: 'RGB' } as const;
  assert.equal(preprocessPicture(picture, spec, output), output);
  assert.deepEqual([...output], new Array(12).fill(1));
});
