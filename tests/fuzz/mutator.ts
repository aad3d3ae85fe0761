// What a mutator is: one random change to a file, which may need a file of a certain kind to work on.
import type { Random } from './random.js';

/** Changes a copy of `file`; `other` is another file to borrow from. Undefined where it finds nothing to change. */
export type Mutator = (file: Uint8Array, random: Random, other: Uint8Array) => Uint8Array | undefined;

/** What grows beyond is not a damaged file: the fuzzer's own time and memory are not what it watches. */
export const MAX_BYTES = 2 ** 24;

/** Integers at which code goes wrong. */
export const HOSTILE_INTEGERS: readonly bigint[] = [
  0n,
  1n,
  -1n,
  2n,
  7n,
  127n,
  128n,
  255n,
  65535n,
  65536n,
  100_000n,
  10n ** 9n,
  2n ** 30n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
