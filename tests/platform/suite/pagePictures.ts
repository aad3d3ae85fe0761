// Pictures that only pages have: whatever holds its pixels, a picture gives the same tensor as its bytes do.
import { assert } from 'chai';
import type { Model, PictureSource } from '../../../src/platform/node/index.js';
import { script } from './script.js';
import { test } from './test.js';

/** Of 0…1: what a browser's own decoder, and a canvas that premultiplies alpha, may differ by. */
const TWO_LEVELS = 2 / 255 + 1e-6;

async function imageOf(url: string, options: Partial<HTMLImageElement> = {}): Promise<HTMLImageElement> {
  const image = Object.assign(new Image(), options);
  image.src = url;
  await new Promise<unknown>((resolve) => {
    image.onload = resolve;
    image.onerror = resolve;
  });
  return image;
}

/** A canvas on which `picture` is drawn. */
function drawn<C extends HTMLCanvasElement | OffscreenCanvas>(canvas: C, picture: HTMLImageElement): C {
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  (canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D).drawImage(picture, 0, 0);
  return canvas;
}

const tensorOf = async (model: Model, picture: PictureSource) => (await model.prepare(picture)).tensor.data;

/** A frame of a canvas that is filmed, in one colour. */
async function filmed(color: string): Promise<{ video: HTMLVideoElement; end(): void }> {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
  const context = canvas.getContext('2d')!;
  context.fillStyle = color;
  const paint = () => context.fillRect(0, 0, 64, 48);
  paint();
  const stream = canvas.captureStream(30);
  const painting = setInterval(paint, 20);
  const video = Object.assign(document.createElement('video'), { muted: true, srcObject: stream });
  const arrived = new Promise((resolve) => video.addEventListener('loadeddata', resolve));
  await video.play();
  await arrived;
  return {
    video,
    end() {
      clearInterval(painting);
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

test('page pictures: images, canvases and bitmaps are what their bytes are', ['page'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  for (const name of [
    'rgb8.png',
    'grey8.png',
    'palette8.png',
    'lossless-alpha.webp',
    'rgba8.png',
    'baseline.jpg',
    'orientation6.jpg',
  ]) {
    const bytes = await t.bytes(name);
    const want = await tensorOf(model, bytes);
    const image = await imageOf(t.fixtureUrl(name));
    const sources = {
      image,
      canvas: drawn(document.createElement('canvas'), image),
      offscreen: drawn(new OffscreenCanvas(1, 1), image),
      bitmap: await createImageBitmap(image),
    };
    const exact = /^(rgb|grey)8/.test(name);
    for (const [kind, source] of Object.entries(sources)) {
      const got = await tensorOf(model, source);
      if (exact) assert.deepEqual(got, want, `${name} as ${kind}`);
      const most = got.reduce((worst, value, i) => Math.max(worst, Math.abs(value - want[i]!)), 0);
      assert.isAtMost(most, TWO_LEVELS, `${name} as ${kind}`);
    }
    assert.deepEqual(await tensorOf(model, new Blob([bytes])), want, `${name} as a Blob`);
    assert.deepEqual(await tensorOf(model, new File([bytes], name)), want, `${name} as a File`);
  }
});

test('page pictures: ImageData is taken as it is, transparent or not', ['page'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const data = Uint8ClampedArray.from({ length: 4 * 9 * 7 }, (_, i) => (i * 37) % 256);
  const want = await tensorOf(model, { width: 9, height: 7, data });
  assert.deepEqual(await tensorOf(model, new ImageData(data, 9, 7)), want);
});

test('page pictures: ImageData of other colours is converted', ['page', 'wideColor'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const wide = new ImageData(1, 1, { colorSpace: 'display-p3' });
  wide.data.set([255, 128, 128, 255]);
  const [red, green] = [0, 24 * 32].map((plane) => plane + 12 * 32 + 16);
  const got = await tensorOf(model, wide);
  // sRGB has no red so pure: it is clipped, and what is less red loses more.
  assert.equal(got[red!], 1);
  assert.isBelow(got[green!]!, 126 / 255);
});

test('page pictures: classify, detect, segment and run take them', ['page'], async (t) => {
  const classifier = await t.load('vgg.safetensors', { variant: 'simd' });
  const [cat] = await classifier.classify(await imageOf(t.fixtureUrl('cat-1.png')));
  assert.equal(cat!.label, 'cat');
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#00f';
  context.fillRect(0, 0, 64, 48);
  const segmenter = await t.load('segmenter.safetensors');
  assert.isTrue((await segmenter.segment(canvas)).classes.every((index) => index === 2));
  assert.deepEqual((await segmenter.run({ image: canvas })).y!.data, (await segmenter.prepare(canvas)).tensor.data);
  assert.lengthOf(await (await t.load('detector.safetensors')).detect(canvas), 3);
});

test('page pictures: the frame that a video shows', ['page'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const { video, end } = await filmed('#0f0');
  try {
    const { width, height, classes } = await model.segment(video);
    assert.deepEqual([width, height], [64, 48]);
    assert.isTrue(classes.every((index) => index === 1));
  } finally {
    end();
  }
});

test('page pictures: VideoFrame', ['page', 'videoFrame'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const frame = new VideoFrame(await imageOf(t.fixtureUrl('rgb8.png')), { timestamp: 0 });
  assert.deepEqual(await tensorOf(model, frame), await tensorOf(model, await t.bytes('rgb8.png')));
  frame.close();
  await t.rejects(() => model.prepare(frame), 'bad-image', /VideoFrame has no pixels: it was closed/);
});

test('page pictures: those beyond the sides of a canvas', ['page'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  for (const [width, height] of [
    [9000, 20],
    [20, 9000],
    [4100, 4097],
  ] as const) {
    const data = new Uint8ClampedArray(4 * width * height).fill(255);
    for (let i = 0; i < width * height; i++) data[4 * i + (i % 3)] = i % 251;
    const bitmap = await createImageBitmap(new ImageData(data, width, height));
    assert.deepEqual(await tensorOf(model, bitmap), await tensorOf(model, { width, height, data }), `${width} × ${height}`);
  }
});

test('page pictures: elements of another document', ['page'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const image = frame.contentDocument!.createElement('img');
  image.src = t.fixtureUrl('rgb8.png');
  await image.decode();
  assert.deepEqual(await tensorOf(model, image), await tensorOf(model, await t.bytes('rgb8.png')));
  frame.remove();
});

test('page pictures: what has no pixels is refused, and the next good one is right', ['page'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const good = await imageOf(t.fixtureUrl('rgb8.png'));
  const want = await tensorOf(model, good);
  const loading = new Image();
  loading.src = (await script(t, { stallAfter: 30 })).url('rgb8.png');
  const closed = await createImageBitmap(good);
  closed.close();
  const missing = await imageOf(t.url('nowhere.png'));
  const other = await imageOf(t.fixtureUrl('rgb8.png').replace('127.0.0.1', 'localhost'));
  assert.isAbove(other.naturalWidth, 0, 'the picture of another origin is there');
  const wrong: [PictureSource, RegExp][] = [
    [loading, /still loading; await its decode\(\)/],
    [new Image(), /could not be loaded/],
    [missing, /nowhere\.png" could not be loaded/],
    [other, /of another origin; let it be served with CORS headers/],
    [drawn(document.createElement('canvas'), other), /HTMLCanvasElement back, for they are of another origin/],
    [Object.assign(document.createElement('canvas'), { width: 0 }), /its width or height is 0/],
    [new OffscreenCanvas(4, 0), /its width or height is 0/],
    [closed, /it was closed or transferred/],
    [document.createElement('video'), /no frame has arrived; wait for its event "loadeddata"/],
    [document.body as unknown as PictureSource, /this is HTMLBodyElement/],
  ];
  for (const [picture, message] of wrong) {
    await t.rejects(() => model.prepare(picture), 'bad-image', message);
    assert.deepEqual(await tensorOf(model, good), want);
  }
});
