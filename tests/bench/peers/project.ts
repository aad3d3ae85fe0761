// The scratch project that everything is timed in: the packed package, its peers beside it, and the guests that time them.
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inputOf, type PeerModel } from './models.js';

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

/** One of the tests' own modules, which find what they need beside their file. */
export const testModule = (path: string) => import(pathToFileURL(resolve('tests', path)).href);

/** Files of a model, by format, and the input that all compute from. */
export interface ModelFiles {
  readonly onnx: string;
  readonly tflite: string;
  readonly input: string;
}

export interface PeerProject {
  readonly root: string;
  /** Writes a model into a folder of the project, over the last one of that folder. */
  write(folder: string, model: PeerModel): Promise<ModelFiles>;
  /** Of the peers. */
  readonly versions: Readonly<Record<string, string>>;
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
  // LiteRT.js ships scripts, in a package of modules.
  cpSync(join(FOLDER, 'node_modules/@litertjs/core/wasm'), join(root, 'litert'), { recursive: true });
  writeFileSync(join(root, 'litert/package.json'), '{ "type": "commonjs" }');
  for (const [name, [entry, platform]] of Object.entries(BUNDLES)) await bundle(entry, join(root, name), platform);

  const own = (name: string) => import(pathToFileURL(join(root, name)).href);
  const [{ readLayers }, { writeTflite }] = await Promise.all([own('layers.mjs'), own('tflite.mjs')]);
  return {
    root,
    versions: Object.fromEntries(Object.entries(PACKAGES).map(([name, source]) => [name, pinned[source]])),
    async write(folder, { onnx, input }) {
      mkdirSync(join(root, folder), { recursive: true });
      const files = { onnx: 'model.onnx', tflite: 'model.tflite', input: 'input.bin' };
      const contents = { onnx, tflite: writeTflite(await readLayers(onnx)), input: inputOf(input) };
      for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(root, folder, files[name as 'onnx']), bytes);
      return {
        onnx: join(root, folder, files.onnx),
        tflite: join(root, folder, files.tflite),
        input: join(root, folder, files.input),
      };
    },
  };
}
