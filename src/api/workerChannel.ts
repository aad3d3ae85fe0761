// The calls of a model in a worker: one under way, the others in a queue of bounded length.
import { HetConvError } from '../graph/error.js';
import type { WorkerThread } from '../runtime/host.js';
import type { LoadOptions } from './options.js';
import type { Answer, CallName, Calls, Failure, FromWorker, ToWorker } from './workerProtocol.js';

interface Job {
  readonly message: ToWorker;
  readonly transfer: ArrayBuffer[];
  /** Once settled, a job only waits for the worker's answer, which is dropped. */
  settle(outcome: { answer: Answer } | { error: unknown }): void;
}

export class WorkerChannel {
  readonly #thread: WorkerThread<ToWorker, FromWorker>;
  readonly #maxQueue: number;
  readonly #waiting: Job[] = [];
  #running: Job | undefined;
  /** Why the worker is gone. */
  #end: HetConvError | undefined;

  constructor(
    thread: WorkerThread<ToWorker, FromWorker>,
    maxQueue: number,
    { onProgress, onTuning }: { [Name in 'onProgress' | 'onTuning']: LoadOptions[Name] | undefined },
  ) {
    this.#thread = thread;
    this.#maxQueue = maxQueue;
    const receive = (message: FromWorker): void => {
      if (message.kind === 'progress') onProgress?.(message.loaded, message.total);
      else if (message.kind === 'tuning') onTuning?.(message.done, message.total);
      else this.#finish(message.kind === 'answer' ? message : { error: errorOf(message) });
    };
    thread.listen(receive, (reason) => {
      this.#stop(new HetConvError('worker-failed', `the model's worker ended: ${reason}; load the model again`));
    });
  }

  /** Rejects with `disposed` or `worker-failed` when the worker is gone, `busy` when the queue is full, the signal's reason on abort. */
  call<Name extends CallName>(
    name: Name,
    request: Calls[Name]['request'],
    transfer: ArrayBuffer[],
    signal: AbortSignal | undefined,
  ): Promise<Calls[Name]['answer']> {
    return new Promise((resolve, reject) => {
      this.assertOpen();
      signal?.throwIfAborted();
      if (this.#running && this.#waiting.length >= this.#maxQueue) {
        throw new HetConvError('busy', `${this.#waiting.length} calls wait already; await some of them, or raise maxQueue`);
      }
      const abort = (): void => {
        const at = this.#waiting.indexOf(job);
        if (at >= 0) this.#waiting.splice(at, 1);
        job.settle({ error: signal!.reason });
      };
      const job: Job = {
        message: { call: name, ...request } as ToWorker,
        transfer,
        settle: (outcome) => {
          signal?.removeEventListener('abort', abort);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.answer as Calls[Name]['answer']);
        },
      };
      signal?.addEventListener('abort', abort);
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Throws `disposed` or `worker-failed`. */
  assertOpen(): void {
    if (this.#end) throw this.#end;
  }

  /** Ends the worker; what waits is rejected with `disposed`. */
  close(): void {
    this.#stop(new HetConvError('disposed', 'the model was disposed; load it again to run it'));
  }

  #next(): void {
    while (!this.#running && this.#waiting.length > 0) {
      const job = this.#waiting.shift()!;
      try {
        this.#thread.post(job.message, job.transfer);
        this.#running = job;
      } catch (cause) {
        const message = `what was given cannot be sent to a worker: ${(cause as Error).message}`;
        job.settle({ error: new HetConvError('bad-input', message, { cause }) });
      }
    }
    this.#thread.hold(this.#running !== undefined);
  }

  #finish(outcome: { answer: Answer } | { error: unknown }): void {
    const job = this.#running;
    this.#running = undefined;
    job?.settle(outcome);
    if (!this.#end) this.#next();
  }

  #stop(reason: HetConvError): void {
    if (this.#end) return;
    this.#end = reason;
    this.#thread.terminate();
    const jobs = [this.#running, ...this.#waiting.splice(0)];
    this.#running = undefined;
    for (const job of jobs) job?.settle({ error: reason });
  }
}

function errorOf({ code, name, message }: Failure): Error {
  return code ? new HetConvError(code, message) : Object.assign(new Error(message), { name });
}
