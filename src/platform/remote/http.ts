// Files from http(s) addresses, and from Responses that the caller got.
import { HetConvError } from '../../graph/error.js';
import type { ReadOptions } from '../../runtime/host.js';
import { checkAnswer, exactLengthOf, nameOf } from './answer.js';
import { Body } from './body.js';

/** Throws `not-found` where nothing answers, or an HTTP error does, `too-large` beyond maxMemory. */
export async function fetchBytes(url: URL, options: ReadOptions): Promise<Uint8Array> {
  return (await readAnswer(url, await request(url, options), options)).bytes;
}

/** Throws `not-found` where nothing answers. */
export async function request(url: URL, { signal }: ReadOptions, headers: HeadersInit = {}): Promise<Response> {
  return fetch(url, { headers, ...(signal && { signal }) }).catch((cause) => {
    signal?.throwIfAborted();
    throw new HetConvError('not-found', `cannot reach ${url.href}: ${cause.cause?.message ?? cause.message}`, { cause });
  });
}

/** All of what an answer begins, however often the connection breaks, and the headers that go with it. */
export async function readAnswer(
  url: URL,
  response: Response,
  options: ReadOptions,
): Promise<{ bytes: Uint8Array; headers: Headers }> {
  checkAnswer(response);
  const body = new Body(url.href, options);
  const broken = await body.receive(response, exactLengthOf(response));
  const { headers } = broken ? await (await import('./resume.js')).resume(url, response, body, broken, options) : response;
  return { bytes: body.bytes(), headers };
}

/** Throws what `checkAnswer` does, `not-found` where the connection breaks, `bad-option` where the body was read before. */
export async function readResponse(response: Response, options: ReadOptions): Promise<Uint8Array> {
  checkAnswer(response);
  if (response.bodyUsed)
    throw new HetConvError('bad-option', 'the Response has been read before; fetch it anew, or give its bytes');
  const body = new Body(nameOf(response), options);
  const broken = await body.receive(response);
  if (broken) throw body.brokenBy(broken);
  return body.bytes();
}
