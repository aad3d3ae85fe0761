// What makes models start quickly and must not creep back. Counts, for times depend on the machine.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import * as abi from '../assembly/abi.js';
import { architecture } from '../src/architectures/index.js';
import { withRandomWeights } from '../src/bench/randomWeights.js';
import { optimise } from '../src/passes/index.js';
import { Arena } from '../src/plan/arena.js';
import { type KernelFunction, type Plan, plan } from '../src/plan/plan.js';
import { loadedBy } from './support/distribution.js';
import { binaryOf } from './support/runGraph.js';

const MODEL = resolve('models/vgg16-cifar10-p4/model.safetensors');

test('a native model loads and runs with the scripts that the entry imports at once, and no others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hetconv-start-'));
  try {
    const { files } = await loadedBy('dist/node.js', false);
    for (const file of [...files.keys(), 'dist/simd.wasm', 'dist/relaxed.wasm']) copyFileSync(file, join(folder, basename(file)));
    const program = `
      const { readFileSync } = await import('node:fs');
      const { loadModel } = await import('./node.js');
      const model = await loadModel(readFileSync(${JSON.stringify(MODEL)}));
      const { logits } = await model.run({ input: new Float32Array(3072) });
      console.log(logits.data.length);`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' });
    assert.equal(printed, '10\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('layers whose pixels lie alike share their table of tiles, with a residual or without', async () => {
  const graph = await optimise(withRandomWeights(architecture('resnet20-cifar10', { kind: 'hetconv', part: 4 }), 'tables'));
  const arena = new Arena(2 ** 30);
  const { exports } = new WebAssembly.Instance(binaryOf('simd')!, { env: { memory: arena.memory } });
  const { steps }: Plan = plan(graph, exports as Record<string, KernelFunction>, arena);
  const words = new Int32Array(arena.memory.buffer);
  const tables = new Map(
    steps
      .filter(({ kernel }) => kernel === 'f32_conv_4x8')
      .map(({ node, record }) => [node, words[record / 4 + abi.CONV_TILES]!]),
  );
  const ofStage = ['layer1.0.conv2', 'layer1.1.conv1', 'layer1.1.conv2', 'layer1.2.conv1'];
  const residuals = graph.nodes.filter(({ name, inputs }) => ofStage.includes(name) && inputs[4]);
  assert.equal(residuals.length, 2, 'two of these add a residual');
  assert.equal(new Set(ofStage.map((name) => tables.get(name))).size, 1);
  assert.ok(tables.get(ofStage[0]!)! > 0);
  assert.notEqual(tables.get('layer2.1.conv1'), tables.get(ofStage[0]!), 'other sizes have their own');
});

test('the kernel of convolutions computes a little as soon as one layer has its weights, so that engines optimise it meanwhile', async () => {
  const graph = await optimise(withRandomWeights(architecture('vgg16-cifar10', { kind: 'hetconv', part: 4 }), 'warm'), true);
  const arena = new Arena(2 ** 30);
  const { exports } = new WebAssembly.Instance(binaryOf('simd')!, { env: { memory: arena.memory } });
  const calls: [kernel: string, items: number][] = [];
  const watched = Object.entries(exports).map(([name, kernel]): [string, KernelFunction] => [
    name,
    (record, begin, end) => {
      calls.push([name, end - begin]);
      (kernel as KernelFunction)(record, begin, end);
    },
  ]);
  plan(graph, Object.fromEntries(watched), arena);
  const convolutions = calls.filter(([name]) => name === 'f32_conv_4x8');
  assert.equal(convolutions.length, 1);
  assert.ok(convolutions[0]![1] <= 8, `${convolutions[0]![1]} panels`);
  const packed = calls.filter(([name]) => name === 'f32_pack').length;
  const packedBefore = calls.slice(0, calls.indexOf(convolutions[0]!)).filter(([name]) => name === 'f32_pack').length;
  assert.ok(packedBefore < packed / 4, `after ${packedBefore} of ${packed} calls of the packer`);
});
