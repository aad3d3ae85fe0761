// A model of a few hundred weights that has every part of a model file.
import type { ModelFile } from '../../src/formats/modelFile.js';
import { constant } from '../../src/graph/constant.js';
import type { Node } from '../../src/graph/graph.js';

/** Deterministic values in [-1, 1) that F16 holds exactly. */
export function ramp(count: number, seed = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (((i + seed) * 37) % 64) / 32 - 1);
}

export const smallNodes: readonly Node[] = [
  {
    name: 'conv1',
    op: 'conv',
    inputs: ['input', 'conv1.weight', 'conv1.bias'],
    outputs: ['conv1'],
    attributes: { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 },
  },
  { name: 'relu1', op: 'relu', inputs: ['conv1'], outputs: ['relu1'], attributes: {} },
  {
    name: 'conv2',
    op: 'hetConv',
    inputs: ['relu1', 'conv2.weight', 'conv2.pointwise'],
    outputs: ['conv2'],
    attributes: { part: 2, padding: [1, 1, 1, 1] },
  },
  { name: 'add', op: 'add', inputs: ['relu1', 'conv2'], outputs: ['add'], attributes: {} },
  { name: 'pool', op: 'maxPool', inputs: ['add'], outputs: ['pool'], attributes: { kernel: [2, 2], stride: [2, 2] } },
  { name: 'flatten', op: 'flatten', inputs: ['pool'], outputs: ['flatten'], attributes: { axis: 1 } },
  { name: 'logits', op: 'linear', inputs: ['flatten', 'logits.weight', 'logits.bias'], outputs: ['logits'], attributes: {} },
];

export function smallModel(): ModelFile {
  return {
    graph: {
      name: 'small',
      inputs: [{ name: 'input', shape: [1, 3, 4, 4] }],
      outputs: ['logits'],
      nodes: smallNodes,
      tensors: new Map([
        ['conv1.weight', constant([4, 3, 3, 3], ramp(108))],
        ['conv1.bias', constant([4], ramp(4, 5))],
        ['conv2.weight', constant([4, 2, 3, 3], ramp(72, 9))],
        ['conv2.pointwise', constant([4, 2, 1, 1], ramp(8, 11))],
        ['logits.weight', constant([2, 16], ramp(32, 13))],
        ['logits.bias', constant([2], Float32Array.of(1 / 3, -1e-9))],
      ]),
    },
    preprocessing: {
      size: [4, 4],
      fit: 'crop',
      resize: 'bilinear',
      mean: [0.4914, 0.4822, 0.4465],
      std: [0.247, 0.2435, 0.2616],
      colorOrder: 'RGB',
    },
    labels: ['cat', 'dog "é"'],
    provenance: { data: 'none', epochs: 3, recipe: { rates: [0.1, null, true] } },
    license: 'MIT',
  };
}
