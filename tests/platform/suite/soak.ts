// Many inferences in a row: results do not drift, and memory stays where it was.
import { assert } from 'chai';
import { soak } from '../../soak/soak.js';
import { test } from './test.js';

const RUNS = 20_000;

test(`soak: ${RUNS} inferences give the same bits throughout`, [], async (t) => {
  const model = await t.load('small.safetensors', { variant: 'simd' });
  await soak(model, { runs: RUNS });
});

test(`soak: memory after ${RUNS} inferences`, ['memory'], async (t) => {
  const model = await t.load('small.safetensors', { variant: 'simd' });
  const { slope, bound } = await soak(model, { runs: RUNS, memory: t.environment.memory! });
  assert.isAtMost(slope, bound);
});
