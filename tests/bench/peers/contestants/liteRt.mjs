// LiteRT.js, formerly TensorFlow Lite, on XNNPACK.
import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';
import { toChannelsFirst, toChannelsLast } from './layout.mjs';

let started;

/** `build` 'compat' is the binary without relaxed SIMD, which it takes by itself only where there is none. */
export async function load({ bytes, input, output }, { base, threads = 1, build }) {
  const folder = new URL('litert/', base).href;
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
