// The bare graphs: names, structure and shapes that trained files depend on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecture, architectures, type ConvolutionKind, namedGraph } from '../src/architectures/index.js';
import { HetConvError } from '../src/graph/error.js';
import { sortTopologically } from '../src/graph/graph.js';
import { bareGraphToJson, graphToJson } from '../src/graph/graphJson.js';
import { inferShapes } from '../src/ops/inferShapes.js';

const kinds: ConvolutionKind[] = [
  { kind: 'standard' },
  { kind: 'hetconv', part: 1 },
  { kind: 'hetconv', part: 4 },
  { kind: 'dwpw' },
  { kind: 'gwpw', groups: 8 },
  { kind: 'pw' },
];
for (const name of Object.keys(architectures)) {
  for (const kind of kinds) {
    test(`${name} with ${JSON.stringify(kind)} is sorted, its shapes fit, every tensor is read`, () => {
      const graph = architecture(name, kind);
      const position = new Map(graph.nodes.map((node, i) => [node.name, i]));
      assert.equal(position.size, graph.nodes.length, 'node names are unique');
      for (const node of graph.nodes) {
        for (const input of node.inputs)
          assert.ok((position.get(input) ?? -1) < position.get(node.name)!, `${input} comes before ${node.name}`);
      }
      const shapes = inferShapes(sortTopologically(graph));
      assert.deepEqual(shapes.get('logits'), [1, name.endsWith('cifar10') ? 10 : 1000]);
      const read = new Set(graph.nodes.flatMap((node) => node.inputs));
      for (const tensor of graph.tensors.keys()) assert.ok(read.has(tensor), tensor);
    });
  }
}

test('graphs are named after the network and what stands for its convolutions', () => {
  const name = (network: string, kind: ConvolutionKind) => architecture(network, kind).name;
  assert.equal(name('vgg16-cifar10', { kind: 'hetconv', part: 4 }), 'vgg16-cifar10-hetconv-p4');
  assert.equal(name('vgg16-cifar10', { kind: 'standard' }), 'vgg16-cifar10');
  assert.equal(name('resnet56-cifar10', { kind: 'gwpw', groups: 8 }), 'resnet56-cifar10-gwpw-g8');
  assert.equal(name('mobilenet-v1-imagenet', { kind: 'dwpw' }), 'mobilenet-v1-imagenet');
  assert.equal(name('mobilenet-v1-imagenet', { kind: 'standard' }), 'mobilenet-v1-imagenet-standard');
});

test('the name of a graph names the graph', () => {
  for (const network of Object.keys(architectures)) {
    for (const kind of kinds) {
      const { name, nodes } = architecture(network, kind);
      assert.deepEqual([namedGraph(name)?.name, namedGraph(name)?.nodes], [name, nodes], name);
    }
  }
  assert.equal(namedGraph('resnet20-cifar10-standard')?.name, 'resnet20-cifar10');
  for (const name of ['', 'alexnet', 'vgg16-cifar10-hetconv', 'vgg16-cifar10-pw3', 'vgg16-cifar10-dwpw-pw', '__proto__']) {
    assert.equal(namedGraph(name), undefined, name);
  }
});

test('a mixed network has the part of its own in each layer that is named, and the standard convolution in the others', () => {
  const parts = new Map([
    ['layer1.0.conv1', 4],
    ['layer2.0.conv1', 16],
    ['layer3.2.conv2', 1],
    ['no layer', 8],
  ]);
  const { name, nodes } = architecture('resnet20-cifar10', { kind: 'mixed', parts });
  assert.equal(name, 'resnet20-cifar10-mixed');
  const groups = nodes.filter(({ op, attributes }) => op === 'conv' && attributes.groups !== 1);
  assert.deepEqual(
    groups.map(({ name, attributes }) => [name, attributes.groups]),
    [
      ['layer1.0.conv1.gwc', 4],
      ['layer2.0.conv1.gwc', 16],
    ],
  );
  assert.ok(nodes.some(({ name, op }) => name === 'layer3.2.conv2' && op === 'conv'));
});

test('VGG-16 HetConv P4 for CIFAR-10 has the tensors and nodes that its checkpoints are made of', () => {
  const json = bareGraphToJson(architecture('vgg16-cifar10', { kind: 'hetconv', part: 4 }));
  const tensors: Record<string, number[]> = {};
  const nodes: string[] = [];
  const norm = (name: string, channels: number) => {
    for (const role of ['scale', 'shift', 'mean', 'variance']) tensors[`${name}.${role}`] = [channels];
  };
  let inC = 3;
  [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ].forEach((block, b) => {
    block.forEach((outC, i) => {
      const layer = `${b + 1}_${i + 1}`;
      if (inC === 3) {
        tensors[`conv${layer}.weight`] = [outC, inC, 3, 3];
        tensors[`conv${layer}.bias`] = [outC];
      } else {
        tensors[`conv${layer}.gwc.weight`] = [outC, inC / 4, 3, 3];
        tensors[`conv${layer}.pwc.weight`] = [outC, inC, 1, 1];
        nodes.push(`conv${layer}.gwc conv`, `conv${layer}.pwc conv`);
      }
      nodes.push(`conv${layer} ${inC === 3 ? 'conv' : 'add'}`, `bn${layer} batchNorm`, `relu${layer} relu`);
      norm(`bn${layer}`, outC);
      inC = outC;
    });
    nodes.push(`pool${b + 1} maxPool`);
  });
  nodes.push('flatten flatten', 'fc6 linear', 'bn6 batchNorm', 'relu6 relu', 'logits linear');
  Object.assign(tensors, { 'fc6.weight': [512, 512], 'fc6.bias': [512], 'logits.weight': [10, 512], 'logits.bias': [10] });
  norm('bn6', 512);
  assert.deepEqual(json.tensors, tensors);
  assert.deepEqual(
    json.nodes.map(({ name, op }) => `${name} ${op}`),
    nodes,
  );
  assert.deepEqual(json.inputs, [{ name: 'input', shape: [1, 3, 32, 32] }]);
  assert.deepEqual(json.outputs, ['logits']);
  const attributes = (name: string) => json.nodes.find((node) => node.name === name)!.attributes;
  assert.deepEqual(attributes('conv3_2.gwc'), { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 4 });
  assert.deepEqual(attributes('conv3_2.pwc'), { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 });
  assert.deepEqual(attributes('bn3_2'), { epsilon: 1e-5 });
  assert.deepEqual(attributes('pool3'), { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] });
  assert.deepEqual(attributes('flatten'), { axis: 1 });
});

test('an unknown architecture and a part that divides no layer are refused', () => {
  const refused = (message: RegExp) => (error: unknown) =>
    error instanceof HetConvError && error.code === 'bad-option' && message.test(error.message);
  assert.throws(() => architecture('alexnet', { kind: 'standard' }), refused(/alexnet.*known are vgg16-cifar10/));
  assert.throws(() => architecture('__proto__', { kind: 'standard' }), refused(/__proto__/));
  assert.throws(() => architecture('vgg16-cifar10', { kind: 'hetconv', part: 3 }), refused(/conv1_2.*64 → 64.*part 3/));
  for (const part of [0, -4, 2.5, NaN]) {
    assert.throws(() => architecture('vgg16-cifar10', { kind: 'hetconv', part }), refused(/positive integer/));
  }
});

test('open clamps go unwritten, other numbers that JSON cannot hold are refused', () => {
  const graph = (attributes: Record<string, number>) => ({
    name: 'one',
    inputs: [{ name: 'x', shape: [1, 2] }],
    outputs: ['y'],
    nodes: [{ name: 'y', op: 'clip', inputs: ['x'], outputs: ['y'], attributes }],
    tensors: new Map(),
  });
  assert.deepEqual(graphToJson(graph({ min: 0, max: Infinity })).nodes[0]!.attributes, { min: 0 });
  for (const min of [NaN, Infinity]) {
    assert.throws(() => graphToJson(graph({ min })), { name: 'HetConvError', code: 'bad-attribute', message: /"y".*"min"/ });
  }
});
