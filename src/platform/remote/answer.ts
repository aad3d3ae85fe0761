// What the head of an HTTP answer tells: whether it is a file at all, and of how many bytes.
import { HetConvError } from '../../graph/error.js';

/** Throws `not-found` on an HTTP error and on a page in place of a file. */
export function checkAnswer(response: Response): void {
  const problem = !response.ok
    ? `answered ${response.status} ${response.statusText}`
    : response.headers.get('content-type')?.startsWith('text/html') && 'is a web page, not a model; check the address';
  if (!problem) return;
  discard(response);
  throw new HetConvError('not-found', `${nameOf(response)} ${problem}`);
}

export function nameOf({ url }: Response): string {
  return url || 'the response';
}

/** Frees the connection of an answer that nobody reads. */
export function discard({ body }: Response): void {
  body?.cancel().catch(() => {});
}

/** Bytes of the body; undefined where the answer does not say, or tells how many they are when compressed. */
export function lengthOf(headers: Headers): number | undefined {
  return headers.has('content-encoding') ? undefined : Number(headers.get('content-length')) || undefined;
}

/** The same, and undefined too where a page does not see whether the body was compressed. */
export function exactLengthOf({ type, headers }: Response): number | undefined {
  return type === 'cors' ? undefined : lengthOf(headers);
}
