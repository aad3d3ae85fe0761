// What a platform tells of time, and how finely.

export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Milliseconds of processor time that the process used, where the platform tells. */
  readonly cpu?: () => number;
  /** Lets others have their turn between measurements: a page that draws, a signal that arrives. */
  readonly pause?: () => Promise<void>;
}

const STEPS = 40;
const LONGEST_MS = 100;

/** The smallest step, in milliseconds, between readings that differ. */
export function resolutionOf({ now }: Clock): number {
  let smallest = Number.POSITIVE_INFINITY;
  const begin = now();
  for (let steps = 0, last = begin; steps < STEPS && last - begin < LONGEST_MS; steps++) {
    let next = now();
    while (next === last) next = now();
    smallest = Math.min(smallest, next - last);
    last = next;
  }
  return smallest;
}
