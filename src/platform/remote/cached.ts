// Files of the network, kept. What is kept is used without asking where its SHA-256 is given, and otherwise once the server has said that it
// is the newest, or cannot be asked.
import type { ReadOptions } from '../../runtime/host.js';
import { assertWithin } from '../bound.js';
import { checkIntegrity, sha256 } from '../integrity.js';
import { discard, lengthOf } from './answer.js';
import { openCacheStorage } from './cacheStorage.js';
import { readAnswer, request } from './http.js';
import { areSame, isOfOtherOrigin, type Validators, validatorsOf } from './validators.js';

export interface Kept extends Validators {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Where files are kept. It may refuse for any reason, and keep what it likes: nothing is believed without its SHA-256. */
export interface Store {
  get(key: string): Promise<Kept | undefined>;
  put(key: string, kept: Kept): Promise<void>;
}

/** The store of a name, or of the default name where it is true; undefined where the platform has none. */
export type OpenStore = (name: true | string) => Promise<Store | undefined>;

/** The bytes, whose SHA-256 is `expected` where that is given. Throws what fetching them throws, and nothing that a store throws. */
export async function readCached(
  url: URL,
  expected: string | undefined,
  options: ReadOptions,
  openStore: OpenStore = openCacheStorage,
): Promise<Uint8Array> {
  const store = await openStore(options.cache || true).catch(() => undefined);
  const key = `${url.href.split('#')[0]}${expected ? `#${expected}` : ''}`;
  const kept = await find(store, key, expected);
  options.signal?.throwIfAborted();
  const useKept = ({ bytes }: Kept) => {
    assertWithin(options.maxMemory, bytes.length, url.href);
    options.onProgress?.(bytes.length, bytes.length);
    return bytes;
  };
  if (kept && expected) return useKept(kept);

  const response = await request(url, options, kept && conditions(url, kept)).catch((error) => {
    options.signal?.throwIfAborted();
    if (!kept) throw error;
    return undefined;
  });
  if (kept && (!response || isNoNews(response, kept))) {
    if (response) discard(response);
    return useKept(kept);
  }
  const { bytes, headers } = await readAnswer(url, response!, options);
  if (expected) await checkIntegrity(bytes, expected, options);
  const validators = validatorsOf(headers);
  if (store && (expected || ((validators.etag || validators.lastModified) && isSurelyWhole(bytes, headers))))
    await store.put(key, { bytes, sha256: expected ?? (await sha256(bytes)), ...validators }).catch(() => {});
  return bytes;
}

/** What is kept under a key, unless something has happened to it. */
async function find(store: Store | undefined, key: string, expected: string | undefined): Promise<Kept | undefined> {
  try {
    const kept = await store?.get(key);
    return kept && (await sha256(kept.bytes)) === (expected ?? kept.sha256) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** A compressed answer that is cut short ends as if it were whole in Firefox. */
function isSurelyWhole({ length }: Uint8Array, headers: Headers): boolean {
  return !headers.has('content-encoding') && length >= (lengthOf(headers) ?? 0);
}

function conditions(url: URL, { etag, lastModified }: Kept): HeadersInit {
  // To another origin the browser would ask for leave to say so: the answer is compared instead.
  if (isOfOtherOrigin(url)) return {};
  return { ...(etag && { 'If-None-Match': etag }), ...(lastModified && { 'If-Modified-Since': lastModified }) };
}

/** Whether an answer says that what is kept is the newest, or nothing about it. */
function isNoNews(response: Response, kept: Kept): boolean {
  return response.status === 304 || response.status >= 500 || (response.ok && areSame(validatorsOf(response.headers), kept));
}
