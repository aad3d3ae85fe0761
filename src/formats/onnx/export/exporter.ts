// The ONNX graph under construction: what the exports of each family add nodes and constants to.
import { type Constant, valuesOf } from '../../../graph/constant.js';
import type { Graph, Node, Shape } from '../../../graph/graph.js';
import { nodeError } from '../../../ops/nodeError.js';
import type { Case } from '../../../ops/op.js';
import { encodeWeights, type Precision } from '../../encodeWeights.js';
import { DATA_TYPES, type NodeProto, type OnnxAttributeValue, type TensorProto } from './encode.js';

export type OnnxAttributes = Readonly<Record<string, OnnxAttributeValue>>;

/** One operator of a chain: its first input is what the one before it computed. */
export interface Stage {
  readonly opType: string;
  readonly inputs?: readonly string[];
  readonly attributes?: OnnxAttributes;
}

/** Writes one node of our graph as operators of ONNX. */
// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export type Export = (c: Case<any>, exporter: Exporter) => void;

export class Exporter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #graph: Graph;
  readonly #precision: Precision;
  /** Values and constants share one namespace, nodes have another. */
  readonly #valueNames: Set<string>;
  readonly #nodeNames: Set<string>;
  /** Tensors of the graph that are initialisers already. */
  readonly #stored = new Set<string>();
  /** Names of small constants by what they hold. */
  readonly #shared = new Map<string, string>();

  constructor(graph: Graph, shapes: ReadonlyMap<string, Shape>, precision: Precision) {
    this.#graph = graph;
    this.#precision = precision;
    this.#valueNames = new Set(shapes.keys());
    this.#nodeNames = new Set(graph.nodes.map(({ name }) => name));
  }

  /** The stored tensor of that name; undefined for a computed value. */
  tensor(name: string): Constant | undefined {
    return this.#graph.tensors.get(name);
  }

  unsupported(node: Node, reason: string): Error {
    return nodeError(node, `cannot be written as ONNX: ${reason}`, 'unsupported-op');
  }

  /** The operators from `first` to the node's output, one after another; the last has the node's name. */
  chain(node: Node, first: string, ...stages: readonly (Stage | undefined)[]): void {
    const present = stages.filter((stage) => stage !== undefined);
    let value = first;
    for (const [i, { opType, inputs = [], attributes }] of present.entries()) {
      const last = i === present.length - 1;
      value = this.#add(node, opType, [value, ...inputs], attributes, last ? node.outputs : undefined);
    }
  }

  /** An operator on the way to what the node computes; returns the name of its output. */
  step(node: Node, opType: string, inputs: readonly string[], attributes?: OnnxAttributes): string {
    return this.#add(node, opType, inputs, attributes, undefined);
  }

  /** The operator that computes all of the node's outputs. */
  finish(node: Node, opType: string, inputs: readonly string[], attributes?: OnnxAttributes): void {
    this.#add(node, opType, inputs, attributes, node.outputs);
  }

  /** A constant of floats; `wish` is its name if that is free. */
  floats(wish: string, constant: Constant): string {
    const name = this.#freshValue(wish);
    this.#store(name, constant);
    return name;
  }

  /** One float without axes. */
  float(value: number): string {
    return this.#constant('FLOAT', [], [value], new Uint8Array(Float32Array.of(value).buffer));
  }

  /** A list of 64-bit integers. */
  integers(values: readonly number[]): string {
    return this.#constant('INT64', [values.length], values, new Uint8Array(BigInt64Array.from(values, BigInt).buffer));
  }

  /** A tensor of the graph under its own name, once. */
  storeTensor(name: string): void {
    const tensor = this.#graph.tensors.get(name);
    if (!tensor || this.#stored.has(name)) return;
    this.#stored.add(name);
    this.#store(name, tensor);
  }

  #add(
    node: Node,
    opType: string,
    inputs: readonly string[],
    attributes: OnnxAttributes = {},
    outputs: readonly string[] = [this.#freshValue(`${node.outputs[0]}/${opType}`)],
  ): string {
    const name = outputs === node.outputs ? node.name : fresh(`${node.name}/${opType}`, this.#nodeNames);
    for (const input of inputs) this.storeTensor(input);
    const present = inputs.slice(0, inputs.findLastIndex((input) => input !== '') + 1);
    this.nodes.push({ name, opType, inputs: present, outputs, attributes });
    return outputs[0]!;
  }

  #store(name: string, constant: Constant): void {
    const { shape: dims } = constant;
    const { dtype, bytes } = encodeWeights(dims, valuesOf(constant, name), this.#precision);
    if (dtype === 'F32') {
      this.initializers.push({ name, type: 'FLOAT', dims, raw: bytes });
      return;
    }
    const half = this.#freshValue(`${name}/f16`);
    this.initializers.push({ name: half, type: 'FLOAT16', dims, raw: bytes });
    const cast = fresh(`${name}/Cast`, this.#nodeNames);
    this.nodes.push({ name: cast, opType: 'Cast', inputs: [half], outputs: [name], attributes: { to: DATA_TYPES.FLOAT } });
  }

  /** The constant with these values, made when it is first asked for. */
  #constant(type: 'FLOAT' | 'INT64', dims: Shape, values: readonly number[], raw: Uint8Array): string {
    const content = `${type} [${dims}] ${values.map((value) => (Object.is(value, -0) ? '-0' : value))}`;
    const known = this.#shared.get(content);
    if (known !== undefined) return known;
    const name = this.#freshValue(`constant/${this.#shared.size}`);
    this.#shared.set(content, name);
    this.initializers.push({ name, type, dims, raw });
    return name;
  }

  #freshValue(wish: string): string {
    return fresh(wish, this.#valueNames);
  }
}

function fresh(wish: string, taken: Set<string>): string {
  let name = wish;
  for (let i = 2; taken.has(name); i++) name = `${wish}_${i}`;
  taken.add(name);
  return name;
}
