// Reading with a cache, or what has to have a certain SHA-256.
import type { ReadOptions } from '../runtime/host.js';
import { checkIntegrity, sha256Of } from './integrity.js';
import { type OpenStore, readCached } from './remote/cached.js';

/**
 * The bytes that `readAnew` reads, from a cache where `place` is an address of the network and the options ask for it. `read` reads other
 * places, as options say.
 */
export async function readChecked(
  place: URL | undefined,
  options: ReadOptions,
  openStore: OpenStore | undefined,
  readAnew: () => Promise<Uint8Array>,
  read: (place: URL, options: ReadOptions) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const expected = await expectedOf(place, options, read);
  if (options.cache && place && /^https?:$/.test(place.protocol)) return readCached(place, expected, options, openStore);
  const bytes = await readAnew();
  if (expected) await checkIntegrity(bytes, expected, options);
  return bytes;
}

/** The SHA-256 that the options ask for, if they do. */
async function expectedOf(
  place: URL | undefined,
  { integrity, onProgress: _, ...options }: ReadOptions,
  read: (place: URL, options: ReadOptions) => Promise<Uint8Array>,
): Promise<string | undefined> {
  if (integrity === undefined) return undefined;
  if (integrity !== 'card') return sha256Of(integrity);
  return (await import('./card.js')).sha256OfCard(place, (card) => read(card, options));
}
