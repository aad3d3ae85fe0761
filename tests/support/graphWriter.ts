// Writes small graphs with random weights for tests, one call a node; values are names, their shapes are looked up.

import assert from 'node:assert/strict';
import { seededRandom } from '../../src/bench/random.js';
import { type Constant, constant } from '../../src/graph/constant.js';
import { type Attribute, elementCount, type Graph, type Node, type Shape, sortTopologically } from '../../src/graph/graph.js';
import { loadRareOps } from '../../src/ops/index.js';
import { inferShapes } from '../../src/ops/inferShapes.js';
import { greatest } from '../cases/testCase.js';
import { evaluate } from '../reference/evaluate.js';
import type { Values } from '../reference/reference.js';

await loadRareOps();

export interface ConvOptions {
  readonly groups?: number;
  readonly bias?: boolean;
  readonly stride?: readonly number[];
  readonly padding?: readonly number[];
  readonly dilation?: readonly number[];
  readonly name?: string;
  /** Edits the weight [N, M/groups, K, K], one call for each kernel. */
  readonly mask?: (filter: number, channel: number, kernel: Float32Array) => void;
}

export class GraphWriter {
  readonly random: () => number;
  private readonly inputs: { name: string; shape: Shape }[] = [];
  private readonly nodes: Node[] = [];
  private readonly tensors = new Map<string, Constant>();
  private readonly shapes = new Map<string, Shape>();
  private readonly seed: string;

  constructor(seed: string) {
    this.seed = seed;
    this.random = seededRandom(seed);
  }

  input(name: string, shape: Shape): string {
    this.inputs.push({ name, shape });
    this.shapes.set(name, shape);
    return name;
  }

  shape(value: string): Shape {
    return this.shapes.get(value)!;
  }

  channels(value: string): number {
    return this.shape(value)[1]!;
  }

  /** Uniform in -1…1 unless `values` says otherwise. */
  tensor(name: string, shape: Shape, values: () => number = () => 2 * this.random() - 1): string {
    const data = Float32Array.from({ length: elementCount(shape) }, values);
    this.tensors.set(name, constant(shape, data));
    return name;
  }

  node(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    name = `${op}${this.nodes.length}`,
  ): string {
    const node = { name, op, inputs, outputs: [name], attributes };
    this.nodes.push(node);
    const known = inputs.filter((input) => input !== '');
    const shapeOf = (input: string) => this.shapes.get(input) ?? this.tensors.get(input)!.shape;
    const tensors = new Map(known.map((input) => [input, { shape: shapeOf(input) }]));
    const graph = { name, inputs: [], outputs: [], nodes: [node], tensors };
    this.shapes.set(name, inferShapes(graph).get(name)!);
    return name;
  }

  conv(x: string, outC: number, kernel: number, options: ConvOptions = {}): string {
    const { groups = 1, stride = [1, 1], dilation = [1, 1], name = `conv${this.nodes.length}` } = options;
    const reach = dilation.map((step) => step * Math.floor(kernel / 2));
    const padding = options.padding ?? [reach[0]!, reach[1]!, reach[0]!, reach[1]!];
    const inC = this.channels(x) / groups;
    const inputs = [x, this.tensor(`${name}.weight`, [outC, inC, kernel, kernel])];
    if (options.bias) inputs.push(this.tensor(`${name}.bias`, [outC]));
    if (options.mask) {
      const weight = this.tensors.get(inputs[1]!)!.read!();
      const area = kernel * kernel;
      for (let i = 0; i < outC * inC; i++) options.mask(Math.floor(i / inC), i % inC, weight.subarray(i * area, (i + 1) * area));
    }
    return this.node('conv', inputs, { stride, padding, dilation, groups }, name);
  }

  /** Two branches and their sum; `swap` puts the 1×1 first. */
  twoBranches(x: string, outC: number, kernel: number, part: number, options: ConvOptions & { swap?: boolean } = {}): string {
    const name = options.name ?? `sum${this.nodes.length}`;
    const groupwise = this.conv(x, outC, kernel, { ...options, groups: part, name: `${name}.gwc` });
    const { bias = false, stride = [1, 1] } = options;
    const pointwise = this.conv(x, outC, 1, { bias, stride, name: `${name}.pwc` });
    return this.node('add', options.swap ? [pointwise, groupwise] : [groupwise, pointwise], {}, name);
  }

  hetConv(x: string, outC: number, kernel: number, part: number, pattern: string, stride = 1): string {
    const name = `hetConv${this.nodes.length}`;
    const inC = this.channels(x);
    const weight = this.tensor(`${name}.weight`, [outC, inC / part, kernel, kernel]);
    const pointwise = this.tensor(`${name}.pointwise`, [outC, inC - inC / part, 1, 1]);
    const padding = new Array<number>(4).fill((kernel - 1) / 2);
    const inputs = [x, weight, pointwise, this.tensor(`${name}.bias`, [outC])];
    return this.node('hetConv', inputs, { part, pattern, stride: [stride, stride], padding, dilation: [1, 1] }, name);
  }

  batchNorm(x: string): string {
    const name = `bn${this.nodes.length}`;
    const shape = [this.channels(x)];
    const positive = () => 0.5 + this.random();
    const trained = [this.tensor(`${name}.scale`, shape), this.tensor(`${name}.shift`, shape)];
    const counted = [this.tensor(`${name}.mean`, shape), this.tensor(`${name}.variance`, shape, positive)];
    return this.node('batchNorm', [x, ...trained, ...counted], { epsilon: 1e-3 }, name);
  }

  linear(x: string, outC: number): string {
    const name = `linear${this.nodes.length}`;
    const inputs = [x, this.tensor(`${name}.weight`, [outC, this.channels(x)]), this.tensor(`${name}.bias`, [outC])];
    return this.node('linear', inputs, {}, name);
  }

  finish(...outputs: string[]): Graph {
    const { seed: name, inputs, nodes, tensors } = this;
    return sortTopologically({ name, inputs, outputs, nodes, tensors });
  }
}

/** Random inputs of a graph, of its name's seed. */
export function randomInputs(graph: Graph): Record<string, Values> {
  const random = seededRandom(graph.name);
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from({ length: elementCount(shape) }, () => 2 * random() - 1) },
    ]),
  );
}

/** Rewritten weights are rounded to f32 once or twice, each by 2^-24 of itself, and so are sums in f32. */
const TOLERANCE = 1e-5;

/** Both graphs give the same outputs under the same names, and shape inference accepts the second. */
export function assertEquivalent(before: Graph, after: Graph): void {
  inferShapes(sortTopologically(after));
  const inputs = randomInputs(before);
  assertClose(before.name, evaluate(before, inputs), evaluate(after, inputs));
}

export function assertClose(
  title: string,
  expected: Readonly<Record<string, Values>>,
  actual: Readonly<Record<string, { readonly shape: Shape; readonly data: ArrayLike<number> }>>,
): void {
  assert.deepEqual(Object.keys(actual), Object.keys(expected), title);
  for (const [name, want] of Object.entries(expected)) {
    const got = actual[name]!;
    assert.deepEqual(got.shape, want.shape, `${title}: shape of "${name}"`);
    const finite = { shape: want.shape, data: want.data.filter(Number.isFinite) };
    const bound = TOLERANCE * Math.max(1, greatest([finite], 0));
    want.data.forEach((value, i) => {
      // Infinities and NaN have no distance.
      if (Object.is(got.data[i], value) || Object.is(got.data[i], Math.fround(value))) return;
      const error = Math.abs(got.data[i]! - value);
      assert.ok(error <= bound, `${title}: "${name}"[${i}] is ${got.data[i]} instead of ${value}`);
    });
  }
}

export function opsOf(graph: Graph): string[] {
  return graph.nodes.map((node) => node.op);
}

export function countOf(graph: Graph, op: string): number {
  return opsOf(graph).filter((name) => name === op).length;
}
