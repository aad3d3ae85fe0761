// Properties of the run-list micro-kernels that need no oracle. Values are small integers, so that every sum is exact.
import * as abi from '../../assembly/abi';
import { f32_conv_1x16, f32_conv_4x8 } from '../../assembly/f32/conv';

const PIXELS = 8;
const CHANNELS = 5;
const FILTERS = 16;
const GUARD: f32 = -77;

function words(count: i32): usize {
  return heap.alloc(<usize>count * 4);
}

function put(record: usize, word: i32, value: usize): void {
  store<u32>(record + <usize>word * 4, <u32>value);
}

/** Integers in -3…3, other ones for each seed. */
function fill(address: usize, count: i32, seed: i32): void {
  for (let i = 0; i < count; i++) store<f32>(address + <usize>i * 4, <f32>((i * 37 + seed * 11) % 7) - 3);
}

/** The weight of filter f on channel c. */
function weight(f: i32, c: i32): f32 {
  return <f32>((f * 5 + c * 3) % 7) - 3;
}

let input: usize = 0;
let residual: usize = 0;

/** A pointwise layer over 8 pixels, its filters in panels of `width`, its channels read in the order c·step mod 5, as runs of one. */
function layer(output: usize, width: i32, pixels: i32, filters: i32, step: i32, withResidual: bool): usize {
  const tiles = PIXELS / pixels;
  const tileTable = words(tiles * pixels * 3);
  for (let i = 0; i < PIXELS; i++) {
    const at = tileTable + <usize>((i / pixels) * pixels * 3 + (i % pixels)) * 4;
    store<u32>(at, i * CHANNELS * 4);
    store<u32>(at + <usize>pixels * 4, i * FILTERS * 4);
    store<u32>(at + <usize>pixels * 8, i * FILTERS * 4);
  }
  const runs = words(CHANNELS * abi.RUN_WORDS);
  for (let i = 0; i < CHANNELS; i++) {
    put(runs, i * abi.RUN_WORDS + abi.RUN_OFFSET, ((i * step) % CHANNELS) * 4);
    put(runs, i * abi.RUN_WORDS + abi.RUN_BYTES, 4);
    put(runs, i * abi.RUN_WORDS + abi.RUN_WEIGHTS, i * width * 4);
  }
  const panelCount = FILTERS / width;
  const panels = words(panelCount * abi.PANEL_WORDS);
  const weights = words(panelCount * CHANNELS * width);
  const bias = words(FILTERS);
  fill(bias, FILTERS, 3);
  for (let panel = 0; panel < panelCount; panel++) {
    const stream = weights + <usize>(panel * CHANNELS * width) * 4;
    for (let i = 0; i < CHANNELS; i++) {
      for (let f = 0; f < width; f++)
        store<f32>(stream + <usize>(i * width + f) * 4, weight(panel * width + f, (i * step) % CHANNELS));
    }
    const record = panels + <usize>(panel * abi.PANEL_WORDS) * 4;
    put(record, abi.PANEL_WEIGHTS, stream);
    put(record, abi.PANEL_BIAS, bias + <usize>(panel * width) * 4);
    put(record, abi.PANEL_RUNS, runs);
    put(record, abi.PANEL_RUN_COUNT, CHANNELS);
    put(record, abi.PANEL_CHANNEL, panel * width * 4);
    put(record, abi.PANEL_FILTERS, filters);
    put(record, abi.PANEL_HALF_RUN_COUNT, 0);
    put(record, abi.PANEL_SQUARE, 0);
  }
  const record = words(abi.CONV_WORDS);
  put(record, abi.CONV_INPUT, input);
  put(record, abi.CONV_OUTPUT, output);
  put(record, abi.CONV_RESIDUAL, withResidual ? residual : 0);
  put(record, abi.CONV_TILES, tileTable);
  put(record, abi.CONV_TILE_COUNT, tiles);
  put(record, abi.CONV_BLOCK, 1);
  put(record, abi.CONV_TAIL_COUNT, 0);
  put(record, abi.CONV_PANELS, panels);
  store<f32>(record + abi.CONV_MIN * 4, -20);
  store<f32>(record + abi.CONV_MAX * 4, 20);
  return record;
}

function freshOutput(): usize {
  const output = words(PIXELS * FILTERS);
  for (let i = 0; i < PIXELS * FILTERS; i++) store<f32>(output + <usize>i * 4, GUARD);
  return output;
}

function at(output: usize, pixel: i32, filter: i32): f32 {
  return load<f32>(output + <usize>(pixel * FILTERS + filter) * 4);
}

function expectSame(a: usize, b: usize, what: string): void {
  expect(memory.compare(a, b, PIXELS * FILTERS * 4)).toBe(0, what);
}

describe('run-list convolution', () => {
  beforeEach(() => {
    // Kernels may read up to 64 bytes behind the last channel.
    input = words(PIXELS * CHANNELS + 16);
    residual = words(PIXELS * FILTERS + 16);
    fill(input, PIXELS * CHANNELS, 1);
    fill(residual, PIXELS * FILTERS, 2);
  });

  test('panels split into ranges, in any order, give the whole', () => {
    const whole = freshOutput();
    f32_conv_4x8(layer(whole, 8, 4, 8, 1, false), 0, 2);
    const split = freshOutput();
    const record = layer(split, 8, 4, 8, 1, false);
    f32_conv_4x8(record, 1, 2);
    f32_conv_4x8(record, 0, 1);
    expectSame(whole, split, 'ranges');
  });

  test('an empty range writes nothing', () => {
    const output = freshOutput();
    f32_conv_4x8(layer(output, 8, 4, 8, 1, false), 1, 1);
    expect(at(output, 0, 8)).toBe(GUARD);
  });

  test('4 pixels by 8 filters and 1 pixel by 16 agree', () => {
    const four = freshOutput();
    f32_conv_4x8(layer(four, 8, 4, 8, 1, true), 0, 2);
    const one = freshOutput();
    f32_conv_1x16(layer(one, 16, 1, 16, 1, true), 0, 1);
    expectSame(four, one, 'tile shapes');
  });

  test('permuting channels together with their weights changes nothing', () => {
    const natural = freshOutput();
    f32_conv_4x8(layer(natural, 8, 4, 8, 1, false), 0, 2);
    const permuted = freshOutput();
    f32_conv_4x8(layer(permuted, 8, 4, 8, 2, false), 0, 2);
    expectSame(natural, permuted, 'order of channels');
  });

  test('the residual is added before the clamp', () => {
    const plain = freshOutput();
    f32_conv_4x8(layer(plain, 8, 4, 8, 1, false), 0, 2);
    const summed = freshOutput();
    f32_conv_4x8(layer(summed, 8, 4, 8, 1, true), 0, 2);
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      for (let filter = 0; filter < FILTERS; filter++) {
        const unclamped = at(plain, pixel, filter);
        if (NativeMathf.abs(unclamped) >= 20) continue;
        const sum = unclamped + at(residual, pixel, filter);
        expect(at(summed, pixel, filter)).toBe(max<f32>(-20, min<f32>(20, sum)));
      }
    }
  });

  test('a panel stores as many filters as it has, to the word', () => {
    for (let filters = 1; filters <= 8; filters++) {
      const output = freshOutput();
      f32_conv_4x8(layer(output, 8, 4, filters, 1, false), 0, 1);
      expect(at(output, 0, filters - 1)).not.toBe(GUARD);
      expect(at(output, 0, filters)).toBe(GUARD);
    }
    for (let filters = 1; filters < 16; filters++) {
      const output = freshOutput();
      f32_conv_1x16(layer(output, 16, 1, filters, 1, false), 0, 1);
      expect(at(output, 0, filters - 1)).not.toBe(GUARD);
      expect(at(output, 0, filters)).toBe(GUARD);
    }
  });
});
