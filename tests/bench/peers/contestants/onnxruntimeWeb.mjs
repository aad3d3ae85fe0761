// ONNX Runtime for the web, its WebAssembly backend alone.
import * as ort from 'onnxruntime-web';

export async function load({ bytes, input, output }, { threads = 1 }) {
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  const session = await ort.InferenceSession.create(bytes.onnx, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  const feeds = { [input.name]: new ort.Tensor('float32', input.data, input.shape) };
  let result;
  return {
    async run() {
      result = (await session.run(feeds))[output.name];
    },
    output: () => result.data,
    free: () => session.release(),
  };
}
