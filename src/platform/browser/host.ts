// Browsers: the binaries are assets beside the script, compiled while they arrive.
import { HetConvError } from '../../index.js';
import type { BinaryName, Host } from '../../runtime/host.js';
import { instantiate } from '../instantiate.js';
import { once } from '../once.js';
import { locate, page } from '../page.js';

/** Bundlers find assets by this very spelling. */
const URLS: Record<BinaryName, () => URL> = {
  simd: () => new URL('./simd.wasm', import.meta.url),
  relaxed: () => new URL('./relaxed.wasm', import.meta.url),
  jpeg: () => new URL('./jpeg.wasm', import.meta.url),
  webp: () => new URL('./webp.wasm', import.meta.url),
};

async function compile(name: BinaryName): Promise<WebAssembly.Module> {
  const url = URLS[name]();
  const response = await fetch(url);
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || type.startsWith('text/html')) {
    const answer = response.ok ? 'a page' : response.status;
    throw new HetConvError(
      'not-found',
      `${url.href} answered ${answer}; put ${name}.wasm of hetconv/dist beside the script, or import hetconv/inline`,
    );
  }
  // Streaming insists on the type, which some servers do not know.
  return type.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

export const host: Host = {
  module: once(compile),
  instantiate,
  ...page,
  workers: {
    start: async () => (await import('./workers.js')).startWorker(),
    address: (source) => locate(String(source)).href,
  },
  now: () => performance.now(),
};
