// Loading, running and disposing a thousand times leaves the process as large as it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecture } from '../src/architectures/index.js';
import { loadModel } from './support/nodeEntry.js';
import { modelBytes } from './support/randomWeights.js';

const ROUNDS = 1000;
const MEGABYTE = 2 ** 20;

test(`${ROUNDS} rounds of load, run, dispose keep the resident set flat`, async () => {
  const bytes = modelBytes(architecture('resnet20-cifar10', { kind: 'hetconv', part: 8 }));
  const input = new Float32Array(3 * 32 * 32).fill(0.5);
  const resident: number[] = [];
  let memoryOfOne = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const model = await loadModel(bytes);
    await model.run({ [model.inputs[0]!.name]: input });
    memoryOfOne = model.describe().memory.total;
    model.dispose();
    if (round % 50 === 49) resident.push(process.memoryUsage().rss);
  }
  const half = resident.length / 2;
  const before = Math.max(...resident.slice(0, half));
  const after = Math.max(...resident.slice(half));
  const text = resident.map((rss) => Math.round(rss / MEGABYTE)).join(' ');
  // A leak of even a tenth of a model a round would add fifty models.
  assert.ok(
    after - before < 20 * memoryOfOne,
    `the resident set in MB every 50 rounds, ${(memoryOfOne / MEGABYTE).toFixed(1)} MB a model: ${text}`,
  );
});
