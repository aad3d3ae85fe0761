// Orders of channels: entry i says which channel of the trained network lies at place i. Classes of a shifted HetConv
// (c mod P) lie in blocks when channels are sorted by the reversed digits of their class, for then the blocks of P
// hold the blocks of every multiple of P: 2, 4, 8 … agree on one order.

/** A permutation of 0 … C-1; orders are compared by identity, so get them from an `Orders`. */
export type Order = readonly number[];

/** Interns the orders of one graph. */
export class Orders {
  readonly #known = new Map<string, Order>();
  readonly #classes = new Map<string, Order>();
  readonly #inBlocks = new Map<Order, Map<number, boolean>>();

  intern(order: Order): Order {
    const key = order.join();
    const known = this.#known.get(key) ?? order;
    this.#known.set(key, known);
    return known;
  }

  natural(channels: number): Order {
    return this.byClass(1, channels);
  }

  /** Channels sorted by class modulo `part`, classes by reversed digits. */
  byClass(part: number, channels: number): Order {
    const key = `${part}/${channels}`;
    let order = this.#classes.get(key);
    if (!order) {
      const rank = Array.from({ length: part }, (_, k) => reverseDigits(k, part));
      order = this.intern(
        Array.from({ length: channels }, (_, c) => c).sort((a, b) => rank[a % part]! - rank[b % part]! || a - b),
      );
      this.#classes.set(key, order);
    }
    return order;
  }

  /** Whether `order` has the classes of `part` in the blocks that `byClass(part)` has them in. */
  hasBlocks(order: Order, part: number): boolean {
    const cache = this.#inBlocks.get(order) ?? new Map<number, boolean>();
    this.#inBlocks.set(order, cache);
    let answer = cache.get(part);
    if (answer === undefined) {
      const canonical = this.byClass(part, order.length);
      answer = order.every((channel, place) => channel % part === canonical[place]! % part);
      cache.set(part, answer);
    }
    return answer;
  }

  /** The order of a value in which `repeat` features come from each channel. */
  repeated(order: Order, repeat: number): Order {
    if (repeat === 1) return order;
    return this.intern(order.flatMap((channel) => Array.from({ length: repeat }, (_, t) => channel * repeat + t)));
  }
}

/** For each place of `to` the place of `from` that has its channel. */
export function permutationBetween(from: Order, to: Order): number[] {
  const place = new Map(from.map((channel, i) => [channel, i]));
  return to.map((channel) => place.get(channel)!);
}

/** The digits of k < part, in the radices of part's prime factors from the lowest, read backwards. */
function reverseDigits(k: number, part: number): number {
  let reversed = 0;
  let rest = k;
  for (let radix = 2, left = part; left > 1; ) {
    if (left % radix !== 0) {
      radix++;
      continue;
    }
    reversed = reversed * radix + (rest % radix);
    rest = Math.floor(rest / radix);
    left /= radix;
  }
  return reversed;
}
