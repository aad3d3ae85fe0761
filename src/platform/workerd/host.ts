// workerd: no code is generated at run time, so the binaries are imported as modules.
import type { Host } from '../../runtime/host.js';
import { instantiate } from '../instantiate.js';
import { locateAbsolute, sourcesOf } from '../sources.js';
import { binaries } from './binaries.js';

export const host: Host = {
  module: async (name) => (await binaries[name]()).default,
  instantiate,
  ...sourcesOf({ locate: locateAbsolute }),
  now: () => performance.now(),
};
