// Random damage to a file, reproducible from its seed.

/** xorshift32; `next(n)` is an integer in [0, n). */
export function randomSource(seed: number): (limit: number) => number {
  let state = seed * 2654435761 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const INTERESTING = [0, 1, 0x22, 0x2d, 0x39, 0x5b, 0x7b, 0x7f, 0x80, 0xff];

/** One to four bit flips, overwritten bytes, removed, duplicated or moved slices. */
export function damaged(file: Uint8Array, seed: number): Uint8Array {
  const next = randomSource(seed);
  let bytes: Uint8Array = file.slice();
  for (let i = next(4) + 1; i > 0 && bytes.length > 0; i--) {
    const at = next(bytes.length);
    const length = Math.min(next(16) + 1, bytes.length - at);
    switch (next(5)) {
      case 0:
        bytes[at]! ^= 1 << next(8);
        break;
      case 1:
        bytes[at] = INTERESTING[next(INTERESTING.length)]!;
        break;
      case 2:
        bytes = concat(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 3:
        bytes = concat(bytes.subarray(0, at + length), bytes.subarray(at));
        break;
      default:
        bytes.copyWithin(next(bytes.length), at, at + length);
    }
  }
  return bytes;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}
