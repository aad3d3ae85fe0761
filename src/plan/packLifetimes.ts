// Memory planning by lifetimes: storages that never live at the same time may share bytes.

export interface Storage {
  readonly bytes: number;
  /** First and last time at which it holds something of use, inclusive. */
  readonly from: number;
  readonly to: number;
}

export interface Packing {
  /** Byte offset of each storage. */
  readonly offsets: readonly number[];
  readonly bytes: number;
  /** Whether other storages have bytes of this one too. */
  readonly shared: readonly boolean[];
  /** The largest sum of bytes that live at one time: no packing can be smaller. */
  readonly largestLiveSet: number;
}

const ALIGNMENT = 64;
const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** What comes first, the largest first, in the orders that are tried. */
const KEYS: readonly ((storage: Storage) => number)[] = [
  ({ bytes }) => bytes,
  ({ from }) => -from,
  ({ bytes, from, to }) => bytes * (to - from + 1),
];

/** The best of three greedy first-fit orders, or the first that needs the least possible; `gap` bytes are kept free behind each storage. */
export function packLifetimes(storages: readonly Storage[], gap = 0): Packing {
  const least = largestLiveSet(storages);
  let best: Offsets | undefined;
  for (const key of KEYS) {
    const packing = firstFit(
      storages,
      inOrder(storages, (i) => -key(storages[i]!)),
      gap,
    );
    if (!best || packing.bytes < best.bytes) best = packing;
    if (best.bytes === least) break;
  }
  return { ...best!, shared: sharedOf(storages, best!.offsets), largestLiveSet: least };
}

type Offsets = Pick<Packing, 'offsets' | 'bytes'>;

/** Indices of the storages by a key, ascending. */
function inOrder(storages: readonly Storage[], key: (i: number) => number): number[] {
  return storages.map((_, i) => i).sort((a, b) => key(a) - key(b));
}

function firstFit(storages: readonly Storage[], order: readonly number[], gap: number): Offsets {
  const offsets = new Array<number>(storages.length);
  const placed: number[] = [];
  let total = 0;
  for (const i of order) {
    const storage = storages[i]!;
    const size = aligned(storage.bytes + gap);
    const neighbours = placed
      .filter((j) => storages[j]!.from <= storage.to && storage.from <= storages[j]!.to)
      .sort((a, b) => offsets[a]! - offsets[b]!);
    let at = 0;
    for (const j of neighbours) {
      if (at + size <= offsets[j]!) break;
      at = Math.max(at, offsets[j]! + aligned(storages[j]!.bytes + gap));
    }
    offsets[i] = at;
    placed.push(i);
    total = Math.max(total, at + size);
  }
  return { offsets, bytes: total };
}

function sharedOf(storages: readonly Storage[], offsets: readonly number[]): boolean[] {
  const shared = storages.map(() => false);
  const end = (i: number): number => offsets[i]! + storages[i]!.bytes;
  // The one that reaches furthest is always among those that share with the next.
  let furthest: number | undefined;
  for (const i of inOrder(storages, (i) => offsets[i]!)) {
    if (furthest !== undefined && offsets[i]! < end(furthest)) shared[i] = shared[furthest] = true;
    if (furthest === undefined || end(i) > end(furthest)) furthest = i;
  }
  return shared;
}

function largestLiveSet(storages: readonly Storage[]): number {
  const changes = storages.flatMap(({ bytes, from, to }) => [
    { time: from, bytes: aligned(bytes) },
    { time: to + 1, bytes: -aligned(bytes) },
  ]);
  changes.sort((a, b) => a.time - b.time || a.bytes - b.bytes);
  let live = 0;
  let most = 0;
  for (const { bytes } of changes) {
    live += bytes;
    most = Math.max(most, live);
  }
  return most;
}
