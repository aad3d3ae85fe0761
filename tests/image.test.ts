// Decoding and turning against Pillow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePicture } from '../src/image/decode.js';
import { orientPicture } from '../src/image/orientation.js';
import { expected, fixture, fromBase64, maxDifference } from './imageFixtures.js';
import { host } from './support/builtHost.js';

const decode = (bytes: Uint8Array) => decodePicture(bytes, host.module);

for (const [name, want] of Object.entries(expected.decoded)) {
  test(`decodes ${name} as Pillow does`, async () => {
    const picture = await decode(fixture(name));
    assert.deepEqual([picture.width, picture.height], [want.width, want.height]);
    assert.equal(maxDifference(picture.data, fromBase64(want.rgba)), 0);
  });
}

test('a turn and its inverse give the picture back', () => {
  const picture = { width: 3, height: 2, data: Uint8Array.from({ length: 24 }, (_, i) => i) };
  const inverse = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6 } as const;
  for (const [n, back] of Object.entries(inverse)) {
    const turned = orientPicture(picture, Number(n) as keyof typeof inverse);
    assert.deepEqual(orientPicture(turned, back).data, picture.data, `orientation ${n}`);
  }
});

for (const [first, second] of [
  ['baseline.jpg', 'progressive.jpg'],
  ['lossy.webp', 'lossless-alpha.webp'],
] as const) {
  test(`the pixels of ${first} stay what they are when ${second} is decoded, before and meanwhile`, async () => {
    const check = (picture: { data: ArrayLike<number> }, name: string) =>
      assert.equal(maxDifference(picture.data, fromBase64(expected.decoded[name]!.rgba)), 0, name);
    const one = await decode(fixture(first));
    const [two, three] = await Promise.all([decode(fixture(second)), decode(fixture(first))]);
    for (const picture of [one, three]) check(picture, first);
    check(two, second);
  });
}
