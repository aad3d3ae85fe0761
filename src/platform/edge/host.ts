// Edge runtimes: the caller gives compiled modules, which may be of another realm.
import { HetConvError } from '../../index.js';
import type { Host } from '../../runtime/host.js';
import { instantiate } from '../instantiate.js';
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
  instantiate,
  ...sourcesOf({ locate: locateAbsolute }),
  now: () => performance.now(),
};
