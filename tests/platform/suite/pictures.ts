// Pictures in: RGBA pixels and encoded bytes, classes, boxes and masks out.
import { assert } from 'chai';
import type { Classification } from '../../../src/platform/node/index.js';
import { flag, flagColor } from './inputs.js';
import { type TestContext, test } from './test.js';

async function classifySamples(t: TestContext, names: readonly string[]): Promise<void> {
  const model = await t.load('vgg.safetensors', { variant: 'simd' });
  for (const name of names) {
    const picture = await t.bytes(name);
    const classes = await model.classify(picture);
    assert.equal(classes[0]!.label, name.split('-')[0], name);
    assert.lengthOf(classes, 5);
    t.agree(name, (await model.prepare(picture)).tensor.data);
    t.agree(
      `${name}: probabilities`,
      Float64Array.from(classes, ({ probability }) => probability),
    );
  }
}

test('classify: PNG', [], (t) =>
  classifySamples(t, ['airplane-1.png', 'bird-1.png', 'cat-1.png', 'deer-1.png', 'frog-1.png', 'ship-1.png']),
);

test('classify: JPEG', [], (t) =>
  classifySamples(t, ['automobile-1.jpg', 'cat-2.jpg', 'horse-1.jpg', 'ship-2.jpg', 'truck-1.jpg']),
);

test('classify: WebP', [], (t) => classifySamples(t, ['dog-1.webp']));

test('classify: RGBA pixels, ranked, as many as asked for', [], async (t) => {
  const model = await t.load('vgg.safetensors', { variant: 'simd' });
  const classes = await model.classify(flag(50, 40), { topK: 10 });
  assert.lengthOf(classes, 10);
  assert.deepEqual(
    classes,
    [...classes].sort((a, b) => b.probability - a.probability),
  );
  assert.closeTo(
    classes.reduce((sum, { probability }) => sum + probability, 0),
    1,
    1e-12,
  );
  assert.equal((await model.classify(flag(50, 40), { topK: 1 })).length, 1);
  await t.rejects(() => model.classify(flag(50, 40), { topK: 0 }), 'bad-option', /topK/);
});

test('prepare: every size of picture becomes the same tensor on every platform', [], async (t) => {
  const model = await t.load('small.safetensors');
  for (const [width, height] of [
    [1, 1],
    [4, 4],
    [3, 7],
    [640, 480],
    [37, 1000],
  ] as const) {
    const prepared = await model.prepare(flag(width, height));
    assert.deepEqual([prepared.width, prepared.height], [width, height]);
    assert.deepEqual(prepared.tensor.shape, [1, 3, 4, 4]);
    t.agree(`${width} × ${height}`, prepared.tensor.data);
  }
});

test('prepare: every kind of PNG, JPEG and WebP', [], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const kinds = [
    ...['grey1.png', 'grey-alpha16.png', 'palette4-interlaced.png', 'rgb16.png', 'rgba8-interlaced.png', 'key-rgb8.png'],
    ...['baseline.jpg', 'progressive.jpg', 'grey.jpg', 'subsampled.jpg', 'lossy.webp', 'lossless-alpha.webp'],
  ];
  for (const name of kinds) t.agree(name, (await model.prepare(await t.bytes(name))).tensor.data);
});

test('prepare: a picture that lies on its side is turned upright', [], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const upright = await model.prepare(await t.bytes('orientation1.jpg'));
  for (const orientation of [2, 3, 4, 5, 6, 7, 8]) {
    const { width, height, tensor } = await model.prepare(await t.bytes(`orientation${orientation}.jpg`));
    const stored = orientation < 5 ? [width, height] : [height, width];
    assert.deepEqual(stored, [upright.width, upright.height], `orientation ${orientation}`);
    t.agree(`orientation ${orientation}`, tensor.data);
  }
});

test('detect: boxes in the picture, best first', [], async (t) => {
  const model = await t.load('detector.safetensors');
  const found = await model.detect(flag(64, 48));
  assert.deepEqual(
    found.map(({ label, score, box }) => [label, score.toFixed(1), box.left, box.top, box.right, box.bottom]),
    [
      ['cat', '0.9', 8, 18, 24, 30],
      ['dog', '0.7', 40, 10, 56, 22],
      ['dog', '0.3', 10, 18, 26, 30],
    ],
  );
  assert.lengthOf(await model.detect(flag(64, 48), { minScore: 0.5 }), 2);
  assert.lengthOf(await model.detect(flag(64, 48), { topK: 1 }), 1);
});

test('segment: the class of every pixel', [], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const { width, height, classes } = await model.segment(flag(64, 48));
  assert.deepEqual([width, height], [64, 48]);
  const wrong = classes.reduce((count, index, i) => count + Number(index !== flagColor(64, 48, i % 64, Math.floor(i / 64))), 0);
  assert.equal(wrong, 0);
  t.agree('classes', (await model.segment(flag(91, 53))).classes);
});

test('prepare: encoded bytes in a Uint8Array, an ArrayBuffer, a Blob and a File', [], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const bytes = await t.bytes('baseline.jpg');
  const expected = (await model.prepare(bytes)).tensor;
  const fetched = await t.response('baseline.jpg');
  for (const picture of [bytes.buffer, new Blob([bytes]), new File([bytes], 'baseline.jpg'), await fetched.blob()]) {
    assert.deepEqual((await model.prepare(picture)).tensor, expected);
  }
});

test('run: takes a picture for its input', [], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const picture = await t.bytes('palette8.png');
  const { tensor } = await model.prepare(picture);
  assert.deepEqual((await model.run({ image: picture })).y, (await model.run({ image: tensor })).y);
});

test('pictures: what is none is refused, and the next good one is right', [], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const good = await t.bytes('baseline.jpg');
  const expected = (await model.prepare(good)).tensor.data;
  const text = (value: string) => new TextEncoder().encode(value);
  const wrong: [unknown, RegExp][] = [
    [new Uint8Array(0), /empty/],
    [text('<!doctype html><p>Not found'), /HTML/],
    [await t.bytes('picture.gif'), /GIF; give a JPEG, PNG or WebP/],
    [await t.bytes('cmyk.jpg'), /CMYK/],
    [await t.bytes('animated.webp'), /animated/],
    [good.subarray(0, good.length / 2), /truncated|damaged/],
    [(await t.bytes('rgb8.png')).subarray(0, 300), /truncated|ends/],
    [(await t.bytes('lossy.webp')).subarray(0, 150), /truncated|damaged/],
    [{ width: 1, height: 1, data: new Uint8Array(3) }, /4 bytes/],
    [{ width: 0, height: 1, data: new Uint8Array(0) }, /./],
    [{ width: 1.5, height: 1, data: new Uint8Array(6) }, /./],
    [null, /./],
    ['cat.jpg', /./],
  ];
  for (const [picture, message] of wrong) {
    await t.rejects(() => model.prepare(picture as Uint8Array), 'bad-image', message);
    assert.deepEqual((await model.prepare(good)).tensor.data, expected);
  }
});

test('pictures: a model that says nothing of them refuses', [], async (t) => {
  const model = await t.load('bare.safetensors');
  for (const method of ['classify', 'detect', 'segment', 'prepare'] as const) {
    await t.rejects(() => model[method](flag(4, 4)), 'bad-option', /says nothing of how to feed it pictures/);
  }
});

test('pictures: twenty at a time', [], async (t) => {
  const model = await t.load('vgg.safetensors');
  const pictures = await Promise.all(['cat-2.jpg', 'dog-1.webp', 'ship-1.png', 'truck-1.jpg'].map((name) => t.bytes(name)));
  const alone: Classification[][] = [];
  for (const picture of pictures) alone.push(await model.classify(picture));
  const together = await Promise.all(Array.from({ length: 20 }, (_, i) => model.classify(pictures[i % 4]!)));
  assert.deepEqual(
    together,
    together.map((_, i) => alone[i % 4]!),
  );
});
