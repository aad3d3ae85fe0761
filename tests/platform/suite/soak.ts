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
  const grow = () => soak(model, { runs: RUNS, memory: () => ({ heap: t.environment.memory!() }) });
  // What was left behind would be so in both; what the engine keeps for itself meanwhile, such as code that it optimises late, is not.
  const [first, second] = [await grow(), await grow()];
  assert.isBelow(Math.min(first.slopes.heap!, second.slopes.heap!), first.bound);
});
