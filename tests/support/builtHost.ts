// Node's host with the built binaries, for code that is bundled away from them.
import { readFile } from 'node:fs/promises';
import { host as nodeHost } from '../../src/platform/node/host.js';
import type { Host } from '../../src/runtime/host.js';

export const host: Host = {
  ...nodeHost,
  module: async (name) => WebAssembly.compile(await readFile(`dist/${name}.wasm`)),
};
