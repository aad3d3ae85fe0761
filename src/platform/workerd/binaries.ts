// The binaries of the bundle, by the name of their file; each is imported when it is first needed.
type Binary = () => Promise<{ default: WebAssembly.Module }>;

export const simd: Binary = () => import('./simd.wasm');
export const relaxed: Binary = () => import('./relaxed.wasm');
export const jpeg: Binary = () => import('./jpeg.wasm');
export const webp: Binary = () => import('./webp.wasm');
