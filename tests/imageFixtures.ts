// The committed pictures and what Pillow says of them; see tests/fixtures/images/make_images.py.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

interface Expected {
  readonly decoded: Record<string, { readonly width: number; readonly height: number; readonly rgba: string }>;
  readonly resized: readonly {
    readonly name: string;
    readonly size: [number, number];
    readonly mode: 'bilinear' | 'nearest';
    readonly box: [number, number, number, number] | null;
    readonly rgb: string;
  }[];
}

/** Tests run at the root of the project. */
const FOLDER = join('tests', 'fixtures', 'images');

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER, name)));
}

export const expected: Expected = JSON.parse(gunzipSync(fixture('expected.json.gz')).toString());

export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** The largest difference of two byte arrays, infinite where their lengths differ. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}
