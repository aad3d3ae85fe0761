// Web Workers of pages, and of workers that start their own.
import type { WorkerThread } from '../../runtime/host.js';

export function startWorker(): WorkerThread<unknown, unknown> {
  // Bundlers find workers by this very spelling.
  const worker = new Worker(new URL('./browser-worker.js', import.meta.url), { type: 'module' });
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen(receive, fail) {
      worker.onmessage = ({ data }) => receive(data);
      worker.onmessageerror = () => fail('what it answered cannot be read');
      worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message || `its script ${new URL('./browser-worker.js', import.meta.url).href} cannot be loaded`);
      };
    },
    // A page lives as long as its user wants.
    hold() {},
    terminate: () => worker.terminate(),
  };
}
