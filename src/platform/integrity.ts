// Whether bytes are those that the caller expects.
import { HetConvError } from '../graph/error.js';
import type { ReadOptions } from '../runtime/host.js';

/** The SHA-256, in hexadecimal digits, that `integrity` writes in one of its ways. Throws `bad-option` for what is none. */
export function sha256Of(integrity: unknown): string {
  const text = String(integrity);
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  const base64 = text.match(/^sha256-([A-Za-z0-9+/]{43}=)$/)?.[1];
  if (base64) return hex(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
  throw new HetConvError('bad-option', "integrity must be 'sha256-' and base64, 64 hexadecimal digits, or 'card'");
}

/** Throws `unsupported-platform` where nothing computes one. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (!globalThis.crypto?.subtle)
    throw new HetConvError('unsupported-platform', 'integrity needs crypto.subtle, which pages have over https only');
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
}

/** Throws `bad-file` for other bytes than those of this SHA-256, which the options ask for. */
export async function checkIntegrity(bytes: Uint8Array, expected: string, { integrity }: ReadOptions): Promise<void> {
  const actual = await sha256(bytes);
  if (actual === expected) return;
  const who = integrity === 'card' ? 'its card' : 'integrity';
  throw new HetConvError('bad-file', `the SHA-256 of the model is ${actual}, ${who} says ${expected}`);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
