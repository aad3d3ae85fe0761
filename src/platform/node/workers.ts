// Workers of Node, Deno and Bun, where they are node:worker_threads.
import { Worker } from 'node:worker_threads';
import type { WorkerThread } from '../../runtime/host.js';

export function startWorker(): WorkerThread<unknown, unknown> {
  // Flags of the process, such as --input-type, may be none of a worker's.
  const worker = new Worker(new URL('./node-worker.js', import.meta.url), { execArgv: [] });
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen(receive, fail) {
      worker.on('message', receive);
      worker.on('messageerror', (error) => fail(error.message));
      worker.on('error', (error) => fail(error.message));
      worker.on('exit', (code) => fail(`it exited with ${code}`));
    },
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
}
