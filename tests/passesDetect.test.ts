// HetConv in the spellings of trained networks, and what only looks like one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecture } from '../src/architectures/index.js';
import type { Graph } from '../src/graph/graph.js';
import { detectHetConv } from '../src/passes/detectHetConv.js';
import { assertEquivalent, type ConvOptions, countOf, GraphWriter, opsOf } from './support/graphWriter.js';

/** Channels per class as in trained networks, multiples of no vector width among them. */
const widths = [
  { ownC: 1, part: 4, outC: 8 },
  { ownC: 3, part: 3, outC: 3 },
  { ownC: 5, part: 2, outC: 6 },
  { ownC: 55, part: 2, outC: 4 },
];
const geometries: { kernel: number; options: ConvOptions }[] = [
  { kernel: 3, options: {} },
  { kernel: 3, options: { bias: true } },
  { kernel: 3, options: { stride: [2, 1], bias: true } },
  { kernel: 5, options: { dilation: [1, 2] } },
];
for (const { ownC, part, outC } of widths) {
  for (const { kernel, options } of geometries) {
    for (const swap of [false, true]) {
      test(`two branches, M/P = ${ownC}, P = ${part}, K = ${kernel}, ${JSON.stringify({ ...options, swap })}`, () => {
        const writer = new GraphWriter(`branches ${ownC} ${part} ${kernel}`);
        const x = writer.input('x', [1, ownC * part, 5, 4]);
        const graph = writer.finish(writer.twoBranches(x, outC, kernel, part, { ...options, swap, name: 'layer' }));
        const found = detectHetConv(graph);
        assert.deepEqual(opsOf(found), ['hetConv']);
        const [node] = found.nodes;
        assert.deepEqual(
          [node!.name, node!.outputs, node!.attributes.part, node!.attributes.pattern],
          ['layer', ['layer'], part, 'block'],
        );
        assert.deepEqual(found.tensors.get('layer.weight')!.shape, [outC, ownC, kernel, kernel]);
        assert.deepEqual(found.tensors.get('layer.pointwise')!.shape, [outC, ownC * (part - 1), 1, 1]);
        assert.equal(found.tensors.size, options.bias ? 3 : 2);
        assertEquivalent(graph, found);
      });
    }
    for (const pattern of ['block', 'shifted']) {
      test(`masked dense, ${pattern}, M/P = ${ownC}, P = ${part}, K = ${kernel}, ${JSON.stringify(options)}`, () => {
        const writer = new GraphWriter(`masked ${ownC} ${part} ${kernel}`);
        const inC = ownC * part;
        const x = writer.input('x', [1, inC, 5, 4]);
        const centre = (kernel * kernel - 1) / 2;
        const isOwn = (n: number, m: number) =>
          pattern === 'block' ? Math.floor((n * part) / outC) === Math.floor((m * part) / inC) : n % part === m % part;
        const mask = (n: number, m: number, weights: Float32Array) => {
          if (!isOwn(n, m)) weights.fill(0, 0, centre).fill(0, centre + 1);
        };
        const graph = writer.finish(writer.conv(x, outC, kernel, { ...options, mask }));
        const found = detectHetConv(graph);
        const [node] = found.nodes;
        assert.equal(node!.op, 'hetConv');
        assert.ok((node!.attributes.part as number) % part === 0, `part ${node!.attributes.part}`);
        // With one channel and one filter to a class the two patterns are one.
        if (ownC > 1 || outC > part) assert.equal(node!.attributes.pattern, pattern);
        assertEquivalent(graph, found);
      });
    }
  }
}

test('padding K//3 at K = 3 is "same" too', () => {
  const writer = new GraphWriter('third');
  const x = writer.input('x', [1, 6, 4, 4]);
  const graph = writer.finish(writer.twoBranches(x, 6, 3, 3, { padding: [1, 1, 1, 1] }));
  assert.deepEqual(opsOf(detectHetConv(graph)), ['hetConv']);
});

test('branches that are padded alike beyond "same" are HetConv', () => {
  const writer = new GraphWriter('padded');
  const x = writer.input('x', [1, 4, 4, 3]);
  const groupwise = writer.conv(x, 4, 3, { groups: 2, padding: [2, 1, 2, 1] });
  const graph = writer.finish(writer.node('add', [groupwise, writer.conv(x, 4, 1, { padding: [1, 0, 1, 0] })]));
  const found = detectHetConv(graph);
  assert.deepEqual(opsOf(found), ['hetConv']);
  assertEquivalent(graph, found);
});

test('a mask with one tap too many is no HetConv, and of several parts the largest is found', () => {
  const layer = (spoil: boolean) => {
    const writer = new GraphWriter('parts');
    const x = writer.input('x', [1, 8, 3, 3]);
    const mask = (n: number, m: number, weights: Float32Array) => {
      if (n % 8 !== m % 8) weights.fill(0).fill(1, 4, 5);
      if (spoil && n === 7 && m === 2) weights[8] = 1;
    };
    return writer.finish(writer.conv(x, 16, 3, { mask }));
  };
  const found = detectHetConv(layer(false));
  assert.deepEqual([found.nodes[0]!.attributes.part, found.nodes[0]!.attributes.pattern], [8, 'shifted']);
  assert.deepEqual(opsOf(detectHetConv(layer(true))), ['conv']);
});

const lookalikes: Record<string, (writer: GraphWriter, x: string) => string[]> = {
  'two inputs': (w, x) => [w.node('add', [w.conv(x, 4, 3, { groups: 2 }), w.conv(w.node('relu', [x]), 4, 1)])],
  'a 1×1 on another pixel': (w, x) => [w.node('add', [w.conv(x, 4, 3, { groups: 2, padding: [0, 1, 2, 1] }), w.conv(x, 4, 1)])],
  'an even kernel': (w, x) => [w.node('add', [w.conv(x, 4, 2, { groups: 2, padding: [0, 0, 1, 1] }), w.conv(x, 4, 1)])],
  'a branch with an activation': (w, x) => [w.node('add', [w.node('relu', [w.conv(x, 4, 3, { groups: 2 })]), w.conv(x, 4, 1)])],
  'a branch that another node reads': (w, x) => {
    const branch = w.conv(x, 4, 3, { groups: 2 });
    return [w.node('add', [branch, w.conv(x, 4, 1)]), w.node('relu', [branch])];
  },
  'a branch that is an output': (w, x) => {
    const branch = w.conv(x, 4, 3, { groups: 2 });
    return [w.node('add', [branch, w.conv(x, 4, 1)]), branch];
  },
  'a branch added to itself': (w, x) => {
    const branch = w.conv(x, 4, 3, { groups: 2 });
    return [w.node('add', [branch, branch])];
  },
  'a clamped sum': (w, x) => [w.node('add', [w.conv(x, 4, 3, { groups: 2 }), w.conv(x, 4, 1)], { clampMin: 0 })],
  'weights that are computed': (w, x) => {
    const weight = w.node('relu', [w.tensor('raw', [4, 4, 1, 1])]);
    return [w.node('add', [w.conv(x, 4, 3, { groups: 2 }), w.node('conv', [x, weight])])];
  },
};
for (const [name, build] of Object.entries(lookalikes)) {
  test(`${name}: no HetConv`, () => {
    const writer = new GraphWriter(name);
    const graph = writer.finish(...build(writer, writer.input('x', [1, 4, 4, 4])));
    assert.equal(detectHetConv(graph), graph);
  });
}

test('branches of one pixel that the sum would broadcast are no HetConv', () => {
  const writer = new GraphWriter('broadcast');
  const x = writer.input('x', [1, 4, 3, 3]);
  const groupwise = writer.conv(x, 4, 3, { groups: 2, padding: [0, 0, 0, 0] });
  const graph = writer.finish(writer.node('add', [groupwise, writer.conv(x, 4, 1)]));
  assert.equal(detectHetConv(graph), graph);
});

test('a tensor that two layers share stays as it is', () => {
  const writer = new GraphWriter('shared');
  const x = writer.input('x', [1, 4, 4, 4]);
  const first = writer.twoBranches(x, 4, 3, 2, { name: 'first' });
  const groupwise = writer.node('conv', [first, 'first.gwc.weight'], { padding: [1, 1, 1, 1], groups: 2 });
  const graph = writer.finish(writer.node('add', [groupwise, writer.node('conv', [first, 'first.pwc.weight'])], {}, 'second'));
  const found = detectHetConv(graph);
  assert.deepEqual(opsOf(found), ['hetConv', 'hetConv']);
  assert.deepEqual([...found.tensors.keys()].sort(), ['first.pointwise', 'first.weight', 'second.pointwise', 'second.weight']);
  assertEquivalent(graph, found);
});

test('bare architectures: every replaced layer is found, a dense one is left alone', () => {
  const count = (graph: Graph) => countOf(detectHetConv(graph), 'hetConv');
  assert.equal(count(architecture('vgg16-cifar10', { kind: 'hetconv', part: 4 })), 12);
  assert.equal(count(architecture('resnet56-cifar10', { kind: 'hetconv', part: 8 })), 54);
  assert.equal(count(architecture('resnet50-imagenet', { kind: 'hetconv', part: 2 })), 16);
  assert.equal(count(architecture('vgg16-cifar10', { kind: 'standard' })), 0);
});
