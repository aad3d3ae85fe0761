// ONNX Runtime as an oracle. It comes from npm, into node_modules beside this file, when the tests are first run.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { installPinned, isInstalled } from '../support/installPinned.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const NAME = 'onnxruntime-node';

/** Fetches it if it is not there; before tests begin, for several of them want it at one time. */
export function installOnnxRuntime() {
  // Its install script would fetch CUDA.
  installPinned(folder, 'ONNX Runtime, 290 MB,', ['--ignore-scripts']);
}

function load() {
  if (!isInstalled(folder)) throw new Error(`${NAME} is missing: npm ci --ignore-scripts --prefix tests/onnx`);
  return require(`${folder}node_modules/${NAME}`);
}

let runtime;

/**
 * What ONNX Runtime computes from a model file, its own rewriting of graphs switched off.
 * `inputs`: { name: { shape, data } }; integers as Int32Array or BigInt64Array. Gives the outputs by name, alike.
 */
export async function runOnnx(bytes, inputs) {
  runtime ??= load();
  const options = { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 };
  const session = await runtime.InferenceSession.create(bytes, options);
  try {
    const feeds = Object.entries(inputs).map(([name, { shape, data }]) => [name, new runtime.Tensor(data, [...shape])]);
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(Object.entries(results).map(([name, { dims, data }]) => [name, { shape: [...dims], data }]));
  } finally {
    await session.release();
  }
}
