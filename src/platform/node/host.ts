// Node: binaries and models from the file system, models from http(s) too.
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { instantiateSync } from '@assemblyscript/loader';
import { HetConvError } from '../../index.js';
import type { Exports, Host, Imports, ReadOptions, Source } from '../../runtime/host.js';

const CODEC_FILES = { jpeg: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm', webp: '@jsquash/webp/codec/dec/webp_dec.wasm' } as const;

const modules = new Map<string, Promise<WebAssembly.Module>>();

/** Compiles a file once; a failure is forgotten, so that a later call tries again. */
function compile(file: () => string | URL): Promise<WebAssembly.Module> {
  const key = String(file());
  let module = modules.get(key);
  if (!module) {
    module = readFile(file()).then((bytes) => WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>));
    module.catch(() => modules.delete(key));
    modules.set(key, module);
  }
  return module;
}

/** Not the loader's `instantiate`, which asks for a Response and so makes Node load its HTTP client. */
async function instantiateWithLoader(module: WebAssembly.Module, imports: Imports): Promise<Exports> {
  return instantiateSync(module, imports as unknown as Parameters<typeof instantiateSync>[1]).instance.exports;
}

async function read(source: Source, options: ReadOptions): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const url = urlOf(source);
  if (!url) {
    // Asking for Response makes Node load its HTTP client, so strings are not asked.
    if (typeof source !== 'string' && source instanceof Response) {
      return (await import('../readResponse.js')).readResponse(source, options);
    }
    return readLocalFile(String(source), options);
  }
  if (url.protocol === 'file:') return readLocalFile(fileURLToPath(url), options);
  return (await import('../readResponse.js')).fetchBytes(url, options);
}

/** The address that a source is; undefined for bytes and plain paths. */
function urlOf(source: Source): URL | undefined {
  if (source instanceof URL) return source;
  return typeof source === 'string' && /^(https?|file):/.test(source) ? new URL(source) : undefined;
}

function sibling(source: Source) {
  const base = urlOf(source) ?? (typeof source === 'string' ? pathToFileURL(source) : undefined);
  return base && ((path: string) => read(new URL(path.split('/').map(encodeURIComponent).join('/'), base), {}));
}

async function readLocalFile(path: string, options: ReadOptions): Promise<Uint8Array> {
  try {
    if ((await stat(path)).isDirectory()) throw new HetConvError('bad-file', `"${path}" is a directory; name a file in it`);
    const bytes = await readFile(path, options.signal ? { signal: options.signal } : {});
    options.onProgress?.(bytes.length, bytes.length);
    return bytes;
  } catch (cause) {
    if (cause instanceof HetConvError || options.signal?.aborted) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new HetConvError('not-found', `there is no file "${path}"`, { cause });
    throw new HetConvError('bad-file', `cannot read "${path}": ${(cause as Error).message}`, { cause });
  }
}

export const host: Host = {
  module: (variant) => compile(() => new URL(`./${variant}.wasm`, import.meta.url)),
  instantiate: instantiateWithLoader,
  codec: (name) => compile(() => createRequire(import.meta.url).resolve(CODEC_FILES[name])),
  read,
  sibling,
  workers: { start: async () => (await import('./workers.js')).startWorker(), address: String },
  now: () => performance.now(),
};
