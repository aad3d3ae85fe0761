// Whether bytes are those that the caller expects.
import { HetConvError } from '../graph/error.js';

/** Throws `bad-file` for other bytes, `bad-option` for what is no SHA-256, `unsupported-platform` where nothing computes one. */
export async function checkIntegrity(bytes: Uint8Array, integrity: string): Promise<void> {
  const expected = parse(integrity);
  if (!globalThis.crypto?.subtle)
    throw new HetConvError('unsupported-platform', 'integrity needs crypto.subtle, which pages have over https only');
  const actual = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  if (actual.some((byte, i) => byte !== expected[i]))
    throw new HetConvError('bad-file', `the SHA-256 of the model is ${hex(actual)}, integrity says ${hex(expected)}`);
}

function parse(integrity: unknown): Uint8Array {
  const text = String(integrity);
  const pairs = text.match(/^[0-9a-f]{64}$/i)?.[0].match(/../g);
  if (pairs) return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
  const base64 = text.match(/^sha256-([A-Za-z0-9+/]{43}=)$/)?.[1];
  if (base64) return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  throw new HetConvError('bad-option', "integrity must be 'sha256-' and base64, or 64 hexadecimal digits");
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
