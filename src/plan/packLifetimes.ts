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

/** The better of three greedy first-fit orders; `gap` bytes are kept free behind each storage. */
export function packLifetimes(storages: readonly Storage[], gap = 0): Packing {
  const indices = storages.map((_, i) => i);
  const by = (key: (s: Storage) => number) => [...indices].sort((a, b) => key(storages[b]!) - key(storages[a]!));
  const orders = [by((s) => s.bytes), by((s) => -s.from), by((s) => s.bytes * (s.to - s.from + 1))];
  const packings = orders.map((order) => firstFit(storages, order, gap));
  const best = packings.reduce((a, b) => (b.bytes < a.bytes ? b : a));
  return { ...best, shared: sharedOf(storages, best.offsets), largestLiveSet: largestLiveSet(storages) };
}

function firstFit(storages: readonly Storage[], order: readonly number[], gap: number): { offsets: number[]; bytes: number } {
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
  for (const i of storages.map((_, i) => i).sort((a, b) => offsets[a]! - offsets[b]!)) {
    if (furthest !== undefined && offsets[i]! < end(furthest)) shared[i] = shared[furthest] = true;
    if (furthest === undefined || end(i) > end(furthest)) furthest = i;
  }
  return shared;
}

function largestLiveSet(storages: readonly Storage[]): number {
  const live = (time: number) => storages.reduce((sum, s) => sum + (s.from <= time && time <= s.to ? aligned(s.bytes) : 0), 0);
  return storages.reduce((most, s) => Math.max(most, live(s.from)), 0);
}
