// Node's host with the built binaries, for code that is bundled away from them.

import { host as nodeHost } from '../../src/platform/node/host.js';
import type { Host } from '../../src/runtime/host.js';
import { binaryOf } from './runGraph.js';

export const host: Host = {
  ...nodeHost,
  module: async (variant) => {
    const module = binaryOf(variant);
    if (!module) throw new Error(`this engine does not compile ${variant}.wasm`);
    return module;
  },
};
