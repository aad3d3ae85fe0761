// Reading with a cache, or what has to have a certain SHA-256.
import type { ReadOptions } from '../runtime/host.js';
import { checkIntegrity, sha256Of } from './integrity.js';
import { type OpenStore, readCached } from './remote/cached.js';

/** The bytes that `readAnew` reads, from a cache where `place` is an address of the network and the options ask for it. */
export async function readChecked(
  place: URL | undefined,
  options: ReadOptions,
  openStore: OpenStore | undefined,
  readAnew: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const expected = options.integrity === undefined ? undefined : sha256Of(options.integrity);
  if (options.cache && place && /^https?:$/.test(place.protocol)) return readCached(place, expected, options, openStore);
  const bytes = await readAnew();
  if (expected) await checkIntegrity(bytes, expected);
  return bytes;
}
