// LiteRT.js, formerly TensorFlow Lite, on XNNPACK. It loads the glue of its wasm by a script element or importScripts; command lines
// have neither, and get an importScripts that requires a CommonJS file.
import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';
import { toChannelsFirst, toChannelsLast } from './layout.mjs';

const FOLDER = new URL('../litert/', import.meta.url);

/** Where its scripts are: an address on a page, a path elsewhere. */
async function wasmFolder() {
  if (globalThis.document) return FOLDER.href;
  const [{ createRequire }, { fileURLToPath }] = await Promise.all([import('node:module'), import('node:url')]);
  const require = createRequire(import.meta.url);
  globalThis.self ??= globalThis;
  globalThis.importScripts = (path) => {
    globalThis.ModuleFactory = require(path);
  };
  return fileURLToPath(FOLDER);
}

let started;

/** `build` 'compat' is the binary without relaxed SIMD, which it takes by itself only where there is none. */
export async function load({ bytes, input, output }, { threads = 1, build }) {
  const folder = await wasmFolder();
  started ??= loadLiteRt(build === 'compat' ? `${folder}litert_wasm_compat_internal.js` : folder, { threads: threads > 1 });
  await started;
  const model = await loadAndCompile(bytes.tflite, { accelerator: 'wasm', cpuOptions: { numThreads: threads } });
  const [batch, channels, height, width] = input.shape;
  const data = toChannelsLast(input.data, input.shape);
  let result;
  return {
    async run() {
      const given = new Tensor(data, [batch, height, width, channels]);
      const [made] = await model.run([given]);
      result = await made.data();
      given.delete();
      made.delete();
    },
    output: () => toChannelsFirst(result, output.shape),
    free: () => model.delete(),
  };
}
