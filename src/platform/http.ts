// What HTTP answers, with progress, and with a sentence where it is not a model.
import { HetConvError } from '../index.js';
import type { ReadOptions } from '../runtime/host.js';

/** Throws `not-found` where nothing answers, or an HTTP error does. */
export async function fetchBytes(url: URL, options: ReadOptions): Promise<Uint8Array> {
  const response = await fetch(url, options.signal ? { signal: options.signal } : {}).catch((cause) => {
    options.signal?.throwIfAborted();
    throw new HetConvError('not-found', `cannot reach ${url.href}: ${cause.cause?.message ?? cause.message}`, { cause });
  });
  return readResponse(response, options);
}

/** Throws `not-found` on an HTTP error. */
export async function readResponse(response: Response, { onProgress }: ReadOptions): Promise<Uint8Array> {
  if (!response.ok)
    throw new HetConvError('not-found', `${response.url || 'the response'} answered ${response.status} ${response.statusText}`);
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const length = Number(response.headers.get('content-length'));
  const total = length > 0 ? length : undefined;
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    loaded += value.length;
    onProgress?.(loaded, total);
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
