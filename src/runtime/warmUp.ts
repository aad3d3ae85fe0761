// Engines begin with quick, slow code and optimise what is called often: every kernel of a plan is called so before the first run.
import type { KernelFunction, Plan, Step } from '../plan/plan.js';
import type { Exports } from './host.js';

/** Milliseconds for each kernel, and its most calls, for clocks may stand still. */
const TIME = 4;
const CALLS = 512;

/** Calls each kernel on single items of its first step. What it computes is of nothing, and is written over by the first run. */
export function warmUp({ steps }: Plan, exports: Exports, now: () => number): void {
  const first = new Map<string, Step>();
  for (const step of steps) if (!first.has(step.kernel)) first.set(step.kernel, step);
  for (const { kernel, record, items } of first.values()) {
    const call = exports[kernel] as KernelFunction;
    const end = now() + TIME;
    for (let i = 0; i < CALLS && now() < end; i++) call(record, i % items, (i % items) + 1);
  }
}
