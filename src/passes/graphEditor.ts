// Local rewrites of a graph in linear time: a new node takes the place of the last node that it replaces, which keeps the
// order topological; tensors that nobody reads any more go.
import type { Constant } from '../graph/constant.js';
import { type Attribute, type Graph, type Node, producers } from '../graph/graph.js';

/** A new tensor, to be named "<node>.<role>". */
export interface NewTensor {
  readonly role: string;
  readonly constant: Constant;
}

export interface NewNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly (string | NewTensor)[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export class GraphEditor {
  readonly #source: Graph;
  readonly #slots: (Node | undefined)[];
  readonly #slotOf: Map<Node, number>;
  readonly #producedBy: Map<string, Node>;
  readonly #readers = new Map<string, Set<Node>>();
  readonly #tensors: Map<string, Constant>;
  readonly #fixedNames: ReadonlySet<string>;
  readonly #outputs: ReadonlySet<string>;
  /** The last suffix given to a name that was taken. */
  readonly #suffixes = new Map<string, number>();
  #changed = false;

  /** `graph` must be sorted. */
  constructor(graph: Graph) {
    this.#source = graph;
    this.#slots = [...graph.nodes];
    this.#slotOf = new Map(graph.nodes.map((node, slot) => [node, slot]));
    this.#producedBy = producers(graph);
    this.#tensors = new Map(graph.tensors);
    this.#outputs = new Set(graph.outputs);
    this.#fixedNames = new Set([...graph.inputs.map((input) => input.name), ...graph.outputs, ...this.#producedBy.keys()]);
    for (const node of graph.nodes) this.#addReader(node);
  }

  /** Calls `visit` for each node as it stands when its turn comes, in topological order. */
  forEach(visit: (node: Node) => void): void {
    for (let slot = 0; slot < this.#slots.length; slot++) {
      const node = this.#slots[slot];
      if (node) visit(node);
    }
  }

  /** `forEach` from the last node to the first. */
  forEachBackwards(visit: (node: Node) => void): void {
    for (let slot = this.#slots.length - 1; slot >= 0; slot--) {
      const node = this.#slots[slot];
      if (node) visit(node);
    }
  }

  producer(value: string): Node | undefined {
    return this.#producedBy.get(value);
  }

  constant(name: string | undefined): Constant | undefined {
    return name === undefined ? undefined : this.#tensors.get(name);
  }

  /** The producer of `value` if one input of one node is all that reads it; a graph output is read from outside as well. */
  soleProducer(value: string): Node | undefined {
    const readers = this.#readers.get(value);
    if (readers?.size !== 1 || this.#outputs.has(value)) return undefined;
    const [reader] = readers;
    return reader!.inputs.indexOf(value) === reader!.inputs.lastIndexOf(value) ? this.#producedBy.get(value) : undefined;
  }

  /** Whether `a` comes after `b`. */
  isAfter(a: Node, b: Node): boolean {
    return this.#slotOf.get(a)! > this.#slotOf.get(b)!;
  }

  /** Takes nodes out and puts one in; it must define every value of theirs that others read. */
  replace(removed: readonly Node[], added: NewNode): void {
    this.#changed = true;
    const slot = Math.max(...removed.map((node) => this.#slotOf.get(node)!));
    for (const node of removed) this.#remove(node);
    const inputs = added.inputs.map((input) => (typeof input === 'string' ? input : this.#addTensor(added, input)));
    const node: Node = { ...added, inputs };
    this.#slots[slot] = node;
    this.#slotOf.set(node, slot);
    for (const output of node.outputs) this.#producedBy.set(output, node);
    this.#addReader(node);
    for (const name of removed.flatMap((old) => old.inputs)) if (!this.#isRead(name)) this.#tensors.delete(name);
  }

  /** The edited graph; the very graph it was made of when nothing changed. */
  finish(): Graph {
    if (!this.#changed) return this.#source;
    return { ...this.#source, nodes: this.#slots.filter((node) => node !== undefined), tensors: this.#tensors };
  }

  #remove(node: Node): void {
    this.#slots[this.#slotOf.get(node)!] = undefined;
    this.#slotOf.delete(node);
    for (const output of node.outputs) this.#producedBy.delete(output);
    for (const input of node.inputs) this.#readers.get(input)?.delete(node);
  }

  #addReader(node: Node): void {
    for (const input of node.inputs) {
      const set = this.#readers.get(input);
      if (set) set.add(node);
      else this.#readers.set(input, new Set([node]));
    }
  }

  /** A tensor that nothing reads any more, of a node being replaced, gives up its name. */
  #addTensor(node: NewNode, { role, constant }: NewTensor): string {
    const wanted = `${node.name}.${role}`;
    let name = wanted;
    while (this.#fixedNames.has(name) || this.#isRead(name) || node.inputs.includes(name)) {
      const suffix = (this.#suffixes.get(wanted) ?? 1) + 1;
      this.#suffixes.set(wanted, suffix);
      name = `${wanted}.${suffix}`;
    }
    this.#tensors.set(name, constant);
    return name;
  }

  #isRead(name: string): boolean {
    return this.#outputs.has(name) || (this.#readers.get(name)?.size ?? 0) > 0;
  }
}
