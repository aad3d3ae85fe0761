// workerd: a worker that takes its times while it answers `/NAME?server=SERVER`. It is bundled, as Wrangler bundles workers.
import * as ort from 'onnxruntime-web';
import { endGuest } from './endGuest.mjs';
import { timeHere } from './latency.mjs';
import ortModule from './node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';

// By itself onnxruntime-web compiles its wasm from bytes, which workerd forbids: it is given the module that the bundle has.
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (source, imports) =>
  source instanceof WebAssembly.Module
    ? instantiate(source, imports)
    : { module: ortModule, instance: await instantiate(ortModule, imports) };
Object.assign(ort.env.wasm, { wasmBinary: new Uint8Array(8), wasmPaths: { wasm: 'http://nowhere/' } });

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
