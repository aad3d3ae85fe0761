// workerd: a worker that takes its times while it answers `/NAME?server=SERVER`. It is bundled, as Wrangler bundles workers.
import { endGuest } from './endGuest.mjs';
import { timeHere } from './latency.mjs';

/** tfjs-wasm is asked on Node only. */
const contestants = {
  hetconv: () => import('./contestants/hetconv.mjs'),
  'LiteRT.js': () => import('./contestants/liteRt.mjs'),
  'onnxruntime-web': () => import('./contestants/onnxruntimeWeb.mjs'),
};
const clock = { now: () => performance.now(), pause: () => new Promise((resume) => setTimeout(resume)) };

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const [name, server] = [pathname.slice(1), searchParams.get('server')];
    await endGuest(name, server, () => timeHere(name, { server, base: server, contestants, clock }));
    return new Response();
  },
};
