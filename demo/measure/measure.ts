// Starts a job in a worker of its own. Stopping it ends the worker, whatever it is doing.
import type { Point } from '../../src/bench/record.js';
import { HetConvError } from '../../src/platform/browser/index.js';
import type { FromWorker, Job, Progress, Results } from './protocol.js';

export interface MeasureOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** What a benchmark has seen so far, after each round. */
  readonly onPoints?: ((points: readonly Point[]) => void) | undefined;
}

/** Rejects with what the job failed of, or with the signal's reason. */
export function measure<J extends Job>(job: J, { signal, onProgress, onPoints }: MeasureOptions): Promise<Results[J['kind']]> {
  const url = new URL('./measure-worker.js', import.meta.url);
  const worker = new Worker(url, { type: 'module' });
  return new Promise<Results[J['kind']]>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new HetConvError('worker-failed', event.message || `the script ${url.href} cannot be loaded; reload the page`));
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.what === 'progress') onProgress(data);
      else if (data.what === 'points') onPoints?.(data.points);
      else if (data.what === 'result') resolve(data.result as Results[J['kind']]);
      else reject(data.code ? new HetConvError(data.code, data.message) : new Error(data.message));
    };
    worker.postMessage(job);
  }).finally(() => worker.terminate());
}
