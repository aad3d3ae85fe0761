// The binaries of the bundle, by the name of their file; each is imported when it is first needed.
import type { BinaryName } from '../../runtime/host.js';

export const binaries: Readonly<Record<BinaryName, () => Promise<{ default: WebAssembly.Module }>>> = {
  simd: () => import('./simd.wasm'),
  relaxed: () => import('./relaxed.wasm'),
  jpeg: () => import('./jpeg.wasm'),
  webp: () => import('./webp.wasm'),
};
