// From a source to its bytes, by rules that all platforms share; a platform says what a name without a scheme means.
import { HetConvError } from '../index.js';
import type { Host, ReadOptions, Source } from '../runtime/host.js';
import type { OpenStore } from './remote/cached.js';
import { fetchBytes, readResponse } from './remote/http.js';

export interface Places {
  /** The address that a user typed. Throws `bad-option` where it is none. */
  locate(text: string): URL;
  /** Reads a file; absent where there are none. `name` is what the user called it. */
  readFile?(url: URL, name: string, options: ReadOptions): Promise<Uint8Array>;
  /** Where files from elsewhere are kept; the Cache API if absent. */
  openStore?: OpenStore;
}

export function sourcesOf(places: Places): Pick<Host, 'read' | 'sibling'> {
  function locate(source: URL | string): URL {
    if (typeof source === 'string') return places.locate(source);
    if (isOf('URL', source)) return source;
    const kind = source === null ? 'null' : typeof source;
    throw new HetConvError('bad-option', `a model comes as an address, a Response or bytes; what was given is ${kind}`);
  }

  async function read(source: Source, options: ReadOptions): Promise<Uint8Array> {
    options.signal?.throwIfAborted();
    const place = isBytes(source) || isResponse(source) ? undefined : locate(source);
    const readAnew = async () => {
      if (isBytes(source)) return bytesOf(source);
      if (isResponse(source)) return readResponse(source, options);
      if (place!.protocol === 'file:' && places.readFile) return places.readFile(place!, String(source), options);
      return fetchBytes(place!, options);
    };
    if (!options.cache && options.integrity === undefined) return readAnew();
    return (await import('./checked.js')).readChecked(place, options, places.openStore, readAnew, read);
  }

  return {
    read,
    sibling(source, { integrity: _, ...options }) {
      if (isBytes(source) || isResponse(source)) return undefined;
      const base = locate(source);
      return (path) => read(new URL(path.split('/').map(encodeURIComponent).join('/'), base), options);
    },
  };
}

/** An address in a place that has neither files nor a page. */
export function locateAbsolute(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new HetConvError(
    'bad-option',
    `"${text.slice(0, 200)}" is no absolute URL, and there are no files here; give a URL or bytes`,
  );
}

/** `instanceof`, which fails for values of another realm. */
function isOf(name: string, value: unknown): boolean {
  return Object.prototype.toString.call(value) === `[object ${name}]`;
}

function isBytes(source: Source): source is Uint8Array | ArrayBuffer {
  return ArrayBuffer.isView(source) || isOf('ArrayBuffer', source);
}

function bytesOf(source: Uint8Array | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function isResponse(source: Source): source is Response {
  return isOf('Response', source);
}
