// Many inferences in a row: results do not drift, and memory stays where it was.
import { assert } from 'chai';
import { soak } from '../../soak/soak.js';
import { test } from './test.js';

const RUNS = 20_000;

test(`soak: ${RUNS} inferences give the same bits throughout`, [], async (t) => {
  await soak(await t.load('small.safetensors', { variant: 'simd' }), { runs: RUNS });
});

test(`soak: ${RUNS} inferences leave no memory behind`, ['memory'], async (t) => {
  const model = await t.load('small.safetensors', { variant: 'simd' });
  const { slopes, bound } = await soak(model, { runs: RUNS, memory: () => ({ heap: t.environment.memory!() }) });
  assert.isBelow(slopes.heap!, bound);
});
