// Anywhere: the kernels are in the script, in hexadecimal digits. Decoders of pictures would make it three times as large: the caller may
// give them.
import { HetConvError } from '../../index.js';
import type { BinaryName, Host } from '../../runtime/host.js';
import { instantiate } from '../instantiate.js';
import { once } from '../once.js';
import { page } from '../page.js';
import relaxed from './relaxed.wasm?hex';
import simd from './simd.wasm?hex';

const EMBEDDED: Partial<Record<BinaryName, string>> = { simd, relaxed };

async function compile(name: BinaryName): Promise<WebAssembly.Module> {
  const digits = EMBEDDED[name];
  if (digits === undefined) {
    throw new HetConvError(
      'unsupported-platform',
      `hetconv/inline decodes PNG only, not ${name}: give the picture as RGBA or ImageBitmap, loadModel codecs: { ${name}: the compiled hetconv/${name}.wasm }, or import another entry`,
    );
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return WebAssembly.compile(bytes);
}

export const host: Host = {
  module: once(compile),
  instantiate,
  ...page,
  now: () => performance.now(),
};
