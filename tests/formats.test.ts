// Model files and .npy: what is written reads back, and what others write reads as it was meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { expandBf16, expandF16 } from '../src/formats/half.js';
import { readModel } from '../src/formats/index.js';
import type { ModelFile } from '../src/formats/modelFile.js';
import { native } from '../src/formats/native.js';
import { readNpy, writeNpy } from '../src/formats/npy.js';
import { roundToF16 } from '../src/formats/roundToF16.js';
import { readSafetensors, toConstant } from '../src/formats/safetensors.js';
import { writeSafetensors } from '../src/formats/writeSafetensors.js';
import { constant } from '../src/graph/constant.js';
import { graphToJson } from '../src/graph/graphJson.js';
import { edited, pack, unpack, withMetadata } from './support/container.js';
import { rejects } from './support/rejects.js';
import { ramp, smallModel } from './support/smallModel.js';

/** Binary16 by its definition: sign, 5 bits of exponent, 10 of fraction. */
function halfValue(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  const magnitude =
    exponent === 31 ? (fraction ? Number.NaN : Infinity) : exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14;
  return bits & 0x8000 ? -magnitude : magnitude;
}

test('every F16 expands to its value, and rounds back to itself', () => {
  const halves = Uint16Array.from({ length: 65_536 }, (_, i) => i);
  const values = expandF16(halves);
  const back = roundToF16(values);
  for (const half of halves) {
    const value = values[half]!;
    const same = Number.isNaN(value) ? Number.isNaN(halfValue(back[half]!)) : back[half] === half;
    if (!Object.is(value, halfValue(half)) || !same)
      assert.fail(`0x${half.toString(16)} became ${value}, then 0x${back[half]!.toString(16)}`);
  }
});

test('an f32 becomes the nearest F16, ties to even', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true }), fc.integer({ min: 0, max: 0x7bfe }), (any, half) => {
      // The middle of two neighbours, and its own neighbours in f32, are the hard cases.
      const middle = Math.fround((halfValue(half) + halfValue(half + 1)) / 2);
      for (const value of [any, middle, -middle, Math.fround(middle * (1 + 2 ** -23)), Math.fround(middle * (1 - 2 ** -24))]) {
        const [bits] = roundToF16(Float32Array.of(value));
        const rounded = halfValue(bits!);
        if (Math.abs(value) >= 65_520) {
          assert.equal(rounded, Math.sign(value) * Infinity);
          continue;
        }
        const error = Math.abs(rounded - value);
        for (const neighbour of [bits! - 1, bits! + 1]) {
          const other = Math.abs(halfValue(neighbour) - value);
          assert.ok(!(other < error), `${value} became ${rounded}, ${halfValue(neighbour)} is nearer`);
          if (other === error && (neighbour & 0x7fff) <= 0x7c00) assert.equal(bits! & 1, 0, `${value}: a tie that is not even`);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

test('BF16 is the upper half of an f32', () => {
  assert.deepEqual([...expandBf16(Uint16Array.of(0x3f80, 0xc040, 0x7f80, 0x0001))], [1, -3, Infinity, 2 ** -133]);
});

const SIZES = { F32: 4, F16: 2, BF16: 2, I64: 8, U8: 1 } as const;
const names = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '0', 'ä.weight'),
);
const tensorsArbitrary = fc.dictionary(
  names.filter((name) => name !== '__metadata__'),
  fc.record({
    dtype: fc.constantFrom(...(Object.keys(SIZES) as (keyof typeof SIZES)[])),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
  }),
  { maxKeys: 8, noNullPrototype: true },
);

test('safetensors: what is written reads back, here and by the definition of the format', () => {
  fc.assert(
    fc.property(tensorsArbitrary, fc.dictionary(names, fc.string()), (described, metadata) => {
      const tensors = new Map(
        Object.entries(described).map(([name, { dtype, shape }], i) => {
          const bytes = new Uint8Array(shape.reduce((a, b) => a * b, 1) * SIZES[dtype]).map((_, j) => i * 50 + j);
          return [name, { dtype, shape, bytes }] as const;
        }),
      );
      const file = writeSafetensors({ tensors, metadata: new Map(Object.entries(metadata)) });
      const read = readSafetensors(file);
      assert.deepEqual([...read.metadata].sort(), Object.entries(metadata).sort());
      assert.deepEqual([...read.tensors.keys()].sort(), [...tensors.keys()].sort());
      const { header, data } = unpack(file);
      assert.equal((file.length - data.length) % 8, 0);
      for (const [name, { dtype, shape, bytes }] of tensors) {
        assert.deepEqual(read.tensors.get(name), { dtype, shape, bytes });
        const {
          data_offsets: [begin, end],
          ...rest
        } = Object.getOwnPropertyDescriptor(header, name)!.value;
        assert.deepEqual(rest, { dtype, shape });
        assert.equal(begin % SIZES[dtype], 0);
        assert.deepEqual(data.subarray(begin, end), bytes);
      }
    }),
  );
});

test('safetensors: floats of every width read as f32 at any alignment; aligned F32 is not copied', () => {
  const values = [1.5, -2, 0, 0.25];
  const bytes = {
    F32: new Uint8Array(Float32Array.from(values).buffer),
    F16: new Uint8Array(Uint16Array.of(0x3e00, 0xc000, 0, 0x3400).buffer),
    BF16: new Uint8Array(Uint16Array.of(0x3fc0, 0xc000, 0, 0x3e80).buffer),
  };
  for (const [dtype, raw] of Object.entries(bytes)) {
    for (let shift = 0; shift < 8; shift++) {
      const room = new Uint8Array(raw.length + 8);
      room.set(raw, shift);
      const view = room.subarray(shift, shift + raw.length);
      const read = toConstant('t', { dtype, shape: [4], bytes: view }).read!();
      assert.deepEqual([...read], values, `${dtype} at ${shift}`);
      const buffer = Buffer.from(room.buffer, shift, raw.length);
      assert.deepEqual(
        [...toConstant('t', { dtype, shape: [4], bytes: buffer }).read!()],
        values,
        `${dtype} in a Buffer at ${shift}`,
      );
      if (dtype === 'F32' && shift % 4 === 0) assert.equal(read.buffer, room.buffer);
    }
  }
});

function assertSameModel(actual: ModelFile, expected: ModelFile): void {
  const { graph, ...rest } = actual;
  const { graph: expectedGraph, ...expectedRest } = expected;
  assert.deepEqual(rest, expectedRest);
  assert.deepEqual(graphToJson(graph), graphToJson(expectedGraph));
  assert.deepEqual([...graph.tensors.keys()].sort(), [...expectedGraph.tensors.keys()].sort());
  for (const [name, tensor] of expectedGraph.tensors) {
    assert.deepEqual(graph.tensors.get(name)!.shape, tensor.shape);
    assert.deepEqual(graph.tensors.get(name)!.read!(), tensor.read!(), name);
  }
}

test('a model file reads back whole, in F32 and in F16, at any alignment', async () => {
  for (const precision of ['f32', 'f16'] as const) {
    const file = native.write!(smallModel(), { precision });
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    assertSameModel(await readModel(file), smallModel());
    assertSameModel(await readModel(shifted.subarray(3)), smallModel());
    const { header } = unpack(file);
    for (const [name, { shape, dtype }] of Object.entries<{ shape: number[]; dtype: string }>(header)) {
      if (name !== '__metadata__') assert.equal(dtype, precision === 'f16' && shape.length > 1 ? 'F16' : 'F32', name);
    }
  }
});

test('only the graph is required', async () => {
  const { graph } = smallModel();
  assertSameModel(await readModel(native.write!({ graph })), { graph });
});

test('nodes may be in any order', async () => {
  const { graph } = smallModel();
  const file = native.write!({ graph: { ...graph, nodes: [...graph.nodes].reverse() } });
  assertSameModel(await readModel(file), { graph });
});

test('weights that F16 cannot hold stay F32', async () => {
  const model = smallModel();
  const write = (values: Float32Array) => {
    const tensors = new Map([...model.graph.tensors, ['conv1.weight', constant([4, 3, 3, 3], values)]]);
    return native.write!({ ...model, graph: { ...model.graph, tensors } }, { precision: 'f16' });
  };
  for (const factor of [65_520, 2 ** -15]) {
    const values = ramp(108).map((value) => value * factor);
    const file = write(values);
    assert.equal(unpack(file).header['conv1.weight'].dtype, 'F32', `factor ${factor}`);
    assert.deepEqual((await readModel(file)).graph.tensors.get('conv1.weight')!.read!(), values);
  }
  assert.equal(unpack(write(ramp(108).map((value) => value * 65_504))).header['conv1.weight'].dtype, 'F16');
  assert.equal(unpack(write(new Float32Array(108))).header['conv1.weight'].dtype, 'F16');
});

test('open bounds are left out of the JSON, other attributes stay', async () => {
  const model = smallModel();
  const nodes = model.graph.nodes.map((node) =>
    node.name === 'conv1' ? { ...node, attributes: { ...node.attributes, clampMin: 0, clampMax: Infinity } } : node,
  );
  const read = await readModel(native.write!({ ...model, graph: { ...model.graph, nodes } }));
  const { clampMin, clampMax } = read.graph.nodes[0]!.attributes;
  assert.deepEqual([clampMin, clampMax], [0, undefined]);
});

test('a bare architecture cannot be written', async () => {
  const model = smallModel();
  const tensors = new Map([...model.graph.tensors].map(([name, { shape }]) => [name, { shape }]));
  await rejects(
    () => native.write!({ ...model, graph: { ...model.graph, tensors } }),
    'bad-graph',
    /"conv1.weight" has a shape but no values/,
  );
});

test('unknown keys of __metadata__ are ignored, also hostile ones', async () => {
  const file = edited(native.write!(smallModel()), ({ header }) => {
    Object.assign(header.__metadata__, { made_by: 'someone', constructor: 'x' });
    Object.defineProperty(header.__metadata__, '__proto__', { value: 'polluted', enumerable: true });
  });
  assertSameModel(await readModel(file), smallModel());
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test('a tensor and a value may be called __proto__', async () => {
  const { graph } = smallModel();
  const renamed = (name: string) => (name === 'conv1.weight' ? '__proto__' : name === 'relu1' ? 'constructor' : name);
  const nodes = graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) }));
  const tensors = new Map([...graph.tensors].map(([name, tensor]) => [renamed(name), tensor]));
  const odd = { graph: { ...graph, nodes, tensors } };
  assertSameModel(await readModel(native.write!(odd)), odd);
});

test('provenance is any JSON, up to a depth', async () => {
  const file = native.write!(smallModel());
  const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  assert.deepEqual((await readModel(withMetadata(file, 'provenance', () => nested(20)))).provenance, nested(20));
  await rejects(
    () => readModel(withMetadata(file, 'provenance', () => nested(40))),
    'bad-file',
    /provenance\.a\.a.* nested more than 32 deep/,
  );
});

test('what is not a model is named', async () => {
  const text = (value: string) => Uint8Array.from(value, (character) => character.charCodeAt(0));
  const expected: [Uint8Array, RegExp][] = [
    [text(''), /an empty file/],
    [text('<!doctype html>'), /HTML/],
    [text('\xef\xbb\xbf \n<html>'), /HTML/],
    [text('PK\x03\x04abcdefgh'), /ZIP archive is damaged/],
    [text('\x80\x02}q\x00'), /pickle/],
    [text('\x89PNG\r\n\x1a\n'), /PNG picture/],
    [text('\xff\xd8\xff\xe0'), /JPEG picture/],
    [text('RIFF\x00\x00\x00\x00WEBPVP8 '), /WebP picture/],
    [text('\x1c\x00\x00\x00TFL3'), /TensorFlow Lite/],
    [text('version https://git-lfs.github.com/spec/v1'), /Git LFS pointer/],
    [text('{"name": "x"}'), /JSON text without weights/],
    [text('\x93NUMPY\x01\x00'), /NumPy/],
    [text('abc'), /3 bytes in an unknown format \(first bytes 61 62 63\)/],
    [new Uint8Array(1000), /1000 bytes in an unknown format/],
  ];
  for (const [bytes, message] of expected) await rejects(() => readModel(bytes), 'bad-file', message);
  const weightsOnly = pack('{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', new Uint8Array(1));
  await rejects(() => readModel(weightsOnly), 'bad-file', /weights without their network/);
});

/** Written by numpy.lib.format.write_array. */
const NUMPY = {
  f4: 'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEAAAIBA',
  f8: 'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAEQA==',
  u1: 'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA/wc=',
  i8: 'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAP3/////////',
  fortran:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAABAQAAAgD8AAIBAAAAAQAAAoEA=',
  v2: 'k05VTVBZAgB0AAAAeydkZXNjcic6ICc8aTQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAgAAAA==',
  v3: 'k05VTVBZAwB0AAAAeydkZXNjcic6ICc8aTQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAgAAAA==',
  records:
    'k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmNCcpXSwgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAA',
  c8: 'k05VTVBZAQB2AHsnZGVzY3InOiAnPGM4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAA==',
};
const numpy = (name: keyof typeof NUMPY) => new Uint8Array(Buffer.from(NUMPY[name], 'base64'));

test('.npy files of NumPy read as they were meant', async () => {
  const read = (name: keyof typeof NUMPY) => {
    const { shape, data } = readNpy(numpy(name));
    return { shape, data: [...data] };
  };
  assert.deepEqual(read('f4'), { shape: [2, 2], data: [1.5, -2, 3, 4] });
  assert.deepEqual(read('f8'), { shape: [], data: [2.5] });
  assert.deepEqual(read('u1'), { shape: [3], data: [0, 255, 7] });
  assert.deepEqual(read('i8'), { shape: [1, 2], data: [1, -3] });
  assert.deepEqual(read('fortran'), { shape: [2, 3], data: [0, 1, 2, 3, 4, 5] });
  for (const version of ['v2', 'v3'] as const) assert.deepEqual(read(version), { shape: [2], data: [1, 2] });
  await rejects(() => readNpy(numpy('records')), 'bad-file', /records/);
  await rejects(() => readNpy(numpy('c8')), 'bad-file', /dtype is <c8/);
});

test('.npy: what is written reads back, and is what NumPy writes', () => {
  assert.deepEqual(writeNpy({ shape: [2, 2], data: Float32Array.of(1.5, -2, 3, 4) }), numpy('f4'));
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 5 }), fc.boolean(), (shape, integers) => {
      const count = shape.reduce((a, b) => a * b, 1);
      const data = integers ? Int32Array.from({ length: count }, (_, i) => i - 3) : ramp(count);
      const file = writeNpy({ shape, data });
      assert.equal((file.length - data.byteLength) % 64, 0);
      assert.deepEqual(readNpy(file), { shape, data: Float32Array.from(data) });
    }),
  );
});

test('.npy: damage is named', async () => {
  const file = numpy('i8');
  for (let length = 0; length < file.length; length++) await rejects(() => readNpy(file.subarray(0, length)), 'bad-file');
  const huge = file.slice();
  huge.fill(0x7f, 135, 136); // the last integer, near 2^63
  await rejects(() => readNpy(huge), 'bad-file', /element 0 is .*, which f32 cannot hold exactly/);
  const header = (text: string) => {
    const bytes = new TextEncoder().encode(`\0NUMPY\x01\x00\0\0${text}`);
    bytes[0] = 0x93;
    bytes[8] = text.length;
    return bytes;
  };
  for (const text of [
    '',
    '{',
    '}',
    '{}',
    "{'descr'",
    '[]',
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1e9,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (",
    "{'shape': (99999999999999999999,), 'descr': '<f4', 'fortran_order': False}",
    "{'shape': (1000000000,), 'descr': '<f4', 'fortran_order': False}",
  ]) {
    await rejects(() => readNpy(header(text)), 'bad-file', /.npy file cannot be read/);
  }
});
