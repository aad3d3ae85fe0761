// Binaries that the caller compiled, in place of those that the platform would find.
import type { Host } from '../runtime/host.js';
import type { Variant } from '../runtime/variants.js';
import type { LoadOptions } from './options.js';

/** A given module is of the variant asked for, of 'simd' where none is: nothing else can be tried. */
export function withGivenModules(
  host: Host,
  { module, codecs, variant = 'auto' }: LoadOptions,
): { host: Host; variant: Variant | 'auto' } {
  if (!module && !codecs) return { host, variant };
  const ofModule = module && variant === 'auto' ? 'simd' : variant;
  const given = { ...codecs, ...(module && { [ofModule]: module }) } as Record<string, WebAssembly.Module | undefined>;
  return { host: { ...host, module: async (name) => given[name] ?? host.module(name) }, variant: ofModule };
}
