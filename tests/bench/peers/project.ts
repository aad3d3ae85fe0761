// The scratch project that everything is timed in: the packed package, its peers beside it, and the guests that time them.
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { testModule } from '../../support/testModule.js';
import type { PeerModel } from './models.js';

const FOLDER = resolve('tests/bench/peers');
/** Their packages, by what they are called in contestants/index.mjs. */
const PACKAGES = {
  'LiteRT.js': '@litertjs/core',
  'onnxruntime-web': 'onnxruntime-web',
  'tfjs-wasm': '@tensorflow/tfjs-backend-wasm',
} as const;
/** What the guests import by these names. */
const BUNDLES = {
  'layers.mjs': ['tests/bench/peers/layers.ts', 'neutral'],
  'timing.mjs': ['tests/bench/peers/timing.ts', 'neutral'],
  'nodeClock.mjs': ['src/cli/nodeClock.ts', 'node'],
} as const;

/** How far a measurement is: `done` of `total` pieces, and the piece that it is at. */
export type OnProgress = (done: number, total: number, doing: string) => void;

/** Files of a model, by format, and the input that all compute from. */
export interface ModelFiles {
  readonly onnx: string;
  readonly tflite: string;
  readonly input: string;
}

export interface PeerProject {
  readonly root: string;
  /** The guest of workerd. */
  readonly worker: readonly WorkerModule[];
  /** Writes a model into a folder of the project, over the last one of that folder. */
  write(folder: string, model: PeerModel): Promise<ModelFiles>;
  /** Of the peers. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A module of a worker, as miniflare takes it. */
export interface WorkerModule {
  readonly type: 'ESModule' | 'CompiledWasm';
  readonly path: string;
}

/** In its place, as Wrangler does: what it imports inside, wasm as modules beside it. Gives all modules, its own first. */
async function bundleWorker(path: string): Promise<WorkerModule[]> {
  const { outputFiles } = await build({
    entryPoints: [path],
    outfile: path,
    absWorkingDir: dirname(path),
    write: false,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['workerd', 'import'],
    loader: { '.wasm': 'copy' },
    // The entry with its WebAssembly backend alone, as pages have it.
    alias: { 'onnxruntime-web': 'onnxruntime-web/wasm' },
    external: ['node:*'],
    logLevel: 'error',
  });
  for (const file of outputFiles) writeFileSync(file.path, file.contents);
  const own = { type: 'ESModule', path } as const;
  const others = outputFiles.filter((file) => file.path !== path);
  return [own, ...others.map((file) => ({ type: 'CompiledWasm', path: file.path }) as const)];
}

export async function makePeerProject(): Promise<PeerProject> {
  const { installPinned, pinnedOf } = await testModule('support/installPinned.mjs');
  const pinned = pinnedOf(`${FOLDER}/`);
  installPinned(`${FOLDER}/`, 'the peers, 250 MB,', ['--ignore-scripts']);
  const { bundle, installPackage } = await testModule('platform/project.mjs');
  const root: string = installPackage('hetconv-peers');
  for (const name of readdirSync(join(FOLDER, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(FOLDER, 'node_modules', name), join(root, 'node_modules', name));
  }
  for (const name of ['contestants', 'tflite.mjs']) cpSync(join(FOLDER, name), join(root, name), { recursive: true });
  cpSync(join(FOLDER, 'guests'), root, { recursive: true });
  cpSync(resolve('tests/platform/guests/endGuest.mjs'), join(root, 'endGuest.mjs'));
  // LiteRT.js ships scripts, in a package of modules.
  cpSync(join(FOLDER, 'node_modules/@litertjs/core/wasm'), join(root, 'litert'), { recursive: true });
  writeFileSync(join(root, 'litert/package.json'), '{ "type": "commonjs" }');
  for (const [name, [entry, platform]] of Object.entries(BUNDLES)) await bundle(entry, join(root, name), platform);
  const worker = await bundleWorker(join(root, 'workerd.mjs'));

  const own = (name: string) => import(pathToFileURL(join(root, name)).href);
  const [{ readLayers }, { writeTflite }] = await Promise.all([own('layers.mjs'), own('tflite.mjs')]);
  return {
    root,
    worker,
    versions: Object.fromEntries(Object.entries(PACKAGES).map(([name, source]) => [name, pinned[source]])),
    async write(folder, { onnx, input }) {
      mkdirSync(join(root, folder), { recursive: true });
      const files = { onnx: 'model.onnx', tflite: 'model.tflite', input: 'input.bin' };
      const contents = { onnx, tflite: writeTflite(await readLayers(onnx)), input: input.data };
      for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(root, folder, files[name as 'onnx']), bytes);
      return {
        onnx: join(root, folder, files.onnx),
        tflite: join(root, folder, files.tflite),
        input: join(root, folder, files.input),
      };
    },
  };
}
