// Pictures in, boxes and masks out: networks that compute what can be known beforehand, fed through every way of fitting.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { detectionsOf } from '../src/api/detection.js';
import { segmentationOf } from '../src/api/segmentation.js';
import { native } from '../src/formats/native.js';
import { constant } from '../src/graph/constant.js';
import { HetConvError } from '../src/graph/error.js';
import type { Graph, Node } from '../src/graph/graph.js';
import type { Preprocessing } from '../src/graph/preprocessing.js';
import { expected, fixture, fromBase64 } from './imageFixtures.js';
import { loadModel } from './support/nodeEntry.js';

const [HEIGHT, WIDTH] = [24, 32];
const common = { size: [HEIGHT, WIDTH], resize: 'bilinear', mean: [0, 0, 0], std: [1, 1, 1], colorOrder: 'RGB' } as const;
const FITS: readonly Preprocessing[] = [
  { ...common, fit: 'stretch' },
  { ...common, fit: 'crop' },
  { ...common, fit: 'crop', shorterSide: 40 },
  { ...common, fit: 'letterbox', placement: 'center', fill: [0, 0, 0] },
  { ...common, fit: 'letterbox', placement: 'topLeft', fill: [0, 0, 0] },
];

/** The scores are the colours themselves: class 0 red, 1 green, 2 blue. */
function segmenter(nodes: readonly Node[], tensors: Graph['tensors'] = new Map()): Graph {
  return { name: 'colors', inputs: [{ name: 'image', shape: [1, 3, HEIGHT, WIDTH] }], outputs: ['y'], nodes, tensors };
}
const node = (op: string, inputs: string[], attributes: Node['attributes'] = {}, output = 'y'): Node => ({
  name: output,
  op,
  inputs,
  outputs: [output],
  attributes,
});

/** Left half red, right half blue, a green stripe below. */
const [PICTURE_W, PICTURE_H] = [90, 60];
const colorAt = (x: number, y: number) => (y >= 50 ? 1 : x < 45 ? 0 : 2);
const picture = {
  width: PICTURE_W,
  height: PICTURE_H,
  data: Uint8Array.from({ length: PICTURE_W * PICTURE_H * 4 }, (_, i) => {
    const pixel = i >> 2;
    const channel = i % 4;
    return channel === 3 || colorAt(pixel % PICTURE_W, Math.floor(pixel / PICTURE_W)) === channel ? 255 : 0;
  }),
};

describe('segment', () => {
  const models: Record<string, Graph> = {
    scores: segmenter([node('relu', ['image'])]),
    'scores of half the resolution': segmenter([node('averagePool', ['image'], { kernel: [2, 2], stride: [2, 2] })]),
    indices: segmenter([node('argMax', ['image'], { axis: 1, keepDims: false })]),
    'indices with their axis': segmenter([node('argMax', ['image'], { axis: 1 })]),
  };
  for (const [name, graph] of Object.entries(models)) {
    for (const preprocessing of FITS) {
      it(`${name}, ${JSON.stringify(preprocessing)}`, async () => {
        const model = await loadModel(native.write!({ graph, preprocessing }));
        const { width, height, classes } = await model.segment(picture);
        assert.deepEqual([width, height, classes.length], [PICTURE_W, PICTURE_H, PICTURE_W * PICTURE_H]);
        let unseen = 0;
        classes.forEach((index, i) => {
          const [x, y] = [i % PICTURE_W, Math.floor(i / PICTURE_W)];
          if (index === 255) unseen++;
          // Two samples of the map round an edge may fall to either side.
          else if (Math.abs(x - 45) > 7 && Math.abs(y - 50) > 7) assert.equal(index, colorAt(x, y), `(${x}, ${y})`);
        });
        // What is cut off: of 90 × 60 pixels 80 × 60 are shown, or with the shorter side at 40 pixels 48 × 36.
        const seen = preprocessing.fit !== 'crop' ? PICTURE_W * PICTURE_H : preprocessing.shorterSide ? 48 * 36 : 80 * 60;
        assert.ok(Math.abs(PICTURE_W * PICTURE_H - seen - unseen) <= 200, `${unseen} unseen`);
      });
    }
  }

  it('one class: from a half on after sigmoid, from 0 on before', async () => {
    // Red alone, less a quarter.
    const weights = new Map([
      ['w', constant([1, 3, 1, 1], Float32Array.of(1, 0, 0))],
      ['b', constant([1], Float32Array.of(-0.25))],
    ]);
    const conv = (output: string) => node('conv', ['image', 'w', 'b'], {}, output);
    const logits = segmenter([conv('y')], weights);
    const chances = segmenter([conv('z'), node('sigmoid', ['z'])], weights);
    for (const graph of [logits, chances]) {
      const model = await loadModel(native.write!({ graph, preprocessing: FITS[0]! }));
      const { classes } = await model.segment(picture);
      assert.deepEqual([classes[0], classes[PICTURE_W - 1]], [1, 0]);
    }
  });

  it('refuses what is no map of classes', () => {
    const prepared = {} as Parameters<typeof segmentationOf>[1];
    for (const shape of [
      [1, 10],
      [2, 3, 4, 4],
      [1, 300, 2, 2],
    ]) {
      const data = new Float32Array(shape.reduce((a, b) => a * b));
      assert.throws(
        () => segmentationOf({ shape, data }, prepared, 0),
        (error) => error instanceof HetConvError && error.code === 'bad-option',
      );
    }
  });
});

const identity = { toPicture: (box: object) => box } as Parameters<typeof detectionsOf>[1];

describe('detect', () => {
  const boxes = Float32Array.of(0, 0, 10, 10, 1, 1, 11, 11, 20, 20, 30, 28, 0, 0, 2, 2);
  // Two classes of four boxes.
  const scores = Float32Array.of(0.9, 0.8, 0.1, 0.3, 0.2, 0.95, 0.7, 0.26);
  const outputs = { boxes: { shape: [1, 4, 4], data: boxes }, scores: { shape: [1, 2, 4], data: scores } };
  const brief = (list: ReturnType<typeof detectionsOf>) =>
    list.map(({ label, score, box }) => [label, Math.round(score * 100), box.left]);

  it('gives the best first, without what overlaps a better one of its class', () => {
    const found = detectionsOf(outputs, identity, ['cat', 'dog'], {});
    assert.deepEqual(brief(found), [
      ['dog', 95, 1],
      ['cat', 90, 0],
      ['dog', 70, 20],
      ['cat', 30, 0],
      ['dog', 26, 0],
    ]);
    assert.deepEqual(found[2]!.box, { left: 20, top: 20, right: 30, bottom: 28 });
    assert.equal(found[2]!.index, 1);
    assert.deepEqual(brief(detectionsOf(outputs, identity, undefined, { minScore: 0.75, maxOverlap: 0.9 })), [
      ['1', 95, 1],
      ['0', 90, 0],
      ['0', 80, 1],
    ]);
    assert.equal(detectionsOf(outputs, identity, undefined, { topK: 2 }).length, 2);
  });

  it('reads boxes and scores from one output, boxes by their centres', () => {
    const rows = [
      [5, 6, 25, 1],
      [5, 6, 24, 1],
      [10, 10, 10, 2],
      [10, 10, 8, 2],
    ];
    const data = Float32Array.from([...rows.flat(), ...scores]);
    assert.deepEqual(
      detectionsOf({ output0: { shape: [1, 6, 4], data } }, identity, ['cat', 'dog'], {}),
      detectionsOf(outputs, identity, ['cat', 'dog'], {}),
    );
  });

  it('takes the selection of a network that makes one', () => {
    const selected = { shape: [4, 3], data: Int32Array.of(0, 1, 2, 0, 0, 3, 0, 0, 2, -1, -1, -1) };
    assert.deepEqual(brief(detectionsOf({ ...outputs, selected }, identity, undefined, {})), [
      ['1', 70, 20],
      ['0', 30, 0],
    ]);
  });

  it('keeps no two that overlap, and drops none without a better one that overlaps it', () => {
    const edge = fc.integer({ min: 0, max: 12 });
    const side = fc.integer({ min: 1, max: 8 });
    const list = fc.array(fc.tuple(edge, edge, side, side), { minLength: 1, maxLength: 12 });
    const overlap = ([x, y, w, h]: readonly number[], [u, v, m, n]: readonly number[]) => {
      const common =
        Math.max(0, Math.min(x! + w!, u! + m!) - Math.max(x!, u!)) * Math.max(0, Math.min(y! + h!, v! + n!) - Math.max(y!, v!));
      return common / (w! * h! + m! * n! - common);
    };
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: 96 }), fc.constantFrom(0, 0.3, 0.5), (places, salt, maxOverlap) => {
        const data = Float32Array.from(places.flatMap(([x, y, w, h]) => [x, y, x + w, y + h]));
        // Scores without ties.
        const chances = Float32Array.from(places, (_, i) => ((i + 1) * 0.6180339 + salt / 97) % 1);
        const shaped = { boxes: { shape: [1, places.length, 4], data }, scores: { shape: [1, 1, places.length], data: chances } };
        const kept = detectionsOf(shaped, identity, undefined, { maxOverlap }).map(({ score }) => chances.indexOf(score));
        const beats = (i: number, j: number) => chances[i]! > chances[j]! && overlap(places[i]!, places[j]!) > maxOverlap;
        places.forEach((_, i) => {
          const beaten = kept.some((k) => beats(k, i));
          assert.equal(kept.includes(i), chances[i]! >= 0.25 && !beaten, `box ${i}, kept ${kept}`);
        });
      }),
    );
  });

  it('refuses senseless options, and networks that are no detectors', () => {
    const bad = (work: () => unknown, message: RegExp) =>
      assert.throws(work, (error) => error instanceof HetConvError && error.code === 'bad-option' && message.test(error.message));
    for (const options of [{ topK: 0 }, { topK: 1.5 }, { minScore: Number.NaN }, { maxOverlap: -1 }]) {
      bad(() => detectionsOf(outputs, identity, undefined, options), /topK/);
    }
    const logits = { shape: [1, 10], data: new Float32Array(10) };
    for (const wrong of [{ logits }, { logits, more: logits }, { boxes: logits, scores: logits }]) {
      bad(() => detectionsOf(wrong, identity, undefined, {}), /no detector/);
    }
  });
});

describe('prepare', () => {
  it('gives what run takes', async () => {
    const model = await loadModel(native.write!({ graph: segmenter([node('relu', ['image'])]), preprocessing: FITS[3]! }));
    const prepared = await model.prepare(picture);
    assert.deepEqual(prepared.tensor.shape, [1, 3, HEIGHT, WIDTH]);
    const { y } = await model.run({ image: prepared.tensor });
    assert.deepEqual(y!.data, prepared.tensor.data);
    // 90 × 60 in 32 × 24: scaled to 32 × 21, a row above and two below.
    assert.deepEqual(prepared.toPicture({ left: 0, top: 1, right: 16, bottom: 22 }), { left: 0, top: 0, right: 45, bottom: 60 });
    assert.deepEqual(prepared.toInput({ x: 45, y: 60 }), { x: 16, y: 22 });
    model.dispose();
    await assert.rejects(model.prepare(picture), { code: 'disposed' });
    const bare = await loadModel(native.write!({ graph: segmenter([node('relu', ['image'])]) }));
    await assert.rejects(bare.prepare(picture), {
      name: 'HetConvError',
      code: 'bad-option',
      message: /says nothing of how to feed it pictures/,
    });
  });

  it('takes pixels and encoded bytes in every wrapping, and so does run', async () => {
    const model = await loadModel(native.write!({ graph: segmenter([node('relu', ['image'])]), preprocessing: FITS[0]! }));
    for (const name of ['baseline.jpg', 'orientation6.jpg', 'rgba8.png', 'lossy-alpha.webp']) {
      const bytes = fixture(name);
      const { width, height, rgba } = expected.decoded[name]!;
      const pixels = { width, height, data: fromBase64(rgba) };
      const { data } = (await model.prepare(pixels)).tensor;
      const framed = new Uint8Array([0, ...bytes, 0]).subarray(1, 1 + bytes.length);
      const sources = [bytes, framed, bytes.slice().buffer, new Blob([bytes.slice()]), new File([bytes.slice()], name)];
      for (const source of sources) {
        const what = `${name} as ${source.constructor.name}`;
        assert.deepEqual((await model.prepare(source)).tensor.data, data, what);
        assert.deepEqual((await model.run({ image: source })).y!.data, data, what);
      }
      assert.deepEqual((await model.run({ image: pixels })).y!.data, data);
    }
  });

  it('says what is no picture', async () => {
    const model = await loadModel(native.write!({ graph: segmenter([node('relu', ['image'])]), preprocessing: FITS[0]! }));
    const unreadable = Object.assign(new Blob(['x']), { arrayBuffer: () => Promise.reject(new Error('the file is gone')) });
    const wide = { width: 2 ** 20 + 1, height: 1, data: new Uint8Array(2 ** 22 + 4) };
    const mistakes: [unknown, string, RegExp][] = [
      ['cat.jpg', 'bad-image', /this is String/],
      [undefined, 'bad-image', /this is Undefined/],
      [new Float32Array(4), 'bad-image', /this is Float32Array/],
      [
        { width: 1, height: 1, data: new Uint8Array(4), colorSpace: 'display-p3' },
        'bad-image',
        /display-p3; convert them to srgb/,
      ],
      [unreadable, 'bad-image', /1 bytes cannot be read: the file is gone/],
      [new Blob([]), 'bad-image', /empty/],
      [wide, 'too-large', /1048577 × 1, more than the limit/],
    ];
    for (const [source, code, message] of mistakes) {
      await assert.rejects(model.prepare(source as Uint8Array), { name: 'HetConvError', code, message });
    }
    const moved = { width: 8, height: 8, data: new Uint8Array(256) };
    const preparing = model.prepare(moved);
    structuredClone(moved.data, { transfer: [moved.data.buffer] });
    await assert.rejects(preparing, {
      name: 'HetConvError',
      code: 'bad-image',
      message: /needs 256 bytes of RGBA, but its data has 0/,
    });
    const tensor = new Float64Array(3 * HEIGHT * WIDTH) as unknown as Uint8Array;
    await assert.rejects(model.run({ image: tensor }), { name: 'HetConvError', code: 'bad-input', message: /of another type/ });
    assert.equal((await model.run({ image: picture })).y!.data.length, 3 * HEIGHT * WIDTH);
  });

  it('keeps pictures that are prepared at the same time apart', async () => {
    const model = await loadModel(native.write!({ graph: segmenter([node('relu', ['image'])]), preprocessing: FITS[3]! }));
    const solid = (level: number) => ({
      width: 30,
      height: 40 + level,
      data: new Uint8Array(120 * (40 + level)).fill(255 - level),
    });
    const alone = await Promise.all([0, 1, 2, 3].map(async (level) => (await model.prepare(solid(level))).tensor.data));
    const together = await Promise.all([0, 1, 2, 3].map(async (level) => (await model.run({ image: solid(level) })).y!.data));
    assert.deepEqual(together, alone);
  });
});
