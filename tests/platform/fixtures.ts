// Writes what the suite reads: models and hostile files made here, the bundled model with its goldens, pictures.
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { architecture } from '../../src/architectures/index.js';
import { withRandomWeights } from '../../src/bench/randomWeights.js';
import { native } from '../../src/formats/native.js';
import { writeOnnx as exportOnnx } from '../../src/formats/onnx/export/index.js';
import { readSafetensors, toConstant } from '../../src/formats/safetensors.js';
import { constant, valuesOf } from '../../src/graph/constant.js';
import type { Graph, Node } from '../../src/graph/graph.js';
import type { Preprocessing } from '../../src/graph/preprocessing.js';
import { pack, withMetadata } from '../support/container.js';
import { writeOnnx } from '../support/onnxWriter.js';
import { modelBytes } from '../support/randomWeights.js';
import { ramp, smallModel } from '../support/smallModel.js';
import { writeCards } from './cardFixtures.js';

const VGG = 'models/vgg16-cifar10-p4';
/** Folders that are copied as they are. */
const FOLDERS = ['samples', 'tests/fixtures/images', 'tests/fixtures/hetconv'];

const small = native.write!(smallModel());

/** The network of pictures in, pictures out: 24 rows of 32 pixels. */
const [HEIGHT, WIDTH] = [24, 32];
const preprocessing: Preprocessing = {
  size: [HEIGHT, WIDTH],
  fit: 'letterbox',
  placement: 'center',
  fill: [0, 0, 0],
  resize: 'bilinear',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  colorOrder: 'RGB',
};

function pictureGraph(nodes: readonly Node[], outputs: readonly string[], tensors: Graph['tensors'] = new Map()): Graph {
  return { name: 'picture', inputs: [{ name: 'image', shape: [1, 3, HEIGHT, WIDTH] }], outputs, nodes, tensors };
}

/** The colour of each pixel as its class: 0 red, 1 green, 2 blue. */
const segmenter = pictureGraph([{ name: 'y', op: 'relu', inputs: ['image'], outputs: ['y'], attributes: {} }], ['y']);

/**
 * Three boxes whatever the picture shows: the output is a constant to which the picture, times zero, is added. Rows are centre, width and
 * height, then the scores of two classes.
 */
const detector = pictureGraph(
  [
    { name: 'mean', op: 'globalAveragePool', inputs: ['image'], outputs: ['mean'], attributes: {} },
    { name: 'flat', op: 'flatten', inputs: ['mean'], outputs: ['flat'], attributes: { axis: 1 } },
    { name: 'rows', op: 'linear', inputs: ['flat', 'zero', 'boxes'], outputs: ['rows'], attributes: {} },
    { name: 'y', op: 'reshape', inputs: ['rows'], outputs: ['y'], attributes: { shape: [1, 6, 3] } },
  ],
  ['y'],
  new Map([
    ['zero', constant([18, 3], new Float32Array(54))],
    ['boxes', constant([18], Float32Array.of(8, 9, 24, 12, 12, 8, 8, 8, 8, 6, 6, 6, 0.9, 0.8, 0.1, 0.2, 0.3, 0.7))],
  ]),
);

/** [N, 3, 4, 4] with N left open, and its weights inside or in a file beside it. */
function convolutionOnnx(batch: number | string, external: string | undefined): Uint8Array {
  const values = ramp(12);
  return writeOnnx({
    nodes: [{ op: 'Conv', inputs: ['x', 'w'] }],
    inputs: [{ name: 'x', dims: [batch, 3, 4, 4] }],
    tensors: [{ name: 'w', dims: [4, 3, 1, 1], ...(external ? { external } : { raw: new Uint8Array(values.buffer) }) }],
  });
}

const text = (value: string) => new TextEncoder().encode(value);
/** The small model with what lies at a path of its graph's JSON, such as 'nodes.0.name', replaced. */
const graphWith = (path: string, value: unknown) =>
  withMetadata(small, 'graph', (graph) => {
    const keys = path.split('.');
    const last = keys.pop()!;
    keys.reduce((object, key) => object[key], graph)[last] = value;
  });

const models: Readonly<Record<string, Uint8Array>> = {
  'small.safetensors': small,
  'other.safetensors': native.write!({ ...smallModel(), graph: withRandomWeights(smallModel().graph, 'other') }),
  'small.onnx': exportOnnx(smallModel()),
  'bare.safetensors': native.write!({ graph: smallModel().graph }),
  'resnet20.safetensors': modelBytes(architecture('resnet20-cifar10', { kind: 'hetconv', part: 8 })),
  'other-resnet20.safetensors': modelBytes(architecture('resnet20-cifar10', { kind: 'hetconv', part: 8 }), 'other'),
  'segmenter.safetensors': native.write!({ graph: segmenter, preprocessing }),
  'detector.safetensors': native.write!({ graph: detector, preprocessing, labels: ['cat', 'dog'] }),
  'indices.safetensors': native.write!({
    graph: pictureGraph([{ name: 'y', op: 'argMax', inputs: ['image'], outputs: ['y'], attributes: { axis: 1 } }], ['y']),
  }),
  'open-batch.onnx': convolutionOnnx('N', undefined),
  'beside.onnx': convolutionOnnx(1, 'beside weights.bin'),
  'beside weights.bin': new Uint8Array(ramp(12).buffer),
  'inside.onnx': convolutionOnnx(1, undefined),
};

/** Each must be refused; the suite says how. */
const hostile: Readonly<Record<string, Uint8Array>> = {
  empty: new Uint8Array(0),
  'cut-header': small.subarray(0, 100),
  'cut-data': small.subarray(0, small.length - 1),
  longer: Uint8Array.from([...small, 0]),
  'weights-alone': pack('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', new Uint8Array(4)),
  'lying-length': pack('{}', new Uint8Array(0), 2n ** 63n),
  'deep-json': pack(`{"a":${'['.repeat(1_000_000)}`, new Uint8Array(0)),
  html: text('<!doctype html><title>Not here</title>'),
  zeros: new Uint8Array(1000),
  'newer-version': withMetadata(small, 'version', () => 2),
  cycle: graphWith('nodes.1.inputs', ['pool']),
  'unknown-op': graphWith('nodes.1.op', 'warp'),
  'stride-zero': graphWith('nodes.0.attributes.stride', [0, 1]),
  'wrong-channels': graphWith('inputs.0.shape', [1, 5, 4, 4]),
  'a-billion': graphWith('inputs.0.shape', [1, 3, 1e9, 1e9]),
  'a-gigabyte': graphWith('inputs.0.shape', [1, 3, 30_000, 30_000]),
  'unknown-tensor': graphWith('nodes.0.inputs.1', 'nowhere'),
  'cut-onnx': exportOnnx(smallModel()).subarray(0, 700),
  'loop-onnx': writeOnnx({ nodes: [{ op: 'Loop', name: 'l' }] }),
  'outside-onnx': convolutionOnnx(1, '../secret.bin'),
};

/** Writes all fixtures into a folder. */
export function writeFixtures(folder: string): void {
  mkdirSync(join(folder, 'hostile'), { recursive: true });
  for (const [name, bytes] of Object.entries(models)) writeFileSync(join(folder, name), bytes);
  for (const [name, bytes] of Object.entries(hostile)) writeFileSync(join(folder, 'hostile', name), bytes);
  writeFileSync(join(folder, 'hostile.json'), JSON.stringify(Object.keys(hostile)));
  writeCards(join(folder, 'cards'), small);
  copyFileSync(`${VGG}/model.safetensors`, join(folder, 'vgg.safetensors'));
  const { tensors } = readSafetensors(new Uint8Array(readFileSync(`${VGG}/golden.safetensors`)));
  for (const [name, tensor] of tensors) writeFileSync(join(folder, `golden.${name}`), valuesOf(toConstant(name, tensor), name));
  for (const from of FOLDERS) cpSync(from, folder, { recursive: true });
}
