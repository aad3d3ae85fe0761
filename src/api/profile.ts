// Timing a session layer by layer, loaded when it is first asked for.
import { median } from '../bench/statistics.js';
import { HetConvError } from '../graph/error.js';
import type { Inputs, Session } from '../runtime/session.js';

export interface LayerProfile {
  /** Node name; '' is the moving of inputs and outputs. */
  readonly name: string;
  /** Median over the runs. */
  readonly ms: number;
  readonly share: number;
  /** 2 · MACs / time; absent for layers without multiply-accumulates. */
  readonly gflops?: number;
}

/** Runs (the first of them, while the engine still optimises) that do not count. */
const WARM_UP = 3;

/** Median time of each node over `runs` runs; `macs` by node name. Throws `bad-option`, `bad-input` or `disposed`. */
export function profileSession(
  session: Session,
  inputs: Inputs,
  runs: number,
  macs: ReadonlyMap<string, number>,
  now: () => number,
): LayerProfile[] {
  if (!Number.isInteger(runs) || runs < 1) {
    throw new HetConvError('bad-option', `runs must be a positive integer, it is ${runs}`);
  }
  const rounds = Array.from({ length: WARM_UP + runs }, () => session.profile(inputs, now)).slice(WARM_UP);
  const medians = rounds[0]!.map(({ node }, i) => ({ name: node, ms: median(rounds.map((round) => round[i]!.ms)) }));
  const total = medians.reduce((sum, { ms }) => sum + ms, 0);
  return medians.map(({ name, ms }) => {
    const count = macs.get(name) ?? 0;
    return { name, ms, share: ms / total, ...(count > 0 && { gflops: (2 * count) / ms / 1e6 }) };
  });
}
