// Batch norm, activations and residuals into the layers before them, dead nodes out, each only where nothing else can tell.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecture } from '../src/architectures/index.js';
import { hasValues } from '../src/graph/constant.js';
import type { Graph } from '../src/graph/graph.js';
import { canonicalise } from '../src/passes/canonicalise.js';
import { foldAffine } from '../src/passes/foldAffine.js';
import { fuseActivation } from '../src/passes/fuseActivation.js';
import { fuseResidual } from '../src/passes/fuseResidual.js';
import { optimise } from '../src/passes/index.js';
import { removeDead } from '../src/passes/removeDead.js';

type Pass = (graph: Graph) => Graph;

import { assertEquivalent, countOf, GraphWriter, opsOf } from './support/graphWriter.js';

type Build = (writer: GraphWriter, x: string) => string[];

/** `expected`: the ops that the pass leaves. */
function rewrites(pass: Pass, title: string, build: Build, expected: string[]): void {
  test(`${pass.name}: ${title}`, () => {
    const writer = new GraphWriter(`${pass.name} ${title}`);
    const graph = writer.finish(...build(writer, writer.input('x', [1, 6, 4, 3])));
    const after = pass(graph);
    assert.deepEqual(opsOf(after), expected);
    if (opsOf(graph).join() === expected.join()) assert.equal(after, graph);
    assertEquivalent(graph, after);
  });
}

const folds: [string, Build, string[]][] = [
  ['after a convolution', (w, x) => [w.batchNorm(w.conv(x, 4, 3))], ['conv']],
  ['after a convolution with bias', (w, x) => [w.batchNorm(w.conv(x, 4, 3, { bias: true }))], ['conv']],
  ['after a grouped convolution', (w, x) => [w.batchNorm(w.conv(x, 4, 3, { groups: 2 }))], ['conv']],
  ['after a block HetConv', (w, x) => [w.batchNorm(w.hetConv(x, 9, 3, 3, 'block'))], ['hetConv']],
  ['after a shifted HetConv', (w, x) => [w.batchNorm(w.hetConv(x, 4, 5, 2, 'shifted'))], ['hetConv']],
  ['after a linear layer', (w, x) => [w.batchNorm(w.linear(w.node('flatten', [x]), 5))], ['flatten', 'linear']],
  [
    'after a transposed convolution in groups',
    (w, x) => [w.batchNorm(w.node('convTranspose', [x, w.tensor('t', [6, 2, 3, 3])], { groups: 3, stride: [2, 2] }))],
    ['convTranspose'],
  ],
  [
    'through a difference',
    (w, x) => [w.batchNorm(w.node('sub', [w.conv(x, 4, 3), w.conv(x, 4, 1, { bias: true })]))],
    ['conv', 'conv', 'sub'],
  ],
  ['a factor for each channel', (w, x) => [w.node('mul', [w.tensor('f', [4, 1, 1]), w.conv(x, 4, 3, { bias: true })])], ['conv']],
  [
    'a divisor for all channels',
    (w, x) => [w.node('div', [w.conv(x, 4, 3, { bias: true }), w.tensor('f', [1], () => 0.7)])],
    ['conv'],
  ],
  ['a summand for each channel', (w, x) => [w.node('add', [w.conv(x, 4, 3), w.tensor('s', [1, 4, 1, 1])])], ['conv']],
  [
    'what is taken from each channel',
    (w, x) => [w.node('sub', [w.twoBranches(x, 4, 3, 2), w.tensor('s', [1])])],
    ['conv', 'conv', 'add'],
  ],
  ['what each channel is taken from', (w, x) => [w.node('sub', [w.tensor('s', [4, 1, 1]), w.conv(x, 4, 3)])], ['conv']],
  [
    'a summand for each feature',
    (w, x) => [w.node('add', [w.linear(w.node('flatten', [x]), 5), w.tensor('s', [5])])],
    ['flatten', 'linear'],
  ],
  ['not a dividend', (w, x) => [w.node('div', [w.tensor('s', [4, 1, 1]), w.conv(x, 4, 3)])], ['conv', 'div']],
  ['not one number for each column', (w, x) => [w.node('mul', [w.conv(x, 4, 3), w.tensor('s', [3])])], ['conv', 'mul']],
  [
    'not what broadcasts the convolution',
    (w, x) => [w.node('mul', [w.conv(x, 1, 3), w.tensor('s', [4, 1, 1])])],
    ['conv', 'mul'],
  ],
  ['not a clamped summand', (w, x) => [w.node('add', [w.conv(x, 4, 3), w.tensor('s', [1])], { clampMin: 0 })], ['conv', 'add']],
  ['twice', (w, x) => [w.batchNorm(w.batchNorm(w.conv(x, 4, 3)))], ['conv']],
  ['through a sum', (w, x) => [w.batchNorm(w.twoBranches(x, 4, 3, 2))], ['conv', 'conv', 'add']],
  ['through a sum with biases', (w, x) => [w.batchNorm(w.twoBranches(x, 4, 3, 2, { bias: true }))], ['conv', 'conv', 'add']],
  [
    'through a sum of three',
    (w, x) => [w.batchNorm(w.node('add', [w.conv(x, 4, 1), w.twoBranches(x, 4, 3, 2)]))],
    ['conv', 'conv', 'conv', 'add', 'add'],
  ],
  [
    'through a sum that broadcasts pixels',
    (w, x) => [w.batchNorm(w.node('add', [w.conv(x, 4, 3), w.conv(w.node('globalAveragePool', [x]), 4, 1)]))],
    ['conv', 'globalAveragePool', 'conv', 'add'],
  ],
  [
    'not through a sum that broadcasts channels',
    (w, x) => [w.batchNorm(w.node('add', [w.conv(x, 4, 3), w.conv(x, 1, 1)]))],
    ['conv', 'conv', 'add', 'batchNorm'],
  ],
  [
    'in each branch of a sum',
    (w, x) => [w.node('add', [w.batchNorm(w.conv(x, 4, 3)), w.batchNorm(w.conv(x, 4, 1))])],
    ['conv', 'conv', 'add'],
  ],
  ['not before a convolution', (w, x) => [w.conv(w.batchNorm(x), 4, 3)], ['batchNorm', 'conv']],
  [
    'not where the convolution has another reader',
    (w, x) => {
      const y = w.conv(x, 4, 3);
      return [w.node('add', [w.batchNorm(y), y])];
    },
    ['conv', 'batchNorm', 'add'],
  ],
  [
    'not where the convolution is an output',
    (w, x) => {
      const y = w.conv(x, 4, 3);
      return [w.batchNorm(y), y];
    },
    ['conv', 'batchNorm'],
  ],
  ['not through an activation', (w, x) => [w.batchNorm(w.node('relu', [w.conv(x, 4, 3)]))], ['conv', 'relu', 'batchNorm']],
  [
    'not through a clamp',
    (w, x) => [w.batchNorm(w.node('conv', [x, w.tensor('k', [4, 6, 1, 1])], { clampMax: 0.5 }))],
    ['conv', 'batchNorm'],
  ],
  [
    'not through a residual',
    (w, x) => [w.batchNorm(w.node('conv', [x, w.tensor('k', [6, 6, 1, 1]), '', x]))],
    ['conv', 'batchNorm'],
  ],
];
for (const [title, build, expected] of folds) rewrites(foldAffine, title, build, expected);

test('foldAffine leaves a tensor that another layer shares', () => {
  const writer = new GraphWriter('shared fold');
  const x = writer.input('x', [1, 4, 3, 3]);
  const first = writer.batchNorm(writer.conv(x, 4, 3, { name: 'first' }));
  const graph = writer.finish(writer.node('conv', [first, 'first.weight'], { padding: [1, 1, 1, 1] }, 'second'));
  const after = foldAffine(graph);
  assert.deepEqual(opsOf(after), ['conv', 'conv']);
  assertEquivalent(graph, after);
});

const relu = (w: GraphWriter, y: string) => w.node('relu', [y]);
const clip = (w: GraphWriter, y: string, min: number, max: number) => w.node('clip', [y], { min, max });
const activations: [string, Build, string[]][] = [
  ['relu after a convolution', (w, x) => [relu(w, w.conv(x, 4, 3))], ['conv']],
  ['relu after a HetConv', (w, x) => [relu(w, w.hetConv(x, 4, 3, 2, 'block'))], ['hetConv']],
  ['relu after a sum', (w, x) => [relu(w, w.node('add', [x, x]))], ['add']],
  ['relu after a linear layer', (w, x) => [relu(w, w.linear(w.node('flatten', [x]), 4))], ['flatten', 'linear']],
  ['relu6 and narrower', (w, x) => [clip(w, clip(w, w.conv(x, 4, 3), 0, 6), -1, 0.5)], ['conv']],
  ['clamps without a common value', (w, x) => [clip(w, clip(w, w.conv(x, 4, 3), 0, 0.1), 0.3, 0.5)], ['conv']],
  ['one-sided clips', (w, x) => [w.node('clip', [w.node('clip', [w.conv(x, 4, 3)], { max: 0.4 })], { min: -0.2 })], ['conv']],
  ['not bounds the wrong way round', (w, x) => [clip(w, w.conv(x, 4, 3), 1, 0)], ['conv', 'clip']],
  ['not after a pool', (w, x) => [relu(w, w.node('globalAveragePool', [x]))], ['globalAveragePool', 'relu']],
  [
    'not where the sum has another reader',
    (w, x) => {
      const y = w.conv(x, 4, 3);
      return [w.node('mul', [relu(w, y), y])];
    },
    ['conv', 'relu', 'mul'],
  ],
  [
    'not where the convolution is an output',
    (w, x) => {
      const y = w.conv(x, 4, 3);
      return [relu(w, y), y];
    },
    ['conv', 'relu'],
  ],
];
for (const [title, build, expected] of activations) rewrites(fuseActivation, title, build, expected);

const residuals: [string, Build, string[]][] = [
  ['onto a convolution', (w, x) => [w.node('add', [w.conv(x, 6, 3), x])], ['conv']],
  ['onto a HetConv, second', (w, x) => [w.node('add', [x, w.hetConv(x, 6, 3, 3, 'block')])], ['hetConv']],
  ['with the clamp of the sum', (w, x) => [w.node('add', [w.conv(x, 6, 3, { bias: true }), x], { clampMin: 0 })], ['conv']],
  ['onto the later of two convolutions', (w, x) => [w.node('add', [w.conv(x, 4, 3), w.conv(x, 4, 1)])], ['conv', 'conv']],
  ['a chain', (w, x) => [w.node('add', [w.node('add', [w.conv(x, 6, 3), x]), x])], ['conv', 'add']],
  [
    'not where shapes differ',
    (w, x) => [w.node('add', [w.conv(x, 6, 3), w.node('globalAveragePool', [x])])],
    ['conv', 'globalAveragePool', 'add'],
  ],
  ['not a constant', (w, x) => [w.node('add', [w.conv(x, 6, 3), w.tensor('c', [1, 6, 4, 3])])], ['conv', 'add']],
  ['not past an activation', (w, x) => [w.node('add', [relu(w, w.conv(x, 6, 3)), x])], ['conv', 'relu', 'add']],
  [
    'not to itself',
    (w, x) => {
      const y = w.conv(x, 6, 3);
      return [w.node('add', [y, y])];
    },
    ['conv', 'add'],
  ],
  [
    'not where the other summand comes from the convolution',
    (w, x) => {
      const y = w.conv(x, 6, 3);
      return [w.node('add', [y, w.node('sigmoid', [y])])];
    },
    ['conv', 'sigmoid', 'add'],
  ],
];
for (const [title, build, expected] of residuals) rewrites(fuseResidual, title, build, expected);

rewrites(
  removeDead,
  'what no output needs',
  (w, x) => {
    w.node('relu', [w.conv(x, 4, 3)]);
    return [w.node('sigmoid', [x])];
  },
  ['sigmoid'],
);

test('canonical VGG-16 is 1 convolution, 12 HetConv, 2 linear layers, and bare like its source', () => {
  const graph = canonicalise(architecture('vgg16-cifar10', { kind: 'hetconv', part: 4 }));
  assert.deepEqual(
    ['conv', 'hetConv', 'linear', 'relu', 'maxPool', 'flatten'].map((op) => countOf(graph, op)),
    [1, 12, 2, 14, 5, 1],
  );
  assert.equal(graph.nodes.length, 35);
  assert.deepEqual(graph.tensors.get('conv5_3.pointwise')!.shape, [512, 384, 1, 1]);
  assert.deepEqual(
    [...graph.tensors.keys()].filter((name) => name.startsWith('conv2_1')),
    ['conv2_1.weight', 'conv2_1.pointwise', 'conv2_1.bias'],
  );
  assert.ok(![...graph.tensors.values()].some(hasValues));
});

test('optimised ResNet-50 is its convolutions, pools and head alone', async () => {
  const graph = await optimise(architecture('resnet50-imagenet', { kind: 'hetconv', part: 4 }));
  const ops = Object.fromEntries([...new Set(opsOf(graph))].map((op) => [op, countOf(graph, op)]));
  assert.deepEqual(ops, { conv: 37, maxPool: 1, hetConv: 16, globalAveragePool: 1, flatten: 1, linear: 1 });
});
