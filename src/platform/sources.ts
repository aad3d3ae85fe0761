// From a source to its bytes, by rules that all platforms share; a platform says what a name without a scheme means.
import { HetConvError } from '../index.js';
import type { Host, ReadOptions, Source } from '../runtime/host.js';

export interface Places {
  /** The address that a user typed. Throws `bad-option` where it is none. */
  locate(text: string): URL;
  /** Reads a file; absent where there are none. `name` is what the user called it. */
  readFile?(url: URL, name: string, options: ReadOptions): Promise<Uint8Array>;
}

export function sourcesOf(places: Places): Pick<Host, 'read' | 'sibling'> {
  const locate = (source: URL | string) => (typeof source === 'string' ? places.locate(source) : source);

  async function read(source: Source, options: ReadOptions): Promise<Uint8Array> {
    options.signal?.throwIfAborted();
    if (isBytes(source)) return bytesOf(source);
    const { fetchBytes, readResponse } = await import('./http.js');
    if (isResponse(source)) return readResponse(source, options);
    const url = locate(source);
    if (url.protocol === 'file:' && places.readFile) return places.readFile(url, String(source), options);
    return fetchBytes(url, options);
  }

  return {
    read,
    sibling: (source) => {
      if (isBytes(source) || isResponse(source)) return undefined;
      const base = locate(source);
      return (path) => read(new URL(path.split('/').map(encodeURIComponent).join('/'), base), {});
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

// Values of another realm fail `instanceof`.

function isBytes(source: Source): source is Uint8Array | ArrayBuffer {
  return ArrayBuffer.isView(source) || Object.prototype.toString.call(source) === '[object ArrayBuffer]';
}

function bytesOf(source: Uint8Array | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function isResponse(source: Source): source is Response {
  return Object.prototype.toString.call(source) === '[object Response]';
}
