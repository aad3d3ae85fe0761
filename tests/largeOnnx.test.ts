// A large ONNX file loads in time, and in memory for itself and its packed weights, with little beside.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { architecture } from '../src/architectures/index.js';
import { withRandomWeights } from '../src/bench/randomWeights.js';
import { writeOnnx } from '../src/formats/onnx/export/index.js';

/**
 * Times the bytes of the file: those bytes, as many of packed weights, and half of that for activations, the engine, and weights with batch norm
 * folded into them, layer by layer, until they are collected. A copy of all weights in JavaScript does not fit in.
 */
const MOST_MEMORY = 2.5;
/** Ten times what a quiet core takes (docs/models.md): tests run beside others, and what this is to find takes minutes. */
const MOST_SECONDS = 15;

const folder = mkdtempSync(join(tmpdir(), 'hetconv-large-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test(`an ONNX file of 100 MB: ${MOST_MEMORY} times its size, ${MOST_SECONDS} s`, async () => {
  const child = fork('tests/support/loadWhenTold.mjs');
  await once(child, 'message');
  const path = join(folder, 'resnet50.onnx');
  const graph = withRandomWeights(architecture('resnet50-imagenet', { kind: 'standard' }), 'large');
  writeFileSync(path, writeOnnx({ graph }));
  const fileBytes = statSync(path).size;
  assert.ok(fileBytes > 100e6, `${fileBytes} bytes`);

  child.send({ path, options: { accuracy: 'direct' } });
  const [{ milliseconds, grownBytes, modelBytes, parameters }] = await once(child, 'message');
  child.kill();
  const times = (bytes: number) => `${(bytes / fileBytes).toFixed(2)} times the file`;
  assert.ok(parameters > 25e6, `${parameters} parameters`);
  assert.ok(grownBytes > fileBytes + modelBytes / 2, `it grew by ${times(grownBytes)}: that is not measured`);
  assert.ok(grownBytes <= MOST_MEMORY * fileBytes, `it grew by ${times(grownBytes)}, the model has ${times(modelBytes)}`);
  assert.ok(milliseconds <= 1000 * MOST_SECONDS, `${milliseconds} ms`);
});
