// Files in the Cache API of browsers, Deno and workerd.
import type { Kept, OpenStore } from './cached.js';

export const openCacheStorage: OpenStore = async (name) => {
  // Pages have it over https only.
  const cache = await globalThis.caches?.open(name === true ? 'hetconv' : name);
  return (
    cache && {
      async get(key) {
        const response = await cache.match(addressOf(key));
        return response && keptIn(response);
      },
      async put(key, { bytes, sha256, etag, lastModified }) {
        const headers = new Headers({
          'Content-Type': 'application/octet-stream',
          // Some keep only what may be, for as long as this says.
          'Cache-Control': 'max-age=31536000, immutable',
          [SHA256]: sha256,
        });
        if (etag) headers.set('ETag', etag);
        if (lastModified) headers.set('Last-Modified', lastModified);
        await cache.put(addressOf(key), new Response(bytes as Uint8Array<ArrayBuffer>, { headers }));
      },
    }
  );
};

const SHA256 = 'hetconv-sha256';

/** Caches forget what is behind a #. */
function addressOf(key: string): string {
  const url = new URL(key);
  if (url.hash) url.searchParams.set(SHA256, url.hash.slice(1));
  return url.href;
}

async function keptIn(response: Response): Promise<Kept> {
  const header = (name: string) => response.headers.get(name) ?? undefined;
  return {
    bytes: new Uint8Array(await response.arrayBuffer()),
    sha256: header(SHA256) ?? '',
    etag: header('ETag'),
    lastModified: header('Last-Modified'),
  };
}
