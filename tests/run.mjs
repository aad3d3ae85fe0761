// Everything that needs no browser: the as-pect specs, the TypeScript tests on this Node, kernels and models on newer Nodes.
// `node build.mjs --tests` goes before.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { installOnnxRuntime } from './onnx/runtime.mjs';
import { newerNodes } from './platform/nodes.mjs';

/** The tests that newer Nodes run too: they have relaxed SIMD, and other compilers of wasm. */
const ON_EVERY_NODE = ['kernels.test.mjs', 'preprocess.test.mjs', 'golden.test.mjs'];

const failed = [];

function run(title, command, args, { quiet = false } = {}) {
  const started = performance.now();
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    stdio: quiet ? 'pipe' : 'inherit',
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) {
    failed.push(title);
    console.error(error?.message ?? `${stdout ?? ''}${stderr ?? ''}`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${title} (${seconds} s)`);
}

const specs = ['-c', 'tests/assembly/as-pect.config.js', '-a', 'tests/assembly/asconfig.json'];
run('as-pect specs', process.execPath, ['node_modules/@as-pect/cli/bin/asp.js', ...specs], { quiet: true });

installOnnxRuntime();
const folder = 'build/tests';
const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs'));
const test = ['--test', '--test-reporter=spec'];
run(`TypeScript tests on Node ${process.versions.node}`, process.execPath, [
  ...test,
  ...files.map((name) => `${folder}/${name}`),
]);

const kernels = ON_EVERY_NODE.map((name) => `${folder}/${name}`).filter(existsSync);
if (kernels.length > 0) {
  const nodes = newerNodes();
  for (const { version, path } of nodes) run(`kernels and models on Node ${version}`, path, [...test, ...kernels]);
  if (nodes.length === 0)
    console.log(`no newer Node comes from npm for ${process.platform} on ${process.arch}: only this one ran`);
}

if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exit(1);
}
