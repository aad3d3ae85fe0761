// Anywhere: the kernels are in the script, deflated and in base64. Decoders of pictures would make it three times as large.
import { inflateSync } from 'fflate';
import { HetConvError } from '../../index.js';
import type { BinaryName, Host } from '../../runtime/host.js';
import { instantiateDirectly } from '../instantiateDirectly.js';
import { once } from '../once.js';
import { page } from '../page.js';
import relaxed from './relaxed.wasm?deflated';
import simd from './simd.wasm?deflated';

const EMBEDDED: Partial<Record<BinaryName, string>> = { simd, relaxed };

async function compile(name: BinaryName): Promise<WebAssembly.Module> {
  const text = EMBEDDED[name];
  if (text === undefined) {
    throw new HetConvError(
      'unsupported-platform',
      `hetconv/inline decodes PNG only, not ${name}: decode the picture to RGBA, or import another entry`,
    );
  }
  return WebAssembly.compile(inflateSync(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))));
}

export const host: Host = {
  module: once(compile),
  instantiate: instantiateDirectly,
  ...page,
  now: () => performance.now(),
};
