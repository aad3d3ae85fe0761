// Costs against the published tables: VGG-16 on CIFAR-10 by part, and the other networks with only their 3×3 replaced.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecture, type ConvolutionKind } from '../src/architectures/index.js';
import { costOf } from '../src/ops/cost.js';
import { canonicalise } from '../src/passes/canonicalise.js';
import { detectHetConv } from '../src/passes/detectHetConv.js';

const standard: ConvolutionKind = { kind: 'standard' };
const dwpw: ConvolutionKind = { kind: 'dwpw' };
const hetconv = (part: number): ConvolutionKind => ({ kind: 'hetconv', part });
const gwpw = (groups: number): ConvolutionKind => ({ kind: 'gwpw', groups });

const cost = (name: string, kind: ConvolutionKind) => costOf(detectHetConv(architecture(name, kind)));
const millions = (count: number, digits: number) => (count / 1e6).toFixed(digits);

const vgg = [
  { part: 1, convMacs: '313.197', withHead: '313.740', parameters: '14.99' },
  { part: 2, convMacs: '174.785', withHead: '175.328', parameters: '8.45' },
  { part: 4, convMacs: '105.578', withHead: '106.122', parameters: '5.18' },
  { part: 8, convMacs: '70.975', withHead: '71.519', parameters: '3.55' },
  { part: 16, convMacs: '53.674', withHead: '54.218', parameters: '2.73' },
  { part: 32, convMacs: '45.023', withHead: '45.567', parameters: '2.32' },
  { part: 64, convMacs: '40.698', withHead: '41.242', parameters: '2.12' },
];
for (const { part, convMacs, withHead, parameters } of vgg) {
  test(`VGG-16 on CIFAR-10, P = ${part}: the paper's table`, () => {
    const { layers, total } = cost('vgg16-cifar10', hetconv(part));
    const convolutions = layers.filter(({ op }) => op === 'conv' || op === 'hetConv');
    assert.equal(convolutions.length, 13);
    const macs = convolutions.reduce((sum, layer) => sum + layer.macs, 0);
    assert.deepEqual(
      [millions(macs, 3), millions(total.macs + total.adds, 3), millions(total.parameters, 2)],
      [convMacs, withHead, parameters],
    );
  });
}

/** Multiply-accumulates in all, fully connected layers included. */
const networks: [string, ConvolutionKind, number, string][] = [
  ['vgg16-cifar10', dwpw, 2, '38.28'],
  ['vgg16-cifar10', gwpw(4), 2, '107.42'],
  ['vgg16-cifar10', gwpw(8), 2, '72.03'],
  ['vgg16-cifar10', gwpw(16), 2, '54.33'],
  ['resnet20-cifar10', standard, 2, '40.55'],
  ['resnet56-cifar10', standard, 2, '125.49'],
  ['resnet56-cifar10', hetconv(2), 2, '69.91'],
  ['resnet56-cifar10', hetconv(4), 2, '42.12'],
  ['resnet56-cifar10', hetconv(8), 2, '28.23'],
  ['resnet34-imagenet', standard, 0, '3664'],
  ['resnet34-imagenet', hetconv(2), 0, '2097'],
  ['resnet34-imagenet', hetconv(4), 0, '1313'],
  ['resnet34-imagenet', hetconv(8), 0, '921'],
  ['resnet50-imagenet', standard, 0, '4089'],
  ['resnet50-imagenet', hetconv(2), 0, '3267'],
  ['resnet50-imagenet', hetconv(4), 0, '2856'],
  ['resnet50-imagenet', hetconv(8), 0, '2651'],
  ['resnet18-imagenet', standard, 0, '1814'],
  ['resnet18-imagenet', hetconv(4), 0, '697'],
  ['vgg16-imagenet', standard, 0, '15470'],
  ['vgg16-imagenet', hetconv(2), 0, '8688'],
  ['vgg16-imagenet', hetconv(4), 0, '5297'],
  ['vgg16-imagenet', hetconv(8), 0, '3601'],
  ['mobilenet-v1-cifar10', dwpw, 2, '46.35'],
  ['mobilenet-v1-cifar10', hetconv(8), 2, '88.98'],
  ['mobilenet-v1-cifar10', hetconv(32), 2, '55.95'],
  ['mobilenet-v1-cifar10', hetconv(1024), 2, '46.70'],
  ['mobilenet-v1-imagenet', dwpw, 2, '568.74'],
  ['mobilenet-v1-imagenet', hetconv(8), 2, '1090.85'],
  ['mobilenet-v1-imagenet', hetconv(32), 1, '686.2'],
  ['mobilenet-v1-imagenet', hetconv(1024), 1, '573.0'],
];
for (const [name, kind, digits, expected] of networks) {
  test(`${name} with ${JSON.stringify(kind)}: ${expected} M`, () => {
    assert.equal(millions(cost(name, kind).total.macs, digits), expected);
  });
}

test('a layer says its shape, part, multiply-accumulates, parameters and bytes', () => {
  const { layers, total } = cost('vgg16-cifar10', hetconv(4));
  const layer = layers.find(({ name }) => name === 'conv2_1')!;
  assert.deepEqual(layer, {
    name: 'conv2_1',
    op: 'hetConv',
    outputShape: [1, 128, 16, 16],
    part: 4,
    macs: 256 * 128 * (16 * 9 + 48),
    adds: 256 * 128,
    parameters: 128 * (16 * 9 + 48),
    bytes: 4 * (256 * 64 + 128 * (16 * 9 + 48) + 256 * 128),
  });
  for (const key of ['macs', 'adds', 'parameters', 'bytes'] as const) {
    assert.equal(
      total[key],
      layers.reduce((sum, each) => sum + each[key], 0),
      key,
    );
  }
});

test('folding batch norm leaves the multiply-accumulates and drops two numbers for each channel but one bias', () => {
  const graph = architecture('resnet20-cifar10', hetconv(4));
  const folded = costOf(canonicalise(graph));
  const unfolded = costOf(detectHetConv(graph));
  assert.equal(folded.total.macs, unfolded.total.macs);
  const channels = 16 * 7 + 32 * 6 + 64 * 6;
  assert.equal(unfolded.total.parameters - folded.total.parameters, channels);
  assert.ok(!folded.layers.some(({ op }) => op === 'batchNorm'));
});

test('a tensor that two layers share counts once in the total', () => {
  const node = (name: string, input: string) => ({ name, op: 'linear', inputs: [input, 'w'], outputs: [name], attributes: {} });
  const graph = {
    name: 'shared',
    inputs: [{ name: 'x', shape: [1, 3] }],
    outputs: ['b'],
    nodes: [node('a', 'x'), node('b', 'a')],
    tensors: new Map([['w', { shape: [3, 3] }]]),
  };
  assert.equal(costOf(graph).total.parameters, 9);
  assert.equal(costOf(graph).total.macs, 18);
});
