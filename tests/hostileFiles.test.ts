// Damaged and hostile model files: each is refused with a HetConvError that says what is wrong and where, and costs little.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readModel } from '../src/formats/index.js';
import { native } from '../src/formats/native.js';
import { readSafetensors } from '../src/formats/safetensors.js';
import type { ErrorCode } from '../src/graph/error.js';
import { Random } from './fuzz/random.js';
import { type Container, edited, pack, unpack, withMetadata } from './support/container.js';
import { rejects } from './support/rejects.js';
import { smallModel } from './support/smallModel.js';

const valid = native.write!(smallModel(), { precision: 'f16' });
const dataStart = valid.length - unpack(valid).data.length;

test('truncated at every byte of the header and at random places of the data', async () => {
  for (let length = 0; length <= dataStart; length++) await rejects(() => readModel(valid.subarray(0, length)), 'bad-file');
  const random = new Random('truncated');
  for (let i = 0; i < 200; i++) {
    const length = dataStart + random.below(valid.length - dataStart);
    await rejects(() => readModel(valid.subarray(0, length)), 'bad-file', /truncated/);
  }
});

test('bytes after the data', async () => {
  const longer = new Uint8Array(valid.length + 1);
  longer.set(valid);
  await rejects(() => readModel(longer), 'bad-file', /last 1 bytes of the data belong to no tensor/);
});

test('a header length that lies', async () => {
  const { header, data } = unpack(valid);
  const json = JSON.stringify(header);
  const lies: [bigint, RegExp][] = [
    [BigInt(valid.length), /header claims .* bytes, .* follow: the file is truncated/],
    [100_000_000n, /header claims 100000000 bytes, .* follow: the file is truncated/],
    [100_000_001n, /at most 100000000 are allowed/],
    [2n ** 32n, /at most 100000000/],
    [2n ** 63n, /at most 100000000/],
    [2n ** 64n - 1n, /at most 100000000/],
    [0n, /not valid JSON/],
    [BigInt(json.length - 1), /not valid JSON/],
  ];
  for (const [length, message] of lies) await rejects(() => readModel(pack(json, data, length)), 'bad-file', message);
});

test('a header that is no JSON object', async () => {
  const headers: [string | Uint8Array, RegExp][] = [
    ['[]', /not a JSON object/],
    ['null', /not a JSON object/],
    ['3', /not a JSON object/],
    ['"text"', /not a JSON object/],
    ['', /not valid JSON/],
    ['{"a":', /not valid JSON/],
    ['{"a":NaN}', /not valid JSON/],
    ['{"a":1}', /tensor "a": its header entry is not an object/],
    ['{"a":[]}', /tensor "a": its header entry is not an object/],
    ['{"__metadata__":[]}', /"__metadata__" is not an object/],
    ['{"__metadata__":{"a":1}}', /"__metadata__": the value of "a" is not a string/],
    [Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), /not valid UTF-8/],
    [`{"a":${'['.repeat(1_000_000)}`, /not valid JSON/],
    [`{"${'n'.repeat(2000)}":{}}`, /has 2000 characters, at most 1024/],
  ];
  for (const [header, message] of headers)
    await rejects(() => readSafetensors(pack(header, new Uint8Array(0))), 'bad-file', message);
});

/** How one damaged entry of the header reads; the tensor is conv1.weight, F16, [4, 3, 3, 3]. */
const entries: [string, (entry: Record<string, unknown>, container: Container) => void, RegExp][] = [
  ['no dtype', (entry) => delete entry.dtype, /its dtype undefined is none of/],
  ['unknown dtype', (entry) => Object.assign(entry, { dtype: 'Q4' }), /its dtype Q4 is none of/],
  ['dtype from Object', (entry) => Object.assign(entry, { dtype: 'constructor' }), /its dtype constructor is none of/],
  [
    'dtype of another size',
    (entry) => Object.assign(entry, { dtype: 'F32' }),
    /shape \[4,3,3,3\] of F32 takes 432 bytes, its data has 216/,
  ],
  ['dtype that holds no weights', (entry) => Object.assign(entry, { dtype: 'I16' }), /is I16; weights must be F32, F16 or BF16/],
  ['no shape', (entry) => delete entry.shape, /its shape undefined is not a list of sizes/],
  ['negative size', (entry) => Object.assign(entry, { shape: [4, -3, -3, 3] }), /its shape \[4, -3, -3, 3\] is not/],
  ['fractional size', (entry) => Object.assign(entry, { shape: [4, 3, 4.5, 2] }), /is not a list of sizes/],
  ['size as text', (entry) => Object.assign(entry, { shape: ['4', 3, 3, 3] }), /is not a list of sizes/],
  ['nested shape', (entry) => Object.assign(entry, { shape: [[4, 3, 3, 3]] }), /its shape \[…\] is not/],
  ['a billion elements', (entry) => Object.assign(entry, { shape: [1e9] }), /shape \[1000000000\] of F16 takes 2000000000 bytes/],
  ['more than numbers hold', (entry) => Object.assign(entry, { shape: Array(32).fill(2 ** 53 - 1) }), /takes Infinity bytes/],
  ['too many axes', (entry) => Object.assign(entry, { shape: Array(1000).fill(1) }), /is not a list of sizes/],
  ['no offsets', (entry) => delete entry.data_offsets, /its data_offsets undefined are not two offsets/],
  ['one offset', (entry) => Object.assign(entry, { data_offsets: [0] }), /its data_offsets \[0\] are not two offsets/],
  ['negative offset', (entry) => Object.assign(entry, { data_offsets: [-2, 214] }), /are not two offsets/],
  ['offsets that are no numbers', (entry) => Object.assign(entry, { data_offsets: [null, {}] }), /are not two offsets/],
  ['offsets in reverse', (entry) => Object.assign(entry, { data_offsets: [216, 0] }), /begins at 216 and ends before it, at 0/],
  ['an offset beyond the file', (entry) => Object.assign(entry, { data_offsets: [1e12, 1e12 + 216] }), /the file is truncated/],
  [
    'overlap',
    (_, { header }) => {
      header['conv2.weight'].data_offsets = header['conv1.weight'].data_offsets;
      header['conv2.weight'].shape = [4, 3, 3, 3];
    },
    /overlaps another tensor's/,
  ],
  ['a hole', (_, { header }) => delete header['conv1.weight'], /belong to no tensor/],
];

test('entries of the header', async (t) => {
  for (const [name, edit, message] of entries) {
    await t.test(name, async () => {
      const file = edited(valid, (container) => void edit(container.header['conv1.weight'], container));
      await rejects(() => readModel(file), 'bad-file', message);
    });
  }
});

test('the version', async () => {
  const version = (value: string | undefined) =>
    edited(valid, ({ header }) => Object.assign(header.__metadata__, { version: value }));
  await rejects(() => readModel(version('2')), 'bad-version', /version 2, this release reads up to 1/);
  await rejects(() => readModel(version('999999999')), 'bad-version');
  for (const value of ['', '0', '-1', '1.5', 'one', '1e3', '9'.repeat(1000)])
    await rejects(() => readModel(version(value)), 'bad-file', /"version"/);
  await rejects(() => readModel(version(undefined)), 'bad-file', /"version" is missing/);
});

// biome-ignore lint/suspicious/noExplicitAny: JSON of any form, to be made wrong
type Edit = (json: any) => unknown;

/** Sets what lies at a path such as 'nodes.0.name'. */
function put(path: string, value: unknown): Edit {
  const keys = path.split('.');
  const last = keys.pop()!;
  return (json) => {
    keys.reduce((object, key) => object[key], json)[last] = value;
  };
}

const graphs: [string, Edit, ErrorCode, RegExp][] = [
  ['no object', () => [], 'bad-file', /graph must be an object/],
  ['null', () => 'null', 'bad-file', /graph must be an object/],
  ['no nodes', (graph) => delete graph.nodes && graph, 'bad-file', /graph lacks "nodes"/],
  ['nodes that are no list', (graph) => ({ ...graph, nodes: {} }), 'bad-file', /graph.nodes must be a list/],
  ['an unknown key', (graph) => ({ ...graph, extra: 1 }), 'bad-file', /graph has the unknown key "extra"/],
  ['no inputs', (graph) => ({ ...graph, inputs: [] }), 'bad-file', /graph.inputs must not be empty/],
  ['no outputs', (graph) => ({ ...graph, outputs: [] }), 'bad-file', /graph.outputs must not be empty/],
  ['a node that is no object', (graph) => void graph.nodes.push(7), 'bad-file', /graph.nodes\[7\] must be an object/],
  [
    'a node without attributes',
    (graph) => void delete graph.nodes[3].attributes,
    'bad-file',
    /graph.nodes\[3\] lacks "attributes"/,
  ],
  ['inputs that are no list', put('nodes.3.inputs', 'relu1'), 'bad-file', /graph.nodes\[3\].inputs must be a list/],
  ['an input that is no text', put('nodes.3.inputs.1', 5), 'bad-file', /graph.nodes\[3\].inputs\[1\] must be a string/],
  ['an endless name', put('nodes.0.name', 'n'.repeat(5000)), 'bad-file', /nodes\[0\].name has 5000 characters/],
  ['an output without a name', put('nodes.0.outputs', ['']), 'bad-file', /nodes\[0\].outputs\[0\] must not be empty/],
  [
    'two nodes of one name',
    put('nodes.2.name', 'conv1'),
    'bad-file',
    /nodes\[2\].name is "conv1", as is that of graph.nodes\[0\]/,
  ],
  [
    'an attribute that is null (NaN in JSON)',
    put('nodes.0.attributes.clampMin', null),
    'bad-file',
    /nodes\[0\].attributes.clampMin must be a finite number/,
  ],
  [
    'null within a list',
    put('nodes.0.attributes.stride', [1, null]),
    'bad-file',
    /nodes\[0\].attributes.stride\[1\] must be a finite/,
  ],
  ['an attribute that is an object', put('nodes.0.attributes.stride', {}), 'bad-file', /stride must be a finite number/],
  ['an unknown attribute', put('nodes.1.attributes.toString', 1), 'bad-attribute', /"relu1".*unknown attribute "toString"/],
  ['an attribute of the wrong type', put('nodes.0.attributes.groups', 'one'), 'bad-attribute', /"conv1".*"groups"/],
  ['a stride of zero', put('nodes.0.attributes.stride', [0, 1]), 'bad-attribute', /"conv1".*"stride"/],
  ['an unknown op', put('nodes.1.op', 'warp'), 'unsupported-op', /"relu1": there is no op "warp"/],
  ['an op from Object', put('nodes.1.op', 'hasOwnProperty'), 'unsupported-op', /no op "hasOwnProperty"/],
  ['an unknown tensor', put('nodes.0.inputs.1', 'nowhere'), 'bad-graph', /"conv1" reads "nowhere", which nothing defines/],
  ['an unknown output', put('outputs', ['nowhere']), 'bad-graph', /output "nowhere"/],
  ['a cycle', put('nodes.1.inputs', ['pool']), 'bad-graph', /cycle/],
  ['a node that reads itself', put('nodes.1.inputs', ['relu1']), 'bad-graph', /cycle through node "relu1"/],
  ['a value defined twice', put('nodes.1.outputs', ['conv1']), 'bad-graph', /"conv1" is defined twice/],
  ['too few inputs', (graph) => void graph.nodes[0].inputs.splice(1), 'bad-graph', /"conv1" \(conv\): has 1 inputs/],
  ['too many outputs', (graph) => void graph.nodes[0].outputs.push('more'), 'bad-graph', /"conv1" \(conv\): names 2 outputs/],
  ['an input of the wrong channels', put('inputs.0.shape', [1, 5, 4, 4]), 'bad-shape', /"conv1".*takes 3 channels/],
  ['an input of size zero', put('inputs.0.shape', [1, 3, 0, 4]), 'bad-file', /inputs\[0\].shape\[2\] must be a positive integer/],
  ['an input without axes', put('inputs.0.shape', []), 'bad-file', /inputs\[0\].shape must not be empty/],
  ['an input of a billion', put('inputs.0.shape', [1, 3, 1e9, 1e9]), 'too-large', /"input" has 3000000000000000000 elements/],
  ['an input of 1e999', put('inputs.0.shape', [1, 3, Number.MAX_VALUE, 4]), 'bad-file', /must be a positive integer/],
  ['a padding beyond reason', put('nodes.0.attributes.padding', [1e9, 1e9, 1e9, 1e9]), 'too-large', /elements/],
  ['a part that does not divide', put('nodes.2.attributes.part', 3), 'bad-shape', /"conv2".*3/],
  ['a part of zero', put('nodes.2.attributes.part', 0), 'bad-attribute', /"conv2".*"part"/],
];

test('graphs', async (t) => {
  for (const [name, edit, code, message] of graphs) {
    await t.test(name, () => rejects(() => readModel(withMetadata(valid, 'graph', edit)), code, message));
  }
  await t.test('a number that JSON reads as infinite', async () => {
    const file = edited(valid, ({ header }) => {
      header.__metadata__.graph = header.__metadata__.graph.replace('"groups":1', '"groups":1e999');
    });
    await rejects(() => readModel(file), 'bad-file', /groups must be a finite number/);
  });
  await t.test('a graph that is no JSON', async () => {
    const file = edited(valid, ({ header }) => Object.assign(header.__metadata__, { graph: '{' }));
    await rejects(() => readModel(file), 'bad-file', /"graph" is not valid JSON/);
  });
  await t.test('no graph', async () => {
    const file = edited(valid, ({ header }) => delete header.__metadata__.graph);
    await rejects(() => readModel(file), 'bad-file', /has no "graph"/);
  });
});

const documents: [string, string, Edit, RegExp][] = [
  ['another size', 'preprocessing', put('size', [8, 8]), /preprocessing.size is \[8,8\].*\[N,3,8,8\]; it has \[1,3,4,4\]/],
  ['a size of one entry', 'preprocessing', put('size', [4]), /preprocessing.size must have 2 entries/],
  ['too many means', 'preprocessing', (json) => void json.mean.push(1), /preprocessing.mean has 4 entries/],
  ['a mean of null', 'preprocessing', put('mean.1', null), /preprocessing.mean\[1\] must be a finite number/],
  ['division by zero', 'preprocessing', put('std.2', 0), /preprocessing.std\[2\] must be positive/],
  ['an unknown filter', 'preprocessing', put('resize', 'lanczos'), /preprocessing.resize must be one of bilinear, nearest/],
  ['an unknown order', 'preprocessing', put('colorOrder', 'RBG'), /preprocessing.colorOrder must be one of RGB, BGR/],
  ['an unknown key', 'preprocessing', put('gamma', 2), /unknown key "gamma"/],
  ['an unknown fit', 'preprocessing', put('fit', 'pad'), /preprocessing.fit must be one of stretch, crop, letterbox/],
  ['a letterbox without a fill', 'preprocessing', put('fit', 'letterbox'), /preprocessing lacks "placement"/],
  [
    'a fill that is no colour',
    'preprocessing',
    (json) => ({ ...json, fit: 'letterbox', placement: 'center', fill: [0, 0, 256] }),
    /preprocessing.fill\[2\] must be an integer in 0…255/,
  ],
  ['a fill that nothing shows', 'preprocessing', put('fill', [0, 0, 0]), /preprocessing has the unknown key "fill"/],
  [
    'a side too short to cut from',
    'preprocessing',
    put('shorterSide', 3),
    /preprocessing.shorterSide must be an integer in 4…65536/,
  ],
  ['a side beyond reason', 'preprocessing', put('shorterSide', 1e9), /preprocessing.shorterSide must be an integer/],
  ['a label too few', 'labels', (json) => void json.pop(), /labels has 1 entries; axis 1 .*\[1,2\]/],
  ['a label that is no text', 'labels', put('1', 1), /labels\[1\] must be a string/],
  ['labels that are no list', 'labels', () => ({}), /labels must be a list/],
  ['provenance that is no object', 'provenance', () => [1], /provenance must be an object/],
];

test('preprocessing, labels, provenance', async (t) => {
  for (const [name, key, edit, message] of documents) {
    await t.test(`${key}: ${name}`, () => rejects(() => readModel(withMetadata(valid, key, edit)), 'bad-file', message));
  }
});

test('huge graphs take linear time, and are limited', async () => {
  const wide = (count: number, first: string) =>
    withMetadata(valid, 'graph', (json) => {
      const added = Array.from({ length: count }, (_, i) => ({
        name: `n${i}`,
        op: 'relu',
        inputs: [i === 0 ? first : 'v0'],
        outputs: [`v${i}`],
        attributes: {},
      }));
      return { ...json, nodes: [...json.nodes, ...added.reverse()] };
    });
  const count = 9_000;
  const cases: [string, () => unknown][] = [
    [
      'one value with many readers',
      async () => assert.equal((await readModel(wide(count, 'input'))).graph.nodes.length, count + 7),
    ],
    ['a cycle', () => rejects(() => readModel(wide(count, `v${count - 1}`)), 'bad-graph', /cycle/)],
    [
      'too many nodes',
      () => rejects(() => readModel(wide(10_001, 'input')), 'bad-file', /graph.nodes has 10008 entries, at most 10000/),
    ],
  ];
  for (const [name, work] of cases) {
    const start = process.cpuUsage();
    await work();
    const seconds = process.cpuUsage(start).user / 1e6;
    assert.ok(seconds < 5, `${name}: ${seconds} s of CPU time`);
  }
});
