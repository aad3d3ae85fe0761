// `tune`: kernels chosen by measuring, and the record of it, which may be stale or hostile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecture } from '../src/architectures/index.js';
import { seededRandom } from '../src/bench/random.js';
import { loadModel } from './support/nodeEntry.js';
import { modelBytes } from './support/randomWeights.js';

const bytes = modelBytes(architecture('resnet20-cifar10', { kind: 'hetconv', part: 4 }));
const random = seededRandom('tuning');
const input = { input: Float32Array.from({ length: 3 * 32 * 32 }, random) };

type Model = Awaited<ReturnType<typeof loadModel>>;
const logits = (model: Model) => Object.values(model.runSync({ [model.inputs[0]!.name]: input.input }))[0]!.data as Float32Array;
const kernelsOf = (model: Model) => model.describe().layers.map(({ kernels }) => kernels.join(' '));

const predicted = await loadModel(bytes, { variant: 'simd' });
const progress: [number, number][] = [];
const tuned = await loadModel(bytes, { variant: 'simd', tune: true, onTuning: (...step) => progress.push(step) });

test('tuning measures every layer that has a choice, and says so', () => {
  const { layers } = tuned.describe();
  assert.ok(tuned.tuning);
  const chosen = new Map(layers.map((layer) => [layer.name, layer.chosen]));
  const choices = predicted.describe().layers.filter((layer) => layer.chosen === 'predicted');
  assert.ok(choices.length > 10);
  assert.ok(choices.some(({ name }) => chosen.get(name) === 'measured'));
  for (const { name } of choices) assert.notEqual(chosen.get(name), 'first');
  assert.equal(predicted.tuning, undefined);
  assert.ok(layers.every(({ chosen }) => ['only', 'predicted', 'measured', 'first'].includes(chosen)));
  const [done, total] = progress.at(-1)!;
  assert.equal(done, progress.length);
  assert.ok(done <= total && Object.keys(tuned.tuning.rows).length <= total);
});

test('a tuned model computes the same, up to rounding', () => {
  const expected = logits(predicted);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  logits(tuned).forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= 1e-4 * largest, `${value} instead of ${expected[i]}`);
  });
});

test('a record that went through JSON gives the same kernels without measuring', async () => {
  const tune = JSON.parse(JSON.stringify(tuned.tuning));
  const again = await loadModel(bytes, { variant: 'simd', tune, onTuning: () => assert.fail('it was measured') });
  assert.deepEqual(kernelsOf(again), kernelsOf(tuned));
  assert.deepEqual(again.tuning, tuned.tuning);
  assert.deepEqual(logits(again), logits(tuned));
});

test('a record decides nothing that accuracy, shapes or the release forbid', async () => {
  const { rows, ...about } = tuned.tuning!;
  const keys = Object.keys(rows);
  const all = (name: unknown) => ({ ...about, rows: Object.fromEntries(keys.map((key) => [key, name])) });
  const useless = [
    all('f32_winograd_input_9x9'),
    all('f32_depthwise'),
    all(7),
    all(null),
    { ...tuned.tuning!, version: 99 },
    { ...tuned.tuning!, variant: 'relaxed' as const },
    { ...about, rows: { constructor: 'f32_conv_4x8 f32_pack', '': '' } },
    { ...about, rows: [] },
  ];
  for (const tune of useless) {
    const model = await loadModel(bytes, { variant: 'simd', tune: tune as never });
    assert.deepEqual(kernelsOf(model), kernelsOf(predicted), JSON.stringify(tune).slice(0, 200));
    assert.deepEqual(model.tuning?.rows, {});
    model.dispose();
  }
  const direct = await loadModel(bytes, { variant: 'simd', accuracy: 'direct', tune: tuned.tuning! });
  assert.ok(kernelsOf(direct).every((kernels) => !kernels.includes('winograd')));
  for (const tune of [1, 'yes', [], {}, { version: 1 }, { ...about, rows: 'all' }]) {
    await assert.rejects(loadModel(bytes, { tune: tune as never }), { code: 'bad-option' });
  }
});

test('tuning can be aborted', async () => {
  const controller = new AbortController();
  const onTuning = () => controller.abort(new Error('enough'));
  await assert.rejects(loadModel(bytes, { tune: true, onTuning, signal: controller.signal }), { message: 'enough' });
});
