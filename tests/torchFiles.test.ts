// Files of torch.save: whatever way the weights were saved they read as PyTorch reads them, and nothing else in them gets a chance.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { zipSync } from 'fflate';
import { bareGraphFromJson } from '../src/formats/graphFromJson.js';
import { readModel } from '../src/formats/index.js';
import { readSafetensors, toConstant } from '../src/formats/safetensors.js';
import { readStateDict } from '../src/formats/stateDict.js';
import { HetConvError } from '../src/graph/error.js';
import { fillOwnGraph } from '../src/weights/fillArchitecture.js';
import type { StateDict } from '../src/weights/stateDict.js';
import { damagedFile } from './fuzz/mutate.js';
import { evaluate } from './reference/evaluate.js';
import { assertClose } from './support/graphWriter.js';
import { rejects } from './support/rejects.js';

const fixture = (name: string) => new Uint8Array(readFileSync(`tests/fixtures/torch/${name}`));
const tensorsOf = (name: string) => {
  return new Map([...readSafetensors(fixture(name)).tensors].map(([key, tensor]) => [key, toConstant(key, tensor)]));
};
const read = (bytes: Uint8Array, key?: string) => readStateDict(bytes, { maxMemory: 2 ** 28, key });

const golden = tensorsOf('golden.safetensors');
const values = (name: string) => ({ shape: golden.get(name)!.shape, data: golden.get(name)!.read!() });

function assertNet(state: StateDict, title: string): void {
  const graph = fillOwnGraph(
    bareGraphFromJson(JSON.parse(readFileSync('tests/fixtures/torch/graph.json', 'utf8')), 'graph'),
    state,
  );
  assertClose(title, { y: values('y') }, evaluate(graph, { x: values('x') }));
}

const SAME = [
  'zip.pt',
  'protocol4.pt',
  'legacy.pth',
  'wrapped.pth',
  'shared.pt',
  'strided.pt',
  'double.pt',
  'deflated.pt',
  'zip64.pt',
];
for (const name of [...SAME, 'parameters.pt']) {
  test(`${name} holds the weights that PyTorch saved, and gives its output`, async () => {
    const state = await read(fixture(name));
    const { tensors } = readSafetensors(fixture('weights.safetensors'));
    assert.equal(state.size, tensors.size - 1, 'all but the counter of batches');
    for (const [key, tensor] of state) {
      assert.deepEqual(tensor.shape, tensors.get(key)!.shape, key);
      assert.deepEqual(tensor.read!(), toConstant(key, tensors.get(key)!).read!(), key);
    }
    if (name !== 'parameters.pt') assertNet(state, name);
  });
}

test('types other than f32 are expanded exactly, or rounded', async () => {
  const state = await read(fixture('types.pt'));
  const expected = tensorsOf('types.safetensors');
  assert.deepEqual([...state.keys()].sort(), [...expected.keys()].sort());
  for (const [name, tensor] of state) assert.deepEqual(tensor.read!(), expected.get(name)!.read!(), name);
});

test('a row-major f32 tensor of an archive is a view of the file', async () => {
  const bytes = fixture('zip.pt');
  const state = await read(bytes);
  assert.equal(state.get('body.weight')!.read!().buffer, bytes.buffer);
});

test('several sets of weights: the error lists them, a key chooses', async () => {
  await rejects(() => read(fixture('ema.pth')), 'bad-file', /several sets of weights; .*--key: "state_dict", "state_dict_ema"/);
  assertNet(await read(fixture('ema.pth'), 'state_dict'), 'state_dict');
  assert.ok((await read(fixture('ema.pth'), 'state_dict_ema')).get('head.weight')!.read!().every((value) => value === 0));
  await rejects(
    () => read(fixture('ema.pth'), 'model'),
    'bad-option',
    /no weights under "model"; .*"state_dict", "state_dict_ema"/,
  );
});

test('weights are no model: the error says what they are', async () => {
  for (const name of ['zip.pt', 'legacy.pth', 'weights.safetensors']) {
    const message = /weights without their network, 9 tensors with 381 numbers \("[a-z.0-9_]+" \[.*--arch or --graph.*ONNX/;
    await rejects(() => readModel(fixture(name)), 'bad-file', message);
  }
});

test('programs are refused by name', async () => {
  const refused: [string, RegExp][] = [
    ['command.pt', /"posix\.system".*nothing of it was run.*torch\.save\(model\.state_dict\(\)/],
    ['command-legacy.pth', /"posix\.system".*nothing of it was run/],
    ['whole.pt', /"__main__\.Net".*state_dict/],
    ['script.pt', /TorchScript/],
  ];
  for (const [name, message] of refused) await rejects(() => readModel(fixture(name)), 'bad-file', message);
});

/** A pickle of `parts`: opcodes as characters, numbers as bytes. */
function pickle(...parts: (string | number)[]): Uint8Array {
  return Uint8Array.from(
    ['\x80\x02', ...parts, '.'].flatMap((part) => (typeof part === 'number' ? [part] : Array.from(part, (c) => c.charCodeAt(0)))),
  );
}

/** An archive of torch.save with this pickle. */
function archive(pickled: Uint8Array, files: Record<string, Uint8Array> = {}): Uint8Array {
  return zipSync({ 'x/data.pkl': pickled, ...files }, { level: 0 });
}

const u32 = (value: number) => String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
const text = (value: string) => `X${u32(value.length)}${value}`;
/** A storage "0" of `count` floats (below 65536), as the argument of a tensor. */
const storage = (count: number) =>
  `(${text('storage')}ctorch\nFloatStorage\n${text('0')}${text('cpu')}M${String.fromCharCode(count & 255, count >> 8)}tQ`;
const tensor = (count: number, offset: string, shape: string, strides: string) =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${storage(count)}${offset}(${shape}t(${strides}t\x89}tR`;
const named = (value: string) => `}${text('w')}${value}s`;

test('hostile pickles', async (t) => {
  const cases: [string, Uint8Array, RegExp][] = [
    ['os.system', pickle('cos\nsystem\n(', text('true'), 'tR'), /"os\.system"/],
    ['builtins.eval', pickle('c__builtin__\neval\n(', text('1'), 'tR'), /"__builtin__\.eval"/],
    ['a class that only torch has', pickle('ctorch.nn\nLinear\n)\x81'), /"torch\.nn\.Linear"/],
    ['a name from the stack', pickle(text('posix'), text('system'), '\x93'), /"posix\.system"/],
    ['INST', pickle('(ios\nsystem\n'), /INST/],
    ['OBJ', pickle('(No'), /OBJ/],
    ['an extension', pickle('\x82\x01'), /EXT1/],
    ['NEWOBJ_EX', pickle('\x92'), /NEWOBJ_EX/],
    ['a call of a type', pickle('ctorch\nFloatStorage\n)R'), /call of "torch\.FloatStorage"/],
    ['a call of None', pickle('N)R'), /call of no function/],
    ['a call of a text', pickle(text('call'), ')R'), /call of no function/],
    ['a call of a dict that has a call', pickle('}', text('call'), 'Ns)R'), /call of no function/],
    ['state for a number', pickle('K\x01}b'), /state of an object/],
    ['an integer of 2 GB', pickle('\x8b\xff\xff\xff\x7f'), /integer of 2147483647 bytes/],
    ['an integer of 300 bytes', pickle('\x8b', u32(300), 'x'.repeat(300)), /integer of 300 bytes/],
    ['a text of 4 GB', pickle('X\xff\xff\xff\xff'), /truncated/],
    ['bytes of 2^64', pickle('\x8e', '\xff'.repeat(8)), /truncated/],
    ['a memo that was never stored', pickle('h\x07'), /recalls value 7/],
    ['an empty stack', pickle('R'), /a value is missing/],
    ['no mark', pickle('t'), /a mark is missing/],
    ['an item for a list', pickle(']NNs'), /no dict/],
    ['an element for a dict', pickle('}Na'), /no list/],
    ['half an item', pickle('}(Nu'), /key without a value/],
    ['an unknown instruction', pickle('\xf0'), /0xf0/],
    ['protocol 9', pickle('\x80\x09N'), /protocol is above 5/],
    ['no end', pickle('N').subarray(0, 3), /truncated/],
    ['a persistent id that is no storage', pickle('K\x01Q'), /no storage/],
    ['a storage without a type', pickle('(', text('storage'), 'N', text('0'), text('cpu'), 'K\x01tQ'), /without a type/],
    [
      'a storage of -1 elements',
      pickle('(', text('storage'), 'ctorch\nFloatStorage\n', text('0'), text('cpu'), 'J\xff\xff\xff\xfftQ'),
      /a size/,
    ],
    ['a tensor of nothing', pickle('ctorch._utils\n_rebuild_tensor_v2\n)R'), /without a storage/],
    ['a negative offset', pickle(tensor(4, 'J\xff\xff\xff\xff', 'K\x02', 'K\x01')), /without a storage, an offset/],
    ['strides of another rank', pickle(tensor(4, 'K\x00', 'K\x02', 'K\x01K\x01')), /strides/],
    ['a tensor beyond its storage', pickle(tensor(4, 'K\x00', 'K\x02K\x02', 'K\x03K\x01')), /does not fit its storage of 4/],
    ['four elements as 2^40', pickle(tensor(4, 'K\x00', 'J\x00\x00\x10\x00J\x00\x00\x10\x00', 'K\x00K\x00')), /does not fit/],
    ['a storage that the archive lacks', pickle(named(tensor(4, 'K\x00', 'K\x02K\x02', 'K\x02K\x01'))), /"w" is not in the file/],
    ['no tensors', pickle('}', text('epoch'), 'K\x01s'), /holds no weights/],
    ['a number', pickle('K\x01'), /holds no weights/],
    ['a list in itself', pickle(']q\x00h\x00a'), /holds no weights/],
    ['a dict in itself', pickle('}q\x00', text('a'), 'h\x00s'), /holds no weights/],
    ['lists in lists, a million deep', pickle(']'.repeat(1_000_000)), /holds no weights/],
    [
      'dicts in dicts, a hundred thousand deep',
      pickle(`}${text('a')}`.repeat(100_000), 'N', 's'.repeat(100_000)),
      /holds no weights/,
    ],
    ['30 lists, each twice the next: 2^30', pickle(']', '2\x86'.repeat(30)), /holds no weights/],
    [
      '30 dicts, each twice in the next',
      pickle('}q\x00', Array.from({ length: 30 }, () => `}(${text('a')}h\x00${text('b')}h\x00uq\x00`).join('')),
      /holds no weights/,
    ],
    [
      'a long list made a dict, again and again',
      pickle('c__builtin__\nset\nq\x00(', 'N'.repeat(10_000), 'l\x85q\x010', 'h\x00h\x01R0'.repeat(50_000), 'N'),
      /more than 2000000 instructions/,
    ],
    ['three million instructions', pickle('N0'.repeat(1_500_000), 'N'), /more than 2000000 instructions/],
  ];
  for (const [name, bytes, message] of cases) {
    await t.test(name, async () => {
      const start = process.cpuUsage();
      await rejects(() => readModel(archive(bytes)), 'bad-file', message);
      const seconds = process.cpuUsage(start).user / 1e6;
      assert.ok(seconds < 2, `${seconds} s of CPU time`);
    });
  }
});

test('a tensor made by hand reads, so that the hostile ones fail for what they are', async () => {
  const numbers = new Uint8Array(Float32Array.of(1, 2, 3, 4, 5).buffer);
  const state = await read(archive(pickle(named(tensor(5, 'K\x01', 'K\x02K\x02', 'K\x01K\x02'))), { 'x/data/0': numbers }));
  assert.deepEqual([...state.get('w')!.read!()], [2, 4, 3, 5]);
});

test('hostile archives', async (t) => {
  const good = fixture('zip.pt');
  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset);
  const edited = (edit: (view: DataView, directory: number, end: number) => void) => {
    const bytes = good.slice();
    const end = bytes.length - 22;
    edit(view(bytes), view(bytes).getUint32(end + 16, true), end);
    return bytes;
  };
  const cases: [string, Uint8Array, RegExp][] = [
    ['no directory', good.subarray(0, 300), /truncated/],
    ['the last byte missing', good.subarray(0, good.length - 1), /truncated/],
    ['a directory beyond the file', edited((v, _, end) => v.setUint32(end + 16, 2 ** 31, true)), /does not lie within the file/],
    [
      'more entries than the directory holds',
      edited((v, _, end) => v.setUint16(end + 10, 5000, true)),
      /does not lie within the file/,
    ],
    ['an encrypted entry', edited((v, at) => v.setUint16(at + 8, 1, true)), /encrypted/],
    ['an unknown compression', edited((v, at) => v.setUint16(at + 10, 93, true)), /unknown method 93/],
    ['an entry beyond the data', edited((v, at) => v.setUint32(at + 42, 2 ** 30, true)), /is not there/],
    ['sizes that disagree', edited((v, at) => v.setUint32(at + 24, 2 ** 30, true)), /sizes .* disagree/],
    [
      'an entry that claims the next one too',
      edited((v, at) => {
        v.setUint32(at + 20, v.getUint32(at + 20, true) + 100, true);
        v.setUint32(at + 24, v.getUint32(at + 24, true) + 100, true);
      }),
      /overlap/,
    ],
    ['another name where the data lies', edited((v) => v.setUint8(31, 0x7a)), /another name/],
    ['no pickle', zipSync({ 'a/b.txt': new Uint8Array(3) }), /no "data\.pkl".*"a\/b\.txt"/],
    ['big-endian tensors', archive(pickle('N'), { 'x/byteorder': new TextEncoder().encode('big') }), /big-endian/],
  ];
  for (const [name, bytes, message] of cases) await t.test(name, () => rejects(() => readModel(bytes), 'bad-file', message));
});

test('an archive that would unpack to more than allowed is refused before it is', async () => {
  const bomb = zipSync({ 'x/data.pkl': new Uint8Array(2 ** 26) }, { level: 9 });
  assert.ok(bomb.length < 2 ** 17, `${bomb.length} bytes`);
  await rejects(
    () => readModel(bomb, { maxMemory: 2 ** 25 }),
    'too-large',
    /67108864 bytes when inflated, maxMemory is 33554432/,
  );
  await rejects(() => readModel(bomb), 'bad-file', /"x\/data\.pkl" claims 67108864 bytes/);
  const lie = zipSync({ 'x/data.pkl': new Uint8Array(2 ** 16) }, { level: 9 });
  const end = new DataView(lie.buffer, lie.byteOffset + lie.length - 22);
  new DataView(lie.buffer, lie.byteOffset + end.getUint32(16, true)).setUint32(24, 2 ** 31, true);
  await rejects(() => readModel(lie, { maxMemory: 2 ** 25 }), 'bad-file', /claims 2147483648 bytes out of/);
});

test('hundreds of damaged files are read to their last value, or refused', async () => {
  const names = ['zip.pt', 'legacy.pth', 'wrapped.pth', 'strided.pt', 'deflated.pt'];
  const corpus = names.map((name) => ({ name, kind: name, bytes: fixture(name) }));
  let valid = 0;
  for (let i = 0; i < 500; i++) {
    const { name, bytes } = damagedFile(corpus, 1, i);
    try {
      for (const tensor of (await read(bytes)).values()) tensor.read!();
      valid++;
    } catch (error) {
      if (!(error instanceof HetConvError))
        assert.fail(`${name}, iteration ${i}: ${error instanceof Error ? error.stack : error}`);
    }
  }
  assert.ok(valid > 0, 'no damaged file was valid, so that reading was never reached');
});
