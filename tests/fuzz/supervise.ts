// Runs worker processes over a range of iterations: starts a fresh one where one ended, died or hung, and tries what may be
// the machine's fault once more, alone.
import { fork } from 'node:child_process';
import type { Attempt } from './attempt.js';

/** What a worker says. */
export type Report = { readonly begun: number } | { readonly ended: Attempt } | { readonly done: true };

export interface Finding {
  readonly iteration: number;
  readonly complaint: string;
}

/** What a worker may take until it begins: it loads every seed file as it is. */
const START_SECONDS = 300;

export interface Supervision {
  /** A built script that takes (seed, from, to) and sends Reports. */
  readonly worker: URL;
  readonly seed: number;
  /** Iterations from … to - 1. */
  readonly from: number;
  readonly to: number;
  /** After so long without a word a worker hangs: far more than a file may take, for the machine may be busy. */
  readonly hangSeconds: number;
  readonly onEnd?: (iteration: number, attempt: Attempt) => void;
}

/** Every file that the library handles wrongly, as soon as it is found. */
export async function* supervise(supervision: Supervision): AsyncGenerator<Finding> {
  let next = supervision.from;
  while (next < supervision.to) {
    const { last, failure } = await runWorker({ ...supervision, from: next });
    if (failure) {
      const { onEnd: _, ...alone } = { ...supervision, from: last, to: last + 1 };
      const confirmed = failure.doubtful ? (await runWorker(alone)).failure : failure;
      if (confirmed?.complaint) yield { iteration: last, complaint: confirmed.complaint };
    }
    next = last + 1;
  }
}

/** Until the worker ends, or an iteration fails: `last` is the last iteration that it began. */
function runWorker({ worker, seed, from, to, hangSeconds, onEnd }: Supervision): Promise<{ last: number; failure?: Attempt }> {
  return new Promise((resolve, reject) => {
    const child = fork(worker, [`${seed}`, `${from}`, `${to}`], { execArgv: ['--expose-gc'] });
    let last = from - 1;
    let failure: Attempt | undefined;
    const fail = (attempt: Attempt) => {
      failure ??= attempt;
      child.kill('SIGKILL');
    };
    const hang = () => fail({ outcome: 'failed', complaint: `hangs: no end in ${hangSeconds} s`, doubtful: true });
    let silence = setTimeout(hang, 1000 * START_SECONDS);
    child.on('message', (report: Report) => {
      // A worker may go on for a moment after it was found to fail.
      if (failure) return;
      clearTimeout(silence);
      silence = setTimeout(hang, 1000 * hangSeconds);
      if ('begun' in report) last = report.begun;
      else if ('done' in report) child.disconnect();
      else {
        onEnd?.(last, report.ended);
        if (report.ended.complaint) fail(report.ended);
      }
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(silence);
      if (last < from) reject(new Error(`the worker began nothing (${signal ?? code})`));
      if (code !== 0) failure ??= { outcome: 'failed', complaint: `kills the process (${signal ?? code})`, doubtful: true };
      resolve({ last, ...(failure && { failure }) });
    });
  });
}
