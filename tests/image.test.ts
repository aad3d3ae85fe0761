// Decoding, turning, resizing and preprocessing against Pillow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Preprocessing } from '../src/graph/preprocessing.js';
import { decodePicture } from '../src/image/decode.js';
import { fitOf, toPicture } from '../src/image/fit.js';
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

test('fits as torchvision and Pillow do, to the last bit, and normalises to the last bit', async () => {
  const { fits, normalised } = JSON.parse(gunzipSync(fixture('fits.json.gz')).toString());
  const plain = { resize: 'bilinear', mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255], colorOrder: 'RGB' } as const;
  for (const { name, spec, rgb } of fits) {
    const tensor = preprocessPicture(await decode(fixture(name)), { ...spec, ...plain });
    const area = tensor.length / 3;
    const pixels = tensor.map((_, i) => tensor[(i % 3) * area + Math.floor(i / 3)]!);
    assert.equal(maxDifference(pixels, fromBase64(rgb)), 0, `${name} ${JSON.stringify(spec)}`);
  }
  const ramp = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 255 : i >> 2));
  const imageNet = { ...plain, size: [1, 256], fit: 'stretch', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
  const want = new Float32Array(fromBase64(normalised).buffer);
  const got = preprocessPicture({ width: 256, height: 1, data: ramp }, imageNet);
  got.forEach((value, i) => {
    // torchvision subtracts and divides in f32.
    assert.ok(Math.abs(value - want[i]!) <= 2 ** -21, `value ${i} is ${value}, torchvision has ${want[i]}`);
  });
});

test('a very long picture costs no more than what the input shows of it', () => {
  const picture = { width: 1, height: 400_000, data: new Uint8Array(1_600_000).fill(255) };
  const spec = { size: [4, 4], resize: 'bilinear', mean: [0, 0, 0], std: [1, 1, 1], colorOrder: 'RGB' } as const;
  const before = process.memoryUsage().arrayBuffers;
  const crop = preprocessPicture(picture, { ...spec, fit: 'crop', shorterSide: 256 });
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20);
  assert.deepEqual([...crop], new Array(48).fill(1));
  const boxed = preprocessPicture(picture, { ...spec, fit: 'letterbox', placement: 'topLeft', fill: [0, 0, 0] });
  assert.deepEqual([...boxed.subarray(0, 4)], [1, 0, 0, 0]);
});

test('a box of the input is found again in the picture', () => {
  const common = { size: [20, 40], resize: 'bilinear', mean: [0, 0, 0], std: [1, 1, 1], colorOrder: 'RGB' } as const;
  const specs: Preprocessing[] = [
    { ...common, fit: 'stretch' },
    { ...common, fit: 'crop' },
    { ...common, fit: 'crop', shorterSide: 66 },
    { ...common, fit: 'letterbox', placement: 'center', fill: [0, 0, 0] },
    { ...common, fit: 'letterbox', placement: 'topLeft', fill: [0, 0, 0] },
  ];
  // A white rectangle on black: its edges in the input, mapped back, are its edges in the picture.
  for (const [width, height] of [
    [100, 80],
    [80, 100],
    [100, 50],
  ] as const) {
    const truth = { left: width / 2 - 10, top: height / 2 - 5, right: width / 2 + 10, bottom: height / 2 + 5 };
    const data = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
      const x = (i >> 2) % width;
      const y = Math.floor((i >> 2) / width);
      return i % 4 === 3 || (x >= truth.left && x < truth.right && y >= truth.top && y < truth.bottom) ? 255 : 0;
    });
    for (const spec of specs) {
      const tensor = preprocessPicture({ width, height, data }, spec);
      const fit = fitOf({ width, height }, spec);
      const lit = [...tensor.subarray(0, 800).keys()].filter((i) => tensor[i]! >= 0.5);
      const columns = lit.map((i) => i % 40);
      const rows = lit.map((i) => Math.floor(i / 40));
      const box = {
        left: Math.min(...columns),
        top: Math.min(...rows),
        right: Math.max(...columns) + 1,
        bottom: Math.max(...rows) + 1,
      };
      const back = toPicture(fit, { width, height }, box);
      for (const side of ['left', 'top', 'right', 'bottom'] as const) {
        // A pixel of the input, at the largest reduction of these.
        assert.ok(Math.abs(back[side] - truth[side]) <= 5, `${width} × ${height} ${JSON.stringify(spec)}: ${side} ${back[side]}`);
      }
    }
  }
  const fit = fitOf({ width: 100, height: 80 }, specs[3]!);
  assert.deepEqual(toPicture(fit, { width: 100, height: 80 }, { left: -5, top: -5, right: 50, bottom: 50 }), {
    left: 0,
    top: 0,
    right: 100,
    bottom: 80,
  });
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
