// Shifted HetConv as blocks: free in the networks that people train, explicit permutations on true conflicts alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecture } from '../src/architectures/index.js';
import type { Graph, Node } from '../src/graph/graph.js';
import { canonicalise } from '../src/passes/canonicalise.js';
import { optimise } from '../src/passes/index.js';
import { permuteChannels } from '../src/passes/permuteChannels.js';
import { assertEquivalent, countOf, GraphWriter } from './support/graphWriter.js';

/** The graph as if its HetConv layers had been trained in the paper's layout. */
function shifted(graph: Graph): Graph {
  const shift = (node: Node): Node =>
    node.op === 'hetConv' ? { ...node, attributes: { ...node.attributes, pattern: 'shifted' } } : node;
  return { ...graph, nodes: graph.nodes.map(shift) };
}

/** Gathers that stand in no trained node's place. */
function explicitPermutations(before: Graph, after: Graph): number {
  return countOf(after, 'permuteChannels') - (countOf(before, 'pad') - countOf(after, 'pad'));
}

for (const part of [2, 4, 8, 16]) {
  for (const name of [
    'vgg16-cifar10',
    'vgg16-imagenet',
    'resnet18-imagenet',
    'resnet50-imagenet',
    'resnet56-cifar10',
    'mobilenet-v1-imagenet',
  ]) {
    test(`${name}, shifted, P = ${part}: no explicit permutation`, async () => {
      const graph = shifted(canonicalise(architecture(name, { kind: 'hetconv', part })));
      const after = await optimise(graph);
      assert.equal(explicitPermutations(graph, after), 0);
      assert.ok(countOf(after, 'hetConv') > 0);
      assert.ok(!after.nodes.some((node) => node.attributes.pattern === 'shifted'));
    });
  }
}

/** The graph that `build` writes on an input of 8 channels, permuted, with how many explicit permutations. */
function permuted(title: string, permutations: number, build: (writer: GraphWriter, x: string) => string): void {
  test(`${title}: ${permutations} explicit permutations`, () => {
    const writer = new GraphWriter(title);
    const graph = writer.finish(build(writer, writer.input('x', [1, 8, 5, 4])));
    const after = permuteChannels(graph);
    assert.ok(!after.nodes.some((node) => node.attributes.pattern === 'shifted'));
    assertEquivalent(graph, after);
    assert.equal(explicitPermutations(graph, after), permutations);
  });
}

const stem = (w: GraphWriter, x: string, channels = 8) => w.conv(x, channels, 3, { bias: true });
const head = (w: GraphWriter, y: string) => w.linear(w.node('flatten', [w.node('globalAveragePool', [y])]), 5);

permuted('a plain chain', 0, (w, x) => head(w, w.hetConv(w.hetConv(stem(w, x), 16, 3, 4, 'shifted'), 8, 3, 8, 'shifted')));
permuted('parts 2, 4 and 8 on one residual stream', 0, (w, x) => {
  let y = stem(w, x);
  for (const part of [4, 2, 8]) y = w.node('relu', [w.node('add', [y, w.batchNorm(w.hetConv(y, 8, 3, part, 'shifted'))])]);
  return head(w, y);
});
permuted('odd parts', 0, (w, x) => head(w, w.hetConv(w.hetConv(stem(w, x, 15), 15, 3, 5, 'shifted'), 10, 1, 5, 'shifted')));
permuted('three channels to a class, depthwise and per-channel constants between', 0, (w, x) => {
  const y = w.hetConv(stem(w, x, 12), 12, 3, 4, 'shifted');
  const z = w.node('prelu', [w.conv(y, 12, 3, { groups: 12, bias: true }), w.tensor('slope', [12])]);
  return head(w, w.hetConv(w.node('mul', [w.tensor('factor', [12, 1, 1]), z]), 12, 3, 4, 'shifted'));
});
permuted('55 channels to a class', 0, (w, x) => head(w, w.hetConv(stem(w, x, 110), 4, 3, 2, 'shifted')));
permuted('a squeeze-and-excitation', 0, (w, x) => {
  const y = w.hetConv(stem(w, x), 8, 3, 4, 'shifted');
  const squeezed = w.node('sigmoid', [w.conv(w.node('globalAveragePool', [y]), 8, 1)]);
  return head(w, w.hetConv(w.node('mul', [y, squeezed]), 8, 3, 4, 'shifted'));
});
permuted('features of several pixels into a linear layer', 0, (w, x) => {
  const y = w.node('flatten', [w.node('relu', [w.hetConv(stem(w, x), 8, 3, 4, 'shifted')])]);
  return w.linear(w.node('relu', [y]), 3);
});
permuted('a concat read by a convolution', 0, (w, x) => {
  const y = w.hetConv(stem(w, x), 8, 3, 4, 'shifted');
  return head(w, w.conv(w.node('concat', [y, w.hetConv(y, 4, 3, 4, 'shifted')], { axis: 1 }), 4, 3));
});
permuted('option A shortcuts', 0, (w, x) => {
  const y = w.hetConv(stem(w, x), 8, 3, 4, 'shifted');
  const half = w.node('slice', [y], { starts: [0, 0], ends: [5, 4], axes: [2, 3], steps: [2, 2] });
  const shortcut = w.node('pad', [half], { pads: [0, 4, 0, 0, 0, 4, 0, 0] });
  const z = w.node('add', [w.hetConv(y, 16, 3, 4, 'shifted', 2), shortcut]);
  return head(w, w.node('add', [z, w.hetConv(z, 16, 3, 4, 'shifted')]));
});
permuted('a transposed convolution', 0, (w, x) => {
  const y = w.hetConv(stem(w, x), 8, 3, 4, 'shifted');
  const z = w.node('convTranspose', [y, w.tensor('t', [8, 12, 2, 2]), w.tensor('b', [12])], { stride: [2, 2] });
  return head(w, w.hetConv(z, 4, 3, 4, 'shifted'));
});
permuted('the input and the output of a graph', 2, (w, x) => w.hetConv(x, 8, 3, 4, 'shifted'));
permuted('parts without a common order', 1, (w, x) => {
  const y = w.hetConv(stem(w, x, 6), 6, 3, 2, 'shifted');
  return head(w, w.hetConv(y, 6, 3, 3, 'shifted'));
});
permuted('a shifted layer before a block layer', 1, (w, x) =>
  head(w, w.hetConv(w.hetConv(stem(w, x), 8, 3, 4, 'shifted'), 8, 3, 4, 'block')),
);
permuted('channels in groups', 1, (w, x) => head(w, w.conv(w.hetConv(stem(w, x), 8, 3, 4, 'shifted'), 8, 3, { groups: 2 })));
permuted('a slice of the channels', 1, (w, x) => {
  const y = w.hetConv(stem(w, x), 8, 3, 4, 'shifted');
  return head(w, w.node('slice', [y], { starts: [3], ends: [6], axes: [1], steps: [1] }));
});
permuted('two readers of one order share a permutation', 1, (w, x) => {
  const y = w.hetConv(stem(w, x), 8, 3, 4, 'shifted');
  const z = w.node('add', [w.conv(y, 8, 3, { groups: 2 }), w.conv(y, 8, 3, { groups: 4 })]);
  return head(w, w.node('concat', [w.hetConv(y, 8, 3, 4, 'shifted'), z], { axis: 1 }));
});

test('a graph without shifted HetConv comes back itself', () => {
  const graph = canonicalise(architecture('vgg16-cifar10', { kind: 'hetconv', part: 4 }));
  assert.equal(permuteChannels(graph), graph);
});

test('a tensor that another layer reads keeps its order', () => {
  const writer = new GraphWriter('shared order');
  const x = writer.input('x', [1, 8, 4, 4]);
  const weight = writer.tensor('k', [8, 8, 1, 1]);
  const y = writer.hetConv(writer.node('conv', [x, weight]), 8, 3, 4, 'shifted');
  const graph = writer.finish(head(writer, y), writer.node('conv', [x, weight]));
  const after = permuteChannels(graph);
  assert.equal(countOf(after, 'permuteChannels'), 0);
  assertEquivalent(graph, after);
});
