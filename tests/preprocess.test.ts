// Pictures to tensors: on every binary to the last bit what Pillow and the reference compute, within the memory that they may touch.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import * as abi from '../assembly/abi.js';
import type { Preprocessing } from '../src/graph/preprocessing.js';
import { decodePicture } from '../src/image/decode.js';
import { type Fit, fitOf, toPicture } from '../src/image/fit.js';
import type { Picture } from '../src/image/picture.js';
import { type PictureKernels, Preprocessor } from '../src/image/preprocess.js';
import { expected, fixture, fromBase64, maxDifference } from './imageFixtures.js';
import { referencePreprocess } from './reference/preprocess.js';
import { host } from './support/builtHost.js';
import { binaryOf } from './support/runGraph.js';

const decode = (bytes: Uint8Array) => decodePicture(bytes, host.module);

/** Levels come out as they are. */
const LEVELS = { resize: 'bilinear', mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255], colorOrder: 'RGB' } as const;
const GREY_FILL = { placement: 'center', fill: [7, 114, 250] } as const;

/** A preprocessor with its memory. */
function open(variant: 'simd' | 'relaxed', wrap = (kernels: PictureKernels, _memory: WebAssembly.Memory) => kernels) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(binaryOf(variant)!, { env: { memory } });
  const preprocessor = new Preprocessor(wrap(exports as PictureKernels, memory), memory);
  const run = (picture: Picture, spec: Preprocessing, fit: Fit = fitOf(picture, spec)) => preprocessor.run(picture, spec, fit);
  return { memory, run };
}

/** [1, 3, height, width] as interleaved levels. */
function interleaved(tensor: Float32Array): Float32Array {
  const area = tensor.length / 3;
  return tensor.map((_, i) => tensor[(i % 3) * area + Math.floor(i / 3)]!);
}

function equalBits(got: Float32Array, want: Float32Array): boolean {
  return Buffer.compare(new Uint8Array(got.buffer), new Uint8Array(want.buffer)) === 0;
}

/** As tests/fixtures/images/make_resizes.py makes it. */
function noise(kind: 'levels' | 'extremes', width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height * 3; i++) {
    let x = Math.imul(i, 2654435761);
    x = Math.imul(x ^ (x >>> 15), 2246822519);
    x ^= x >>> 13;
    const level = x >>> 24;
    data[Math.floor(i / 3) * 4 + (i % 3)] = kind === 'levels' ? level : level < 128 ? 0 : 255;
  }
  return { width, height, data };
}

for (const variant of ['simd', 'relaxed'] as const) {
  const reason = `this engine (Node ${process.versions.node}) does not compile relaxed SIMD`;
  describe(`preprocessing, ${variant}`, { skip: binaryOf(variant) ? false : reason }, () => {
    it('resizes noise as Pillow does, over a sweep of sizes', () => {
      const { run } = open(variant);
      const cases = JSON.parse(gunzipSync(fixture('resizes.json.gz')).toString());
      assert.ok(cases.length >= 90, `only ${cases.length} cases`);
      for (const { kind, mode, width, height, size, rgb } of cases) {
        const tensor = run(noise(kind, width, height), { ...LEVELS, fit: 'stretch', resize: mode, size });
        const difference = maxDifference(interleaved(tensor), fromBase64(rgb));
        assert.equal(difference, 0, `${kind} ${width} × ${height} to ${size} ${mode}: ${difference} levels from Pillow`);
      }
    });

    it('resizes decoded pictures and boxes of them as Pillow does', async () => {
      const { run } = open(variant);
      for (const { name, size, mode, box, rgb } of expected.resized) {
        const picture = await decode(fixture(name));
        const [left, top, right, bottom] = box ?? [0, 0, picture.width, picture.height];
        const fit = { part: { left, top, right, bottom }, width: size[1], height: size[0], left: 0, top: 0 };
        const tensor = run(picture, { ...LEVELS, fit: 'stretch', resize: mode, size }, fit);
        // Pillow composites alpha over white with a rounding of its own.
        const most = name === 'rgba8.png' ? 1 : 0;
        const difference = maxDifference(interleaved(tensor), fromBase64(rgb));
        assert.ok(difference <= most, `${name} to ${size} ${mode} box ${box}: ${difference} levels from Pillow`);
      }
    });

    it('fits as torchvision and Pillow do, and normalises to the last bit but one', async () => {
      const { run } = open(variant);
      const { fits, normalised } = JSON.parse(gunzipSync(fixture('fits.json.gz')).toString());
      for (const { name, spec, rgb } of fits) {
        const tensor = run(await decode(fixture(name)), { ...spec, ...LEVELS });
        assert.equal(maxDifference(interleaved(tensor), fromBase64(rgb)), 0, `${name} ${JSON.stringify(spec)}`);
      }
      const ramp = Uint8Array.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 255 : i >> 2));
      const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
      const want = new Float32Array(fromBase64(normalised).buffer);
      const got = run({ width: 256, height: 1, data: ramp }, { ...LEVELS, ...imageNet, size: [1, 256], fit: 'stretch' });
      got.forEach((value, i) => {
        // torchvision subtracts and divides in f32.
        assert.ok(Math.abs(value - want[i]!) <= 2 ** -21, `value ${i} is ${value}, torchvision has ${want[i]}`);
      });
    });

    it('equals the reference, whatever the picture, its alpha, the fit and how the work is split', () => {
      const plain = open(variant);
      const watched = open(variant, (kernels, memory) => splitting(watching(kernels, memory)));
      fc.assert(
        fc.property(pictureCases, ({ picture, spec }) => {
          const want = referencePreprocess(picture, spec, fitOf(picture, spec));
          for (const { run } of [plain, watched]) {
            assert.ok(equalBits(run(picture, spec), want), `${picture.width} × ${picture.height} ${JSON.stringify(spec)}`);
          }
        }),
        { numRuns: 300 },
      );
    });

    it('takes pictures of more than one strip', () => {
      const { run } = open(variant);
      for (const [width, height] of [
        [70_001, 3],
        [3, 70_001],
        [400, 333],
      ] as const) {
        const picture = noise('levels', width, height);
        const spec = { ...LEVELS, ...GREY_FILL, size: [6, 7], fit: 'letterbox' } as const;
        assert.ok(
          equalBits(run(picture, spec), referencePreprocess(picture, spec, fitOf(picture, spec))),
          `${width} × ${height}`,
        );
      }
    });

    it('holds no more than tables, a strip, and the input', () => {
      const { run, memory } = open(variant);
      const longest = { width: 1, height: 2 ** 20, data: new Uint8Array(2 ** 22).fill(255) };
      const widest = { ...longest, width: 2 ** 20, height: 1 };
      const large = { width: 4096, height: 4096, data: new Uint8Array(2 ** 26).fill(255) };
      const white = new Array(3 * 224 * 224).fill(1);
      for (const picture of [longest, widest, large]) {
        const common = { ...LEVELS, std: [1, 1, 1], size: [224, 224] } as const;
        const crop = run(picture, { ...common, fit: 'crop', shorterSide: 256 });
        assert.deepEqual([...crop], white);
        const boxed = run(picture, { ...common, fit: 'letterbox', placement: 'topLeft', fill: [0, 0, 0] });
        assert.equal(boxed[0], 1);
        assert.equal(boxed.at(-1), picture === large ? 1 : 0);
        run(picture, { ...common, fit: 'stretch' });
      }
      // Twice the longest side in words of weights, a row of the widest, and five words for each element of the input.
      assert.ok(memory.buffer.byteLength < 2 ** 24, `${memory.buffer.byteLength} bytes`);
    });
  });
}

const side = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 40 }));
const triple = fc.tuple(
  ...([0, 1, 2].map(() => fc.integer({ min: 0, max: 255 })) as [
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
  ]),
);
const pictureCases = fc
  .record({
    width: side,
    height: side,
    size: fc.tuple(side, side),
    fit: fc.constantFrom('stretch' as const, 'crop' as const, 'letterbox' as const),
    extra: fc.integer({ min: 0, max: 20 }),
    own: fc.record({ placement: fc.constantFrom('center' as const, 'topLeft' as const), fill: triple }),
    resize: fc.constantFrom('bilinear' as const, 'nearest' as const),
    colorOrder: fc.constantFrom('RGB' as const, 'BGR' as const),
    alpha: fc.constantFrom(undefined, 0, 1, 128, 254, 'random' as const),
    salt: fc.nat(),
  })
  .map(({ width, height, size, fit, extra, own, resize, colorOrder, alpha, salt }) => {
    const { data } = noise(salt % 2 ? 'levels' : 'extremes', width, height + (salt % 7));
    const pixels = data.slice(-4 * width * height);
    if (alpha !== undefined) {
      for (let i = 3; i < pixels.length; i += 4) pixels[i] = alpha === 'random' ? Math.imul(i + salt, 2654435761) >>> 24 : alpha;
    }
    const spec: Preprocessing = {
      size,
      fit,
      resize,
      colorOrder,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      ...(fit === 'crop' && extra > 0 && { shorterSide: Math.max(...size) + extra }),
      ...(fit === 'letterbox' && own),
    };
    return { picture: { width, height, data: pixels }, spec };
  });

/** Kernels called on two ranges, the second first. */
function splitting(kernels: PictureKernels): PictureKernels {
  return mapKernels(kernels, (kernel) => (record, begin, end) => {
    const middle = (begin + end) >> 1;
    kernel(record, middle, end);
    kernel(record, begin, middle);
  });
}

/** Kernels that fail where they write anything but what their record says. */
function watching(kernels: PictureKernels, memory: WebAssembly.Memory): PictureKernels {
  const allowed: Record<keyof PictureKernels, (record: Uint32Array, begin: number, end: number) => [number, number][]> = {
    u8_over_white: (r, begin, end) => [[r[abi.PICTURE_STRIP]! + 16 * begin, r[abi.PICTURE_STRIP]! + 16 * end]],
    u8_resize_columns: (r, begin, end) => [
      [r[abi.PICTURE_NARROW]! + begin * r[abi.PICTURE_NARROW_ROW]!, r[abi.PICTURE_NARROW]! + end * r[abi.PICTURE_NARROW_ROW]!],
    ],
    u8_resize_rows: (r, begin, end) => [
      [
        r[abi.PICTURE_SUMS]! + 4 * begin * r[abi.PICTURE_NARROW_ROW]!,
        r[abi.PICTURE_SUMS]! + 4 * end * r[abi.PICTURE_NARROW_ROW]!,
      ],
    ],
    u8_normalise: (r, begin, end) =>
      [0, 1, 2].flatMap((plane) =>
        Array.from({ length: end - begin }, (_, i): [number, number] => {
          const row = r[abi.PICTURE_PLANES + plane]! + (begin + i) * r[abi.PICTURE_PLANE_ROW]!;
          return [row, row + 4 * r[abi.PICTURE_WIDTH]!];
        }),
      ),
  };
  return mapKernels(kernels, (kernel, name) => (record, begin, end) => {
    const before = new Uint8Array(memory.buffer).slice();
    kernel(record, begin, end);
    const after = new Uint8Array(memory.buffer).slice();
    for (const [from, to] of allowed[name](new Uint32Array(memory.buffer, record, abi.PICTURE_WORDS), begin, end)) {
      before.fill(0, from, to);
      after.fill(0, from, to);
    }
    const at = Buffer.compare(before, after) === 0 ? -1 : before.findIndex((byte, i) => byte !== after[i]);
    assert.equal(at, -1, `${name} wrote byte ${at}`);
  });
}

type Kernel = PictureKernels[keyof PictureKernels];

function mapKernels(kernels: PictureKernels, wrap: (kernel: Kernel, name: keyof PictureKernels) => Kernel): PictureKernels {
  return {
    u8_over_white: wrap(kernels.u8_over_white, 'u8_over_white'),
    u8_resize_columns: wrap(kernels.u8_resize_columns, 'u8_resize_columns'),
    u8_resize_rows: wrap(kernels.u8_resize_rows, 'u8_resize_rows'),
    u8_normalise: wrap(kernels.u8_normalise, 'u8_normalise'),
  };
}

describe('preprocessing', () => {
  it('normalises, orders the channels and crops about the centre', () => {
    // Four columns: red, white, black, blue.
    const row = [255, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 255, 255];
    const { run } = open('simd');
    const picture = { width: 4, height: 2, data: Uint8Array.from([...row, ...row]) };
    const spec = { size: [2, 2], resize: 'bilinear', mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2] } as const;
    const cropped = run(picture, { ...spec, fit: 'crop', colorOrder: 'RGB' });
    assert.deepEqual([...cropped], [1, -1, 1, -1, 3, -1, 3, -1, 0.5, 0, 0.5, 0]);
    const nearest = run(picture, { ...spec, fit: 'stretch', resize: 'nearest', colorOrder: 'BGR' });
    assert.deepEqual([...nearest], [1, 1, 1, 1, 3, -1, 3, -1, 0.5, 0, 0.5, 0]);
  });

  it('shows white where the picture is transparent', () => {
    const picture = { width: 1, height: 1, data: Uint8Array.from([10, 20, 30, 0]) };
    assert.deepEqual([...open('simd').run(picture, { ...LEVELS, size: [1, 1], fit: 'stretch' })], [255, 255, 255]);
  });

  it('a box of the input is found again in the picture', () => {
    const { run } = open('simd');
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
        const tensor = run({ width, height, data }, spec);
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
          assert.ok(
            Math.abs(back[side] - truth[side]) <= 5,
            `${width} × ${height} ${JSON.stringify(spec)}: ${side} ${back[side]}`,
          );
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
});
