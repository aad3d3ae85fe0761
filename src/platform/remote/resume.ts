// A download that broke goes on where it stopped if the server can say that the file is still the same, or else begins anew.
import type { ReadOptions } from '../../runtime/host.js';
import { checkAnswer, discard, exactLengthOf, lengthOf } from './answer.js';
import type { Body } from './body.js';
import { request } from './http.js';
import { areSame, isOfOtherOrigin, validatorsOf } from './validators.js';

/** Milliseconds before each new request; up to half less by chance, so that those who broke together do not return together. */
const WAITS = [250, 500, 1000, 2000];
/** Bytes beyond the furthest that earn a download all of its requests again. */
const PROGRESS = 2 ** 20;
/** Answers of servers that may do better later. */
const MAY_PASS = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Ends what `first` began in `body` and `cause` interrupted. Returns the answer whose headers go with all of the bytes. Throws `not-found`
 * where that fails time after time, and what else is wrong with an answer.
 */
export async function resume(
  url: URL,
  first: Response,
  body: Body,
  cause: Error | undefined,
  options: ReadOptions,
): Promise<Response> {
  /** The answer that began the bytes in `body`; undefined where they are not to be continued. */
  let begun: Response | undefined = first;
  for (let tries = 0; tries < WAITS.length; tries++) {
    await pause(WAITS[tries]! * (1 - Math.random() / 2), options.signal);
    const { loaded, furthest } = body;
    const range: HeadersInit | undefined = begun && rangeFrom(loaded, url, begun);
    const response: Response | undefined = await request(url, options, range).catch((error) => {
      options.signal?.throwIfAborted();
      cause = error;
      return undefined;
    });
    if (!response) continue;
    if (MAY_PASS.has(response.status)) {
      discard(response);
      cause = new Error(`then it answered ${response.status}`);
      continue;
    }
    if (response.status === 206 || response.status === 416) {
      if (!range || !begun || !continues(response, begun, loaded)) {
        discard(response);
        cause = new Error('its rest is of another file');
        begun = undefined;
        continue;
      }
    } else {
      checkAnswer(response);
      body.restart();
      begun = response;
    }
    cause = await body.receive(response, exactLengthOf(begun));
    if (!cause) return begun;
    if (body.furthest - furthest >= PROGRESS) tries = -1;
  }
  throw body.brokenBy(cause!);
}

/** Undefined where only the whole file can be asked for. */
function rangeFrom(loaded: number, url: URL, { headers }: Response): HeadersInit | undefined {
  // What has come of a compressed file is no part of what the server counts.
  if (loaded === 0 || headers.has('content-encoding') || headers.get('accept-ranges') === 'none') return undefined;
  const validator = strongValidator(headers);
  if (!validator) return undefined;
  // To another origin the browser would ask for leave to say If-Range; the answer is compared in any case.
  return { Range: `bytes=${loaded}-`, ...(!isOfOtherOrigin(url) && { 'If-Range': validator }) };
}

/** What says that a file is the same byte by byte: a strong ETag, or a time at least a second before the answer's. */
function strongValidator(headers: Headers): string | undefined {
  const etag = headers.get('etag');
  if (etag?.startsWith('"')) return etag;
  const modified = headers.get('last-modified');
  if (!modified) return undefined;
  const age = Date.parse(headers.get('date') ?? '') - Date.parse(modified);
  return age < 1000 ? undefined : modified;
}

/** Whether a 206 is what `begun` had from byte `loaded` on. */
function continues({ status, headers }: Response, begun: Response, loaded: number): boolean {
  if (status !== 206 || headers.has('content-encoding') || !areSame(validatorsOf(headers), validatorsOf(begun.headers)))
    return false;
  const total = lengthOf(begun.headers);
  const range = headers.get('content-range');
  // A page does not see the range in an answer of another origin.
  if (range === null) return total !== undefined && lengthOf(headers) === total - loaded;
  const [, from, size] = range.match(/^bytes (\d+)-\d+\/(\d+|\*)$/) ?? [];
  return Number(from) === loaded && (size === '*' || total === undefined || Number(size) === total);
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener('abort', end);
  });
}
