// The one build: asc makes dist/{simd,relaxed}.wasm, esbuild the entries beside them, tsc the declarations.
//   node build.mjs [--tests] [--quiet] [--wasm-only]

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import asc from 'assemblyscript/asc';
import * as esbuild from 'esbuild';

const flags = new Set(process.argv.slice(2));
const say = (text) => flags.has('--quiet') || console.log(text);

/** Entry files beyond asconfig.json's, by target. */
const EXTRA_ENTRIES = { simd: [], relaxed: ['assembly/relaxed.ts'] };

async function buildWasm(target) {
  const { error, stderr } = await asc.main([...EXTRA_ENTRIES[target], '--config', 'asconfig.json', '--target', target]);
  if (error) throw new Error(`asc --target ${target}: ${error.message}\n${stderr}`);
  say(`dist/${target}.wasm`);
}

const common = { bundle: true, format: 'esm', platform: 'node', target: 'node20', charset: 'utf8', logLevel: 'warning' };

/** Bundled CommonJS libraries of the command line call require() for Node's own modules. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Each entry on its own: chunks that two of them shared would be cut smaller, at a price for both. */
async function buildScript(name, entry) {
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints: { [name]: entry },
    outdir: 'dist',
    // Beside the entries: host.ts finds the wasm relative to its own file.
    chunkNames: 'chunk-[hash]',
    splitting: true,
    minify: true,
    write: false,
  });
  for (const { path, text } of outputFiles) {
    const [, hashbang = '', code] = text.match(/^(#!.*\n)?(.*)$/s);
    const required = code.includes('typeof require') ? REQUIRE : '';
    await writeFile(path, `${hashbang}${required}${code}`);
  }
  say(`dist/${name}.js`);
}

async function buildTests() {
  const files = readdirSync('tests').filter((name) => name.endsWith('.test.ts'));
  await esbuild.build({
    ...common,
    entryPoints: [...files, 'fuzz/run.ts', 'fuzz/worker.ts', 'onnx/backend.ts', 'bench/run.ts'].map((name) => `tests/${name}`),
    outbase: 'tests',
    outdir: 'build/tests',
    outExtension: { '.js': '.mjs' },
    packages: 'external',
    sourcemap: 'inline',
  });
  say(`build/tests: ${files.length} files`);
}

async function buildDeclarations() {
  await promisify(execFile)('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json']);
  say('dist/types');
}

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
for (const target of Object.keys(EXTRA_ENTRIES)) await buildWasm(target);
await buildScript('node', 'src/platform/node/index.ts');
await buildScript('node-worker', 'src/platform/node/worker.ts');
await buildScript('cli', 'src/cli/index.ts');
await chmod('dist/cli.js', 0o755);
await buildDeclarations();
if (flags.has('--tests')) {
  await rm('build/tests', { recursive: true, force: true });
  await buildTests();
}
