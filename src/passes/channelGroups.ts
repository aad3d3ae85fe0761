// Values that must have their channels in one order, and the order that each such group takes: the one that leaves the
// fewest explicit permutations.
import type { Graph, Node, Shape } from '../graph/graph.js';
import { type Demand, demandsOf, type NodeDemands } from './channelDemands.js';
import type { Order, Orders } from './channelOrder.js';

type Insistence = 'natural' | { readonly part: number };

interface Value {
  parent: Value | undefined;
  /** Features from each channel: more than 1 after a flatten. */
  repeat: number;
  readonly features: number;
  /** What its producer insists on: 'natural', blocks, or the joined orders of these values; undefined: nothing. */
  produced: Insistence | readonly Value[] | undefined;
  /** What its readers insist on. */
  readonly read: Insistence[];
  /** Whether somebody reads it in the order of its group. */
  readAsIs: boolean;
}

export class ChannelGroups {
  readonly #orders: Orders;
  readonly #values = new Map<string, Value>();
  readonly #demands = new Map<Node, NodeDemands>();
  readonly #chosen = new Map<Value, Order>();

  constructor(graph: Graph, shapes: ReadonlyMap<string, Shape>, orders: Orders) {
    this.#orders = orders;
    for (const { name, shape } of graph.inputs) this.#define(name, shape).produced = 'natural';
    for (const node of graph.nodes) {
      const [output] = node.outputs.map((name) => this.#define(name, shapes.get(name)!));
      this.#demands.set(node, this.#connect(node, output!, demandsOf(node, graph, shapes)));
    }
    for (const output of graph.outputs) this.#values.get(output)?.read.push('natural');
    this.#choose();
  }

  /** The order in which `node` reads its input `i`; undefined where that has no channels to order. */
  orderRead(node: Node, i: number): Order | undefined {
    const demand = this.#demands.get(node)!.inputs[i];
    if (demand === undefined) return undefined;
    const value = this.#values.get(node.inputs[i]!)!;
    return demand === 'any' || demand === 'tied' ? this.#ownOrder(value) : this.#resolve(demand, value);
  }

  /** The order in which a value is made. */
  orderProduced(name: string): Order {
    return this.#producedOrder(this.#values.get(name)!);
  }

  /** The other orders that a value is needed in. */
  ordersNeeded(name: string): ReadonlySet<Order> {
    return this.#needed(this.#values.get(name)!);
  }

  #define(name: string, shape: Shape): Value {
    const value: Value = {
      parent: undefined,
      repeat: 1,
      features: shape[1] ?? 1,
      produced: undefined,
      read: [],
      readAsIs: false,
    };
    this.#values.set(name, value);
    return value;
  }

  /** Ties the node's values as it demands. Returns the demands that hold in the end. */
  #connect(node: Node, output: Value, wanted: NodeDemands): NodeDemands {
    const inputs = node.inputs.map((name) => this.#values.get(name));
    const tied = inputs.filter((_, i) => wanted.inputs[i] === 'tied') as Value[];
    const fits = tied.every((value) => value.repeat === tied[0]!.repeat);
    const demanded = fits ? wanted.output : 'natural';
    if (tied[0] && fits) {
      output.repeat = tied[0].repeat * (wanted.repeat ?? 1);
      for (const value of tied) unite(value, output);
    }
    if (demanded === 'joined') output.produced = inputs as Value[];
    else if (demanded !== 'any') output.produced = demanded;
    const settle = (demand: Demand | undefined): Demand | undefined => {
      if (!fits) return demand && 'natural';
      return demand === 'tied' && demanded !== 'any' && demanded !== 'joined' ? demanded : demand;
    };
    const settled = wanted.inputs.map(settle);
    settled.forEach((demand, i) => {
      if (demand === 'any' || demand === 'tied') inputs[i]!.readAsIs = true;
      else if (demand) inputs[i]!.read.push(demand);
    });
    return { inputs: settled, output: demanded };
  }

  /** Groups of fewer channels come first, for joined orders are made of theirs. */
  #choose(): void {
    const groups = new Map<Value, Value[]>();
    for (const value of this.#values.values()) {
      const root = rootOf(value);
      const group = groups.get(root);
      if (group) group.push(value);
      else groups.set(root, [value]);
    }
    const channels = (value: Value) => value.features / value.repeat;
    for (const [root, group] of [...groups].sort(([a], [b]) => channels(a) - channels(b))) {
      let best = this.#orders.natural(channels(root));
      let fewest = Infinity;
      for (const order of new Set([best, ...group.flatMap((value) => this.#wishes(value))])) {
        this.#chosen.set(root, order);
        const permutations = group.reduce((count, value) => count + this.#needed(value).size, 0);
        if (permutations >= fewest) continue;
        fewest = permutations;
        best = order;
      }
      this.#chosen.set(root, best);
    }
  }

  /** Orders that would suit a value's producer or readers, besides the natural one. */
  #wishes(value: Value): Order[] {
    if (value.repeat > 1) return [];
    const parts = [value.produced, ...value.read].filter((wish) => typeof wish === 'object' && 'part' in wish);
    const orders = parts.map(({ part }) => this.#orders.byClass(part, value.features));
    return Array.isArray(value.produced) ? [...orders, this.#producedOrder(value)] : orders;
  }

  #ownOrder(value: Value): Order {
    return this.#orders.repeated(this.#chosen.get(rootOf(value))!, value.repeat);
  }

  #producedOrder(value: Value): Order {
    const { produced } = value;
    if (produced === undefined) return this.#ownOrder(value);
    if (produced === 'natural' || 'part' in produced) return this.#resolve(produced, value);
    let offset = 0;
    const joined = produced.flatMap((part) => {
      const order = this.#ownOrder(part).map((channel) => offset + channel);
      offset += part.features;
      return order;
    });
    return this.#orders.intern(joined);
  }

  #resolve(insistence: Insistence, value: Value): Order {
    if (insistence === 'natural') return this.#orders.natural(value.features);
    const own = this.#ownOrder(value);
    return this.#orders.hasBlocks(own, insistence.part) ? own : this.#orders.byClass(insistence.part, value.features);
  }

  #needed(value: Value): Set<Order> {
    const orders = new Set(value.read.map((insistence) => this.#resolve(insistence, value)));
    if (value.readAsIs) orders.add(this.#ownOrder(value));
    orders.delete(this.#producedOrder(value));
    return orders;
  }
}

function unite(a: Value, b: Value): void {
  const root = rootOf(a);
  const other = rootOf(b);
  if (root !== other) other.parent = root;
}

function rootOf(value: Value): Value {
  let root = value;
  while (root.parent) root = root.parent;
  let at = value;
  while (at.parent) {
    const next: Value = at.parent;
    at.parent = root;
    at = next;
  }
  return root;
}
