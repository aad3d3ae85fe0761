// What only a page has: its kinds of pictures, and a policy that forbids making scripts from text.
import { assert } from 'chai';
import { flag } from './inputs.js';
import { test } from './test.js';

/** A canvas that shows the flag. */
function flagCanvas(width: number, height: number): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  canvas.getContext('2d')!.putImageData(flagImage(width, height), 0, 0);
  return canvas;
}

function flagImage(width: number, height: number): ImageData {
  return new ImageData(flag(width, height).data, width, height);
}

test('page: text does not become script, WebAssembly compiles', ['page'], async (t) => {
  // biome-ignore lint/security/noGlobalEval: what the page's policy must forbid
  assert.throws(() => globalThis.eval('1'));
  assert.isTrue(globalThis.crossOriginIsolated);
  await t.load('small.safetensors');
});

test('page: an address relative to the document', ['page'], async (t) => {
  assert.equal((await t.loadFrom('fixtures/small.safetensors')).name, 'small');
  assert.equal((await t.loadFrom('/fixtures/small.safetensors')).name, 'small');
});

test('page: ImageData, a canvas and an OffscreenCanvas give what their pixels give', ['page'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const expected = (await model.prepare(flag(64, 48))).tensor.data;
  const offscreen = new OffscreenCanvas(64, 48);
  offscreen.getContext('2d')!.putImageData(flagImage(64, 48), 0, 0);
  for (const picture of [flagImage(64, 48), flagCanvas(64, 48), offscreen]) {
    const { data } = (await model.prepare(picture as ImageData)).tensor;
    assert.deepEqual(data, expected, picture.constructor.name);
  }
});

test('page: an ImageBitmap, an image and a VideoFrame give what their pixels give', ['page'], async (t) => {
  const model = await t.load('segmenter.safetensors');
  const expected = (await model.prepare(flag(64, 48))).tensor.data;
  const image = new Image();
  image.src = flagCanvas(64, 48).toDataURL();
  await image.decode();
  const pictures: object[] = [await createImageBitmap(flagImage(64, 48)), image];
  if ('VideoFrame' in globalThis) pictures.push(new VideoFrame(flagCanvas(64, 48), { timestamp: 0 }));
  for (const picture of pictures) {
    const { data } = (await model.prepare(picture as ImageData)).tensor;
    assert.deepEqual(data, expected, picture.constructor.name);
  }
});
