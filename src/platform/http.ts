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

/** Throws `not-found` on an HTTP error, on a page in place of a file and where the connection breaks, `bad-option` where the body was read before. */
export async function readResponse(response: Response, options: ReadOptions): Promise<Uint8Array> {
  if (!response.ok) throw new HetConvError('not-found', `${nameOf(response)} answered ${response.status} ${response.statusText}`);
  if (response.bodyUsed)
    throw new HetConvError('bad-option', 'the Response has been read before; fetch it anew, or give its bytes');
  if (response.headers.get('content-type')?.startsWith('text/html'))
    throw new HetConvError('not-found', `${nameOf(response)} is a web page, not a model; check the address`);
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const chunks = await readChunks(response, response.body.getReader(), options);
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

async function readChunks(
  response: Response,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { onProgress, signal }: ReadOptions,
): Promise<Uint8Array[]> {
  const total = totalOf(response);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  const broken = (cause: Error) => {
    signal?.throwIfAborted();
    const message = `the connection of ${nameOf(response)} broke after ${loaded} bytes: ${cause.message}; try again`;
    throw new HetConvError('not-found', message, { cause });
  };
  // Frees the connection; a caller's own Response knows nothing of the signal.
  const cancel = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener('abort', cancel);
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(broken);
      signal?.throwIfAborted();
      if (done) return chunks;
      chunks.push(value);
      loaded += value.length;
      onProgress?.(loaded, total && loaded <= total ? total : undefined);
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
    cancel();
  }
}

/** Bytes of the body; undefined where the answer does not say, or tells how many they are when compressed. */
function totalOf({ headers }: Response): number | undefined {
  return headers.has('content-encoding') ? undefined : Number(headers.get('content-length')) || undefined;
}

function nameOf({ url }: Response): string {
  return url || 'the response';
}
