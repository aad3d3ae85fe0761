// edge-runtime: a handler that runs the suite while it answers `/NAME?server=SERVER`. The host gives the compiled `binaries`.
import * as hetconv from 'hetconv/edge';
import { endGuest } from './endGuest.mjs';
import { runGuest } from './guest.mjs';

const { simd, relaxed, jpeg, webp } = globalThis.binaries;

/** `loadModel` with the modules that a user of this platform gives; what is no object goes through as it is. */
function loadModel(source, options = {}) {
  if (!options || typeof options !== 'object') return hetconv.loadModel(source, options);
  const { variant = relaxed ? 'relaxed' : 'simd' } = options;
  return hetconv.loadModel(source, { variant, module: { simd, relaxed }[variant], codecs: { jpeg, webp }, ...options });
}

addEventListener('fetch', (event) => {
  const { pathname, searchParams } = new URL(event.request.url);
  const [name, server] = [pathname.slice(1), searchParams.get('server')];
  const work = endGuest(name, server, () => runGuest(name, server, { ...hetconv, loadModel }));
  event.respondWith(work.then(() => new Response()));
});
