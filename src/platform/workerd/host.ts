// workerd: no code is generated at run time, so the binaries are imported as modules, each when it is first needed.
import type { BinaryName, Host } from '../../runtime/host.js';
import { instantiate } from '../instantiate.js';
import { locateAbsolute, sourcesOf } from '../sources.js';

const MODULES: Record<BinaryName, () => Promise<{ default: WebAssembly.Module }>> = {
  simd: () => import('./simd.wasm'),
  relaxed: () => import('./relaxed.wasm'),
  jpeg: () => import('./jpeg.wasm'),
  webp: () => import('./webp.wasm'),
};

export const host: Host = {
  module: async (name) => (await MODULES[name]()).default,
  instantiate,
  ...sourcesOf({ locate: locateAbsolute }),
  now: () => performance.now(),
};
