// Edge runtimes: the caller gives compiled modules, which may be of another realm.
import { HetConvError } from '../../index.js';
import type { Host } from '../../runtime/host.js';
import { locateAbsolute, sourcesOf } from '../sources.js';

export const host: Host = {
  module: async (name) => {
    const option = name === 'simd' || name === 'relaxed' ? 'module: the' : `codecs: { ${name}: the`;
    const end = option === 'module: the' ? '' : ' }';
    throw new HetConvError(
      'bad-option',
      `this platform cannot compile WebAssembly; give loadModel ${option} compiled hetconv/${name}.wasm${end}`,
    );
  },
  // The AssemblyScript loader asks `instanceof WebAssembly.Module`, and would compile what is of another realm.
  instantiate: async (module, imports) =>
    (await WebAssembly.instantiate(module, imports as unknown as WebAssembly.Imports)).exports,
  ...sourcesOf({ locate: locateAbsolute }),
  now: () => performance.now(),
};
