// What a cache holds, whatever platform it is of, for tests that count or damage it.
import { assert } from 'chai';
import type { TestContext } from './test.js';

interface Entry {
  readonly bytes: Uint8Array<ArrayBuffer>;
  replace(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** A name that no other test has. */
export const cacheName = () => `test-${Math.random().toString(36).slice(2)}`;

/** What a cache of this name holds: all files, or what is at these addresses, for not every cache can list its own. */
export async function entriesOf(
  { environment: { keptFiles } }: TestContext,
  name: string,
  addresses: readonly string[],
): Promise<Entry[]> {
  if (keptFiles) {
    const paths = (await keptFiles.list()).filter((path) => path.includes(name));
    return Promise.all(
      paths.map(async (path) => ({
        bytes: await keptFiles.read(path),
        replace: (bytes: Uint8Array) => keptFiles.write(path, bytes),
      })),
    );
  }
  assert.isDefined(globalThis.caches, 'neither files nor caches');
  const cache = await caches.open(name);
  const entries = addresses.map(async (address) => {
    const response = await cache.match(address);
    if (!response) return [];
    const { headers } = response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    return [{ bytes, replace: (bytes: Uint8Array<ArrayBuffer>) => cache.put(address, new Response(bytes, { headers })) }];
  });
  return (await Promise.all(entries)).flat();
}
