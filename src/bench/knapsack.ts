// The multiple-choice knapsack: one item of each group, the most value, no more weight than allowed.

export interface Item {
  readonly value: number;
  readonly weight: number;
}

/** The weight that choices differ by is counted in so many steps. */
const STEPS = 20_000;

/**
 * The choice, an item of each group in their order; undefined where even the lightest weighs more than `capacity`.
 *
 * By dynamic programming: for each number of steps, the most value that the groups so far have within it. What the lightest items weigh
 * is taken off before, exactly. The rest of each weight is rounded up to a step of what then is left of the capacity, so that a choice
 * never weighs more than allowed, and is the best of those that leave a step free for each group: a group's share of 1/20,000.
 */
export function knapsack<T extends Item>(groups: readonly (readonly T[])[], capacity: number): T[] | undefined {
  const lightest = groups.map((group) => Math.min(...group.map(({ weight }) => weight)));
  const left = capacity - lightest.reduce((sum, weight) => sum + weight, 0);
  if (!(left >= 0)) return undefined;
  const stepsOf = (weight: number, least: number): number =>
    weight === least ? 0 : Math.ceil(((weight - least) / left) * STEPS);

  let best = new Float64Array(STEPS + 1);
  const taken = groups.map((group, g) => {
    const next = new Float64Array(STEPS + 1).fill(Number.NEGATIVE_INFINITY);
    const from = new Uint16Array(STEPS + 1);
    group.forEach(({ value, weight }, item) => {
      const steps = stepsOf(weight, lightest[g]!);
      for (let at = STEPS; at >= steps; at--) {
        const sum = best[at - steps]! + value;
        if (sum > next[at]!) {
          next[at] = sum;
          from[at] = item;
        }
      }
    });
    best = next;
    return from;
  });

  // Of choices of one value the lightest: the first place that holds the most.
  let at = best.indexOf(best[STEPS]!);
  const chosen = new Array<T>(groups.length);
  for (let g = groups.length - 1; g >= 0; g--) {
    const item = groups[g]![taken[g]![at]!]!;
    chosen[g] = item;
    at -= stepsOf(item.weight, lightest[g]!);
  }
  return chosen;
}
