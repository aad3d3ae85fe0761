// Sums of convolutions that are one convolution: the spellings of HetConv made of many nodes, and the other sums of their kind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Graph } from '../src/graph/graph.js';
import { costOf } from '../src/ops/cost.js';
import { loadRareOps } from '../src/ops/index.js';
import { canonicalise } from '../src/passes/canonicalise.js';
import type { Finding } from '../src/passes/finding.js';
import { mergeConvolutions } from '../src/passes/mergeConvolutions.js';
import { assertEquivalent, type ConvOptions, GraphWriter, opsOf } from './support/graphWriter.js';

await loadRareOps();

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const others = (inC: number, part: number, k: number) => range(inC).filter((c) => c % part !== k);
const sum = (w: GraphWriter, terms: readonly string[]) => terms.reduce((a, b) => w.node('add', [a, b]));

function everyPth(w: GraphWriter, x: string, part: number, k: number): string {
  return w.node('slice', [x], { starts: [k], ends: [w.channels(x)], axes: [1], steps: [part] });
}

/** The channels not ≡ k: picked one by one, or as the ranges between the others. */
const complements: Record<string, (w: GraphWriter, x: string, part: number, k: number) => string> = {
  picked: (w, x, part, k) => w.node('permuteChannels', [x], { order: others(w.channels(x), part, k) }),
  joined: (w, x, part, k) => {
    const ranges: string[] = [];
    for (let start = 0; start < w.channels(x); start += part) {
      const cut = (from: number, to: number) =>
        ranges.push(w.node('slice', [x], { starts: [from], ends: [to], axes: [1], steps: [1] }));
      if (k > 0) cut(start, start + k);
      if (k < part - 1) cut(start + k + 1, start + part);
    }
    return w.node('concat', ranges, { axis: 1 });
  },
};

/** Output channel = c·P + k of P values. */
const shuffles: Record<string, (w: GraphWriter, parts: readonly string[]) => string> = {
  channelShuffle: (w, parts) => w.node('channelShuffle', [w.node('concat', parts, { axis: 1 })], { groups: parts.length }),
  transpose: (w, parts) => {
    const joined = w.node('concat', parts, { axis: 1 });
    const [n, c, height, width] = w.shape(joined) as [number, number, number, number];
    const split = w.node('reshape', [joined], { shape: [n, parts.length, c / parts.length, height, width] });
    return w.node('reshape', [w.node('transpose', [split], { perm: [0, 2, 1, 3, 4] })], { shape: [n, c, height, width] });
  },
  stack: (w, parts) => {
    const [n, c, height, width] = w.shape(parts[0]!) as [number, number, number, number];
    const stacked = parts.map((part) => w.node('reshape', [part], { shape: [n, c, 1, height, width] }));
    return w.node('reshape', [w.node('concat', stacked, { axis: -3 })], { shape: [n, c * parts.length, height, width] });
  },
};

const associations: Record<string, (w: GraphWriter, terms: readonly string[]) => string> = {
  left: sum,
  right: (w, terms) => [...terms].reverse().reduce((a, b) => w.node('add', [b, a])),
  pairs: (w, terms) => {
    let level = [...terms];
    while (level.length > 1) {
      level = range(Math.ceil(level.length / 2)).map((i) => sum(w, level.slice(2 * i, 2 * i + 2)));
    }
    return level[0]!;
  },
};

interface Layer {
  readonly inC: number;
  readonly outC: number;
  readonly part: number;
  readonly options: ConvOptions;
}

function partBranches(w: GraphWriter, x: string, layer: Layer, complement: string, shuffle: string): string {
  const { outC, part, options } = layer;
  const parts = range(part).map((k) =>
    sum(w, [
      w.conv(everyPth(w, x, part, k), outC / part, 3, options),
      w.conv(complements[complement]!(w, x, part, k), outC / part, 1, { ...options, dilation: [1, 1] }),
    ]),
  );
  return shuffles[shuffle]!(w, parts);
}

function perFilter(w: GraphWriter, x: string, { outC, part, options }: Layer): string {
  const own = range(part).map((k) => everyPth(w, x, part, k));
  const rest = range(part).map((k) => complements.picked!(w, x, part, k));
  const filters = range(outC).map((i) => sum(w, [w.conv(rest[i % part]!, 1, 1, options), w.conv(own[i % part]!, 1, 3, options)]));
  return w.node('concat', filters, { axis: 1 });
}

function perKernel(w: GraphWriter, x: string, { outC, inC, part, options }: Layer, association: string): string {
  const channels = range(inC).map((c) => w.node('slice', [x], { starts: [c], ends: [c + 1], axes: [1], steps: [1] }));
  const filters = range(outC).map((n) =>
    associations[association]!(
      w,
      channels.map((channel, m) => w.conv(channel, 1, (m - n) % part === 0 ? 3 : 1, options)),
    ),
  );
  return w.node('concat', filters, { axis: 1 });
}

function subtractive(w: GraphWriter, x: string, { outC, part, options }: Layer): string {
  const branch = { ...options, bias: true };
  const dense = { ...branch, dilation: [1, 1] };
  const both = w.node('add', [w.conv(x, outC, 3, { ...branch, groups: part }), w.conv(x, outC, 1, dense)]);
  return w.node('sub', [both, w.conv(x, outC, 1, { ...dense, groups: part })]);
}

const spellings: Record<string, [pattern: string, spelling: string, write: (w: GraphWriter, x: string, layer: Layer) => string]> =
  {
    'two branches': ['block', 'two branches', (w, x, { outC, part, options }) => w.twoBranches(x, outC, 3, part, options)],
    subtractive: ['block', 'subtractive', subtractive],
    'per filter': ['shifted', 'per filter', perFilter],
    ...Object.fromEntries(
      Object.keys(complements).flatMap((complement) =>
        Object.keys(shuffles).map((shuffle) => [
          `P branches, ${complement}, ${shuffle}`,
          ['shifted', 'P branches', (w: GraphWriter, x: string, layer: Layer) => partBranches(w, x, layer, complement, shuffle)],
        ]),
      ),
    ),
    ...Object.fromEntries(
      Object.keys(associations).map((association) => [
        `per kernel, summed ${association}`,
        ['shifted', 'per kernel', (w: GraphWriter, x: string, layer: Layer) => perKernel(w, x, layer, association)],
      ]),
    ),
  };

const layers: Layer[] = [
  { inC: 8, outC: 12, part: 4, options: {} },
  { inC: 6, outC: 6, part: 3, options: { bias: true, stride: [2, 1] } },
];

function find(graph: Graph): { found: Graph; findings: Finding[] } {
  const findings: Finding[] = [];
  return { found: canonicalise(graph, (finding) => findings.push(finding)), findings };
}

for (const [title, [pattern, spelling, write]] of Object.entries(spellings)) {
  for (const layer of layers) {
    test(`${title}: ${JSON.stringify(layer)}`, () => {
      const { inC, outC, part } = layer;
      const writer = new GraphWriter(title);
      const x = writer.input('x', [2, inC, 5, 4]);
      const graph = writer.finish(writer.node('relu', [writer.batchNorm(write(writer, x, layer))]));
      const { found, findings } = find(graph);
      assert.deepEqual(opsOf(found), ['hetConv', 'relu']);
      const [node] = found.nodes;
      assert.deepEqual([node!.attributes.part, node!.attributes.pattern], [part, pattern]);
      const [, , outH, outW] = writer.shape(node!.outputs[0]!) as [number, number, number, number];
      const macs = 2 * outH * outW * outC * ((inC / part) * 9 + inC - inC / part);
      assert.equal(costOf(found).total.macs, macs);
      const { node: name, ...rest } = findings[0]!;
      const before = costOf(graph).total.macs;
      const merged = graph.nodes.filter(({ op, inputs }) => op === 'conv' || (op !== 'relu' && inputs[0] !== 'x')).length;
      assert.equal(findings.length, 1, JSON.stringify(findings));
      assert.equal(rest.macsBefore, before);
      assert.deepEqual({ ...rest, merged }, { ...rest, op: 'hetConv', part, pattern, spelling, macsAfter: macs, merged });
      assertEquivalent(graph, found);
    });
  }
}

type Build = (w: GraphWriter, x: string) => string;
/** What other sums over x [1, 6, 4, 4] become; undefined: they stay. */
const sums: Record<string, [Build, string[] | undefined]> = {
  'RepVGG: 3×3, 1×1 and the input, normed each': [
    (w, x) => sum(w, [w.batchNorm(w.conv(x, 6, 3)), w.batchNorm(w.conv(x, 6, 1)), w.batchNorm(x)]),
    ['conv'],
  ],
  'RepVGG in groups': [
    (w, x) => sum(w, [w.conv(x, 6, 3, { groups: 2 }), w.conv(x, 6, 1, { groups: 2 }), w.batchNorm(x)]),
    ['conv'],
  ],
  'depthwise, twice': [(w, x) => sum(w, [w.conv(x, 6, 3, { groups: 6 }), w.conv(x, 6, 5, { groups: 6 })]), ['conv']],
  '3×3 and 1×1': [(w, x) => sum(w, [w.conv(x, 4, 3, { bias: true }), w.conv(x, 4, 1)]), ['conv']],
  'a grouped 3×3 and a 1×1 in as many groups': [
    (w, x) => sum(w, [w.conv(x, 6, 3, { groups: 3, bias: true }), w.conv(x, 6, 1, { groups: 3, bias: true })]),
    ['conv'],
  ],
  'a grouped 3×3 and a 1×1 within its groups': [
    (w, x) => sum(w, [w.conv(x, 6, 3, { groups: 2 }), w.conv(x, 6, 1, { groups: 6 })]),
    ['conv'],
  ],
  'a grouped 3×3 and a 1×1 across its groups, in groups': [
    (w, x) => sum(w, [w.conv(x, 6, 3, { groups: 6 }), w.conv(x, 6, 1, { groups: 3 })]),
    undefined,
  ],
  'groups written out': [
    (w, x) => {
      const half = (from: number) => w.node('slice', [x], { starts: [from], ends: [from + 3], axes: [1], steps: [1] });
      return w.node('concat', [w.conv(half(0), 4, 3), w.conv(half(3), 4, 3)], { axis: 1 });
    },
    ['conv'],
  ],
  'an output split: some filters 3×3, the others 1×1': [
    (w, x) => w.node('concat', [w.conv(x, 2, 3), w.conv(x, 6, 1)], { axis: 1 }),
    undefined,
  ],
  'a shuffle after a dense convolution': [(w, x) => w.node('channelShuffle', [w.conv(x, 8, 3)], { groups: 4 }), ['conv']],
  'a shuffle after a grouped convolution': [
    (w, x) => w.node('channelShuffle', [w.conv(x, 8, 3, { groups: 2 })], { groups: 4 }),
    undefined,
  ],
  'half of the filters': [
    (w, x) => w.node('slice', [w.conv(x, 8, 3)], { starts: [1], ends: [8], axes: [1], steps: [2] }),
    ['conv'],
  ],
  'a 5×5 that a 3×3 does not fill': [
    (w, x) => sum(w, [w.conv(x, 6, 5, { groups: 6 }), w.conv(x, 6, 3, { groups: 2 }), w.conv(x, 6, 1)]),
    undefined,
  ],
  'taps between those of a dilated kernel': [
    (w, x) => sum(w, [w.conv(x, 6, 3, { dilation: [2, 2] }), w.conv(x, 6, 3)]),
    undefined,
  ],
  'taps among those of a dilated kernel': [
    (w, x) => sum(w, [w.conv(x, 6, 3), w.conv(x, 6, 5), w.conv(x, 6, 3, { dilation: [2, 2] })]),
    ['conv'],
  ],
  'a flat and a tall kernel within a square one': [
    (w, x) => {
      const line = (kernelH: number, kernelW: number) =>
        w.node('conv', [x, w.tensor(`k${kernelH}`, [6, 6, kernelH, kernelW])], {
          padding: [kernelH >> 1, kernelW >> 1, kernelH >> 1, kernelW >> 1],
        });
      return sum(w, [w.conv(x, 6, 3), line(1, 3), line(3, 1)]);
    },
    ['conv'],
  ],
  'a grouped and a dense sequence': [(w, x) => w.conv(w.conv(x, 6, 3, { groups: 2 }), 6, 1), undefined],
  'one channel twice': [
    (w, x) => sum(w, [w.conv(w.node('permuteChannels', [x], { order: [0, 0, 1] }), 4, 3), w.conv(x, 4, 3)]),
    ['conv'],
  ],
  'a hetConv and a 1×1': [(w, x) => sum(w, [w.hetConv(x, 6, 3, 3, 'shifted'), w.conv(x, 6, 1)]), ['hetConv']],
};
for (const [title, [build, expected]] of Object.entries(sums)) {
  test(`${title}: ${expected ? `one ${expected}` : 'as it is'}`, () => {
    const writer = new GraphWriter(title);
    const graph = writer.finish(build(writer, writer.input('x', [1, 6, 4, 4])));
    const { found } = find(graph);
    assert.deepEqual(opsOf(found), expected ?? opsOf(graph));
    assert.ok(costOf(found).total.macs <= costOf(graph).total.macs, 'no multiply-accumulate more');
    assertEquivalent(graph, found);
  });
}

test('the one tap of a 2×2 kernel on the centre does not make it a 1×1', () => {
  const writer = new GraphWriter('off centre');
  const x = writer.input('x', [1, 6, 4, 4]);
  const grouped = writer.conv(x, 6, 3, { groups: 2 });
  const shifted = writer.conv(x, 6, 2, { padding: [1, 1, 0, 0] });
  const graph = writer.finish(sum(writer, [grouped, shifted]));
  assert.equal(mergeConvolutions(graph), graph);
});

test('strides that differ', () => {
  const writer = new GraphWriter('strides');
  const x = writer.input('x', [1, 6, 3, 3]);
  const grouped = writer.conv(x, 6, 3, { groups: 2, stride: [2, 2] });
  const pointwise = writer.conv(x, 6, 1, { stride: [3, 3], padding: [1, 1, 1, 1] });
  const graph = writer.finish(sum(writer, [grouped, pointwise]));
  assert.equal(mergeConvolutions(graph), graph);
});

test('a kernel of 5 padded by 5 // 3 and a 1×1 of a cropped picture', () => {
  const writer = new GraphWriter('third of five');
  const x = writer.input('x', [1, 6, 4, 4]);
  const cropped = writer.node('slice', [x], { starts: [1, 1], ends: [3, 3], axes: [2, 3], steps: [1, 1] });
  const grouped = writer.conv(x, 6, 5, { groups: 2, padding: [1, 1, 1, 1] });
  const graph = writer.finish(sum(writer, [grouped, writer.conv(cropped, 6, 1)]));
  assert.equal(mergeConvolutions(graph), graph);
});

test('a tap of 1e-30 is not zero', () => {
  const writer = new GraphWriter('tiny');
  const x = writer.input('x', [1, 4, 4, 4]);
  const mask = (n: number, m: number, kernel: Float32Array) => {
    if (n % 2 !== m % 2) kernel.fill(0).fill(1e-30, 0, 1);
  };
  const graph = writer.finish(writer.conv(x, 4, 3, { mask }));
  assert.deepEqual(opsOf(canonicalise(graph)), ['conv']);
});

test('an intermediate sum that somebody else reads ends the merging there', () => {
  const writer = new GraphWriter('shared sum');
  const x = writer.input('x', [1, 6, 4, 4]);
  const inner = sum(writer, [writer.conv(x, 6, 3, { groups: 2 }), writer.conv(x, 6, 1)]);
  const graph = writer.finish(sum(writer, [inner, writer.conv(x, 6, 1)]), inner);
  const { found } = find(graph);
  assert.deepEqual(opsOf(found).sort(), ['add', 'conv', 'hetConv']);
  assertEquivalent(graph, found);
});

test('a layer of 64 × 64 kernels, each a convolution of its own', () => {
  const writer = new GraphWriter('4096 kernels');
  const x = writer.input('x', [1, 64, 3, 3]);
  const graph = writer.finish(perKernel(writer, x, { inC: 64, outC: 64, part: 8, options: { bias: true } }, 'left'));
  const { found } = find(graph);
  assert.deepEqual(opsOf(found), ['hetConv']);
  assert.equal(found.nodes[0]!.attributes.part, 8);
});
