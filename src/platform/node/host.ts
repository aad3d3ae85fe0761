// Node, Deno and Bun: binaries and models from the file system, models from http(s) too.
import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { instantiateSync } from '@assemblyscript/loader';
import { HetConvError } from '../../index.js';
import type { Exports, Host, Imports, ReadOptions } from '../../runtime/host.js';
import { assertWithin } from '../bound.js';
import { once } from '../once.js';
import { sourcesOf } from '../sources.js';

/** A scheme has two letters or more: C: is a drive. */
function locate(text: string): URL {
  return /^[a-z][a-z0-9+.-]+:/i.test(text) && URL.canParse(text) ? new URL(text) : pathToFileURL(text);
}

/** Not the loader's `instantiate`, which asks for a Response and so makes Node load its HTTP client. */
async function instantiate(module: WebAssembly.Module, imports: Imports): Promise<Exports> {
  return instantiateSync(module, imports as unknown as Parameters<typeof instantiateSync>[1]).instance.exports;
}

async function readLocalFile(url: URL, name: string, options: ReadOptions): Promise<Uint8Array> {
  try {
    const about = await stat(url);
    if (about.isDirectory()) throw new HetConvError('bad-file', `"${name}" is a directory; name a file in it`);
    assertWithin(options.maxMemory, about.size, `"${name}"`);
    const bytes = await readFile(url, options.signal ? { signal: options.signal } : {});
    options.onProgress?.(bytes.length, bytes.length);
    return bytes;
  } catch (cause) {
    if (cause instanceof HetConvError) throw cause;
    options.signal?.throwIfAborted();
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new HetConvError('not-found', `there is no file "${name}"`, { cause });
    throw new HetConvError('bad-file', `cannot read "${name}": ${(cause as Error).message}`, { cause });
  }
}

export const host: Host = {
  module: once(async (name) => {
    const url = new URL(`./${name}.wasm`, import.meta.url);
    const bytes = await readLocalFile(url, url.href, {});
    return WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  }),
  instantiate,
  ...sourcesOf({ locate, readFile: readLocalFile, openStore: async (name) => (await import('./store.js')).openStore(name) }),
  workers: { start: async () => (await import('./workers.js')).startWorker(), address: String },
  now: () => performance.now(),
};
