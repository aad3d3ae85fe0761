// The one build: asc makes dist/{simd,relaxed}.wasm, esbuild the entries beside them, tsc the declarations.
//   node build.mjs [--tests] [--demo] [--quiet]

import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { promisify } from 'node:util';
import asc from 'assemblyscript/asc';
import * as esbuild from 'esbuild';
import { buildDemo, FOLDER as DEMO_FOLDER } from './demo/build.mjs';
import { licensesOf, packagesIn } from './licenses.mjs';

const flags = new Set(process.argv.slice(2));
const say = (text) => flags.has('--quiet') || console.log(text);

/** Entry files beyond asconfig.json's, by target. */
const EXTRA_ENTRIES = { simd: [], relaxed: ['assembly/relaxed.ts'] };

async function buildWasm(target) {
  const { error, stderr } = await asc.main([...EXTRA_ENTRIES[target], '--config', 'asconfig.json', '--target', target]);
  if (error) throw new Error(`asc --target ${target}: ${error.message}\n${stderr}`);
  say(`dist/${target}.wasm`);
}

const common = { bundle: true, format: 'esm', target: 'es2022', charset: 'utf8', logLevel: 'warning' };

/** Beside the entries, which find the binaries relative to their own file. */
const distributed = { ...common, outdir: 'dist', chunkNames: 'chunk-[hash]', minify: true, write: false, metafile: true };

/** The entries that share what is free of any platform. What only Node has stays imported, from there. */
const PLATFORMS = ['node', 'browser', 'edge'];
const anyPlatform = {
  ...distributed,
  platform: 'neutral',
  mainFields: ['module', 'main'],
  conditions: ['import'],
  external: ['node:*', '*.wasm'],
};

/** `*.wasm?hex` is the binary in dist in hexadecimal digits: compression finds what two binaries share, which it cannot in base64. */
const hexadecimal = {
  name: 'hexadecimal',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm\?hex$/ }, ({ path }) => ({ path: basename(path, '?hex'), namespace: 'hex' }));
    onLoad({ filter: /./, namespace: 'hex' }, async ({ path }) => ({
      contents: await readFile(`dist/${path}`, 'hex'),
      loader: 'text',
    }));
  },
};

/**
 * The glue of the codecs is given compiled modules: that it could find its wasm itself only misleads bundlers. It brings an ImageData to
 * the platforms that it knows to have none; others have none either.
 */
const codecGlue = {
  name: 'codec glue',
  setup({ onLoad }) {
    onLoad({ filter: /@jsquash\/\w+\/codec\/dec\/\w+\.js$/ }, async ({ path }) => {
      const contents = (await readFile(path, 'utf8'))
        .replace('if(isRunningInCloudFlareWorkers||isRunningInNode){', '{')
        .replace(/if\(import\.meta\.url===undefined\)\{[^}]*\}/, '')
        .replace(/new URL\(("\w+\.wasm"),import\.meta\.url\)\.href/, '$1')
        .replace('var _scriptDir = import.meta.url;', 'var _scriptDir;');
      if (contents.includes('import.meta')) throw new Error(`${path} has another use of import.meta`);
      return { contents };
    });
  },
};

/**
 * Modules of src that files of src/platform/workerd stand for, by that file. workerd parses all of a bundle before its first request,
 * whether it runs or not: what no worker needs would be in its way, and an entry for converted models and pixels alone starts in half the time.
 */
const LEFT_OUT = { leftOut: ['api/workerModel', 'formats/stateDict'] };
const LEFT_OUT_NATIVE = {
  ...LEFT_OUT,
  leftOutNative: [
    'formats/onnx/export/index',
    'formats/onnx/index',
    'image/decode',
    'passes/canonicalise',
    'platform/workerd/binaries',
    'runtime/tuning',
  ],
};

const standIns = (leftOut) => ({
  name: 'stand-ins',
  setup({ onLoad }) {
    for (const [file, modules] of Object.entries(leftOut)) {
      onLoad({ filter: new RegExp(`/src/(${modules.join('|')})\\.ts$`) }, () => ({
        contents: `export * from './${file}.js';`,
        resolveDir: resolve('src/platform/workerd'),
      }));
    }
  },
});

/** Apart from the others, whose core would be evaluated with the entry. */
async function buildWorkerd() {
  const entryPoints = { workerd: 'src/platform/workerd/index.ts' };
  await writeScripts({ ...anyPlatform, entryPoints, splitting: true, plugins: [codecGlue, standIns(LEFT_OUT)] });
}

async function buildWorkerdNative() {
  const entryPoints = { 'workerd-native': 'src/platform/workerd/index.ts' };
  await writeScripts({ ...anyPlatform, entryPoints, plugins: [standIns(LEFT_OUT_NATIVE)] });
}

/** What entries import at once, whatever the platform. */
const CORE = ['index', 'platform/once', 'platform/sources', 'platform/instantiate'];

/**
 * Makes one chunk of the core. esbuild cuts chunks wherever two files are reached from other sets of entries and of what they import
 * later; so all of these `roots` reach all of the core.
 */
const oneCore = (roots) => ({
  name: 'one core',
  setup({ onLoad }) {
    const imports = CORE.map((name) => `\nimport '${resolve('src', name)}.ts';`).join('');
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      return roots.has(path) ? { contents: `${await readFile(path, 'utf8')}${imports}`, loader: 'ts' } : undefined;
    });
  },
});

async function buildPlatforms() {
  const entryPoints = Object.fromEntries(PLATFORMS.map((name) => [name, `src/platform/${name}/index.ts`]));
  entryPoints['node-worker'] = 'src/platform/node/worker.ts';
  const options = { ...anyPlatform, entryPoints, splitting: true };
  const { metafile } = await esbuild.build({ ...options, plugins: [codecGlue] });
  const roots = Object.values(metafile.outputs).map(({ entryPoint = '' }) => resolve(entryPoint));
  // That the core has no side effects is no reason to tell of imports for nothing but their reach.
  const logOverride = { 'ignored-bare-import': 'silent' };
  await writeScripts({ ...options, plugins: [codecGlue, oneCore(new Set(roots))], logOverride });
}

/** One file: bundlers make workers of such without being told how. */
async function buildBrowserWorker() {
  const entryPoints = { 'browser-worker': 'src/platform/browser/worker.ts' };
  await writeScripts({ ...anyPlatform, entryPoints, plugins: [codecGlue] });
}

async function buildInline() {
  const entryPoints = { inline: 'src/platform/inline/index.ts' };
  await writeScripts({ ...anyPlatform, entryPoints, plugins: [codecGlue, hexadecimal] });
}

/** On its own: chunks that it shared with the entries would be cut smaller, at a price for both. */
async function buildCommand() {
  await writeScripts({
    ...distributed,
    entryPoints: { cli: 'src/cli/index.ts' },
    splitting: true,
    platform: 'node',
    target: 'node20',
    plugins: [codecGlue],
  });
  await chmod('dist/cli.js', 0o755);
}

/** Bundled CommonJS libraries of the command line call require() for Node's own modules. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Folders of the packages that are in what writeScripts wrote. */
const bundled = new Set();

async function writeScripts(options) {
  const { outputFiles, metafile } = await esbuild.build(options);
  for (const folder of packagesIn(metafile)) bundled.add(folder);
  for (const { path, text } of outputFiles) {
    const [, hashbang = '', code] = text.match(/^(#!.*\n)?(.*)$/s);
    const required = code.includes('typeof require') ? REQUIRE : '';
    await writeFile(path, `${hashbang}${required}${code}`);
  }
  for (const name of Object.keys(options.entryPoints)) say(`dist/${name}.js`);
}

/** The decoders of pictures, under the names of src/runtime/host.ts. */
async function copyCodecs() {
  await copyFile('node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm', 'dist/jpeg.wasm');
  await copyFile('node_modules/@jsquash/webp/codec/dec/webp_dec.wasm', 'dist/webp.wasm');
}

/** What runs beside the tests themselves. */
const TEST_PROGRAMS = [
  'fuzz/run.ts',
  'fuzz/worker.ts',
  'onnx/backend.ts',
  'bench/run.ts',
  'bench/flops.ts',
  'bench/peers/run.ts',
  'bench/planCheck.ts',
  'bench/startUp.ts',
  'bench/zoo.ts',
  'soak/run.ts',
];

async function writeLicenses() {
  await writeFile('dist/THIRD-PARTY-LICENSES.txt', await licensesOf(bundled));
  say('dist/THIRD-PARTY-LICENSES.txt');
}

async function buildTests() {
  const files = readdirSync('tests').filter((name) => name.endsWith('.test.ts'));
  await esbuild.build({
    ...common,
    platform: 'node',
    target: 'node20',
    entryPoints: [...files, ...TEST_PROGRAMS].map((name) => `tests/${name}`),
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
  await copyFile('src/platform/wasm.d.ts', 'dist/types/wasm.d.ts');
  say('dist/types');
}

await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
for (const target of Object.keys(EXTRA_ENTRIES)) await buildWasm(target);
await copyCodecs();
await buildPlatforms();
await buildWorkerd();
await buildBrowserWorker();
await buildWorkerdNative();
await buildInline();
await buildCommand();
await writeLicenses();
await buildDeclarations();
if (flags.has('--tests')) {
  await rm('build/tests', { recursive: true, force: true });
  await buildTests();
}
if (flags.has('--demo')) {
  await buildDemo({ ...anyPlatform, plugins: [codecGlue] });
  say(DEMO_FOLDER);
}
