// What must have the same bits on every runtime, compared.
import type { Result } from './runSuite.js';

export interface Run {
  /** By name of the test. */
  readonly results: Map<string, Result>;
}

/** What a test handed in under a label: its most frequent value, on how many of the runtimes that handed it in. */
export interface Shared {
  readonly test: string;
  readonly label: string;
  /** Base64. */
  readonly value: string;
  readonly equal: number;
  readonly runtimes: number;
}

/** Where a runtime handed in other bits than most did, its result of the test becomes a failure. */
export function compareShared(tests: readonly string[], runs: readonly Run[]): Shared[] {
  return tests.flatMap((test) => {
    const labels = new Set(runs.flatMap(({ results }) => Object.keys(results.get(test)!.shared ?? {})));
    return Array.from(labels, (label) => compareOne(test, label, runs));
  });
}

function compareOne(test: string, label: string, runs: readonly Run[]): Shared {
  const byValue = new Map<string, Run[]>();
  for (const run of runs) {
    const value = run.results.get(test)!.shared?.[label];
    if (value !== undefined) byValue.set(value, [...(byValue.get(value) ?? []), run]);
  }
  const [most, ...rest] = [...byValue].sort(([, a], [, b]) => b.length - a.length);
  const [value, { length: equal }] = most!;
  const others = rest.flatMap(([, different]) => different);
  const reason = `"${label}" has other bits than on ${equal} other runtimes`;
  for (const { results } of others) results.set(test, { ...results.get(test)!, outcome: 'FAILED', reason });
  return { test, label, value, equal, runtimes: equal + others.length };
}
