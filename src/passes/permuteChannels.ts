// Shifted HetConv becomes block HetConv: channels of a class become neighbours. The new order goes into the weights of
// whatever makes and reads the values; where two nodes truly disagree, an explicit `permuteChannels` stands between them.
import type { Constant } from '../graph/constant.js';
import { consumers, type Graph, type Node, type Shape } from '../graph/graph.js';
import { knowRareOps } from '../ops/index.js';
import { inferShapes } from '../ops/inferShapes.js';
import { rareOps } from '../ops/rare.js';
import { ChannelGroups } from './channelGroups.js';
import { type Order, Orders, permutationBetween } from './channelOrder.js';
import { hasShiftedHetConv } from './hasShiftedHetConv.js';
import { reorder } from './permuteConstants.js';

// The explicit permutation is one of the rare ops.
knowRareOps(rareOps);

/** `graph` must be sorted; comes back itself when it has no shifted HetConv. */
export function permuteChannels(graph: Graph): Graph {
  return hasShiftedHetConv(graph) ? new Permuter(graph).run() : graph;
}

class Permuter {
  readonly #graph: Graph;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #orders = new Orders();
  readonly #groups: ChannelGroups;
  readonly #readers: ReadonlyMap<string, readonly Node[]>;
  readonly #outputs: ReadonlySet<string>;
  readonly #taken: Set<string>;
  readonly #nodes: Node[] = [];
  readonly #tensors: Map<string, Constant>;
  /** Name of each value in each order that it exists in. */
  readonly #names = new Map<string, Map<Order, string>>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#shapes = inferShapes(graph);
    this.#groups = new ChannelGroups(graph, this.#shapes, this.#orders);
    this.#readers = consumers(graph);
    this.#outputs = new Set(graph.outputs);
    this.#taken = new Set(this.#shapes.keys());
    this.#tensors = new Map(graph.tensors);
  }

  run(): Graph {
    for (const { name } of this.#graph.inputs) {
      this.#register(name, this.#groups.orderProduced(name));
      this.#permute(name);
    }
    for (const node of this.#graph.nodes) {
      this.#rewrite(node);
      this.#permute(node.outputs[0]!);
    }
    return { ...this.#graph, nodes: this.#nodes, tensors: this.#tensors };
  }

  #rewrite(node: Node): void {
    const value = node.outputs[0]!;
    const output = this.#groups.orderProduced(value);
    const read = node.inputs.map((_, i) => this.#groups.orderRead(node, i));
    const constants = node.inputs.map((name) => this.#graph.tensors.get(name));
    const changed = reorder({ node, constants, input: read[0] ?? output, output, outputShape: this.#shapes.get(value)! });
    const inputs = node.inputs.map((name, i) => {
      const order = read[i];
      if (order) return this.#names.get(name)!.get(order)!;
      const constant = changed.constants.get(i);
      return constant ? this.#setTensor(name, constant) : name;
    });
    const { op, attributes } = changed;
    this.#nodes.push({ name: node.name, op, attributes, inputs, outputs: [this.#register(value, output)] });
  }

  /** Makes the other orders that readers of a value need. */
  #permute(value: string): void {
    const from = this.#groups.orderProduced(value);
    for (const to of this.#groups.ordersNeeded(value)) {
      const inputs = [this.#names.get(value)!.get(from)!];
      const name = this.#register(value, to);
      this.#nodes.push({
        name,
        op: 'permuteChannels',
        attributes: { order: permutationBetween(from, to) },
        inputs,
        outputs: [name],
      });
    }
  }

  /** Names a value in one order: a graph output keeps its name in the natural one, others as they are produced. */
  #register(value: string, order: Order): string {
    const names = this.#names.get(value) ?? new Map<Order, string>();
    this.#names.set(value, names);
    const keeps = this.#outputs.has(value) ? order === this.#orders.natural(order.length) : names.size === 0;
    const name = keeps ? value : this.#freshName(value);
    names.set(order, name);
    return name;
  }

  /** A tensor that other nodes read too is left as it is. */
  #setTensor(name: string, constant: Constant): string {
    const target = this.#readers.get(name)!.length === 1 && !this.#outputs.has(name) ? name : this.#freshName(name);
    this.#tensors.set(target, constant);
    return target;
  }

  #freshName(base: string): string {
    let name = `${base}.permuted`;
    for (let i = 2; this.#taken.has(name); i++) name = `${base}.permuted.${i}`;
    this.#taken.add(name);
    return name;
  }
}
