// ONNX Runtime as an oracle. It comes from npm, into node_modules beside this file, when the tests are first run.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const NAME = 'onnxruntime-node';

function isInstalled() {
  const pinned = JSON.parse(readFileSync(`${folder}package.json`, 'utf8')).dependencies[NAME];
  try {
    return JSON.parse(readFileSync(`${folder}node_modules/${NAME}/package.json`, 'utf8')).version === pinned;
  } catch {
    return false;
  }
}

/** Fetches it if it is not there; before tests begin, for several of them want it at one time. */
export function installOnnxRuntime() {
  if (isInstalled()) return;
  console.log('fetching ONNX Runtime into tests/onnx/node_modules (once, 290 MB)');
  // Its install script would fetch CUDA.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
  execFileSync('npm', ['ci', ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function load() {
  if (!isInstalled()) throw new Error(`${NAME} is missing: npm ci --ignore-scripts --prefix tests/onnx`);
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
