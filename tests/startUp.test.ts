// What makes models start quickly and must not creep back. Counts, for times depend on the machine.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import { architecture } from '../src/architectures/index.js';
import { withRandomWeights } from '../src/bench/randomWeights.js';
import { optimise } from '../src/passes/index.js';
import { Arena } from '../src/plan/arena.js';
import { type KernelFunction, plan } from '../src/plan/plan.js';
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
