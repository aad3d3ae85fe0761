// A tree of sums, differences and channel moves over convolutions of one value, taken apart into its terms: which filters of
// the whole each kernel adds to, and on which channels of that one value it lies. All spellings of HetConv are such trees.
import { type Constant, derive } from '../graph/constant.js';
import { elementCount, type Node, type Shape, sameShape } from '../graph/graph.js';
import { attributesOf } from '../ops/attributes.js';
import type { WindowAttributes } from '../ops/convolution.js';
import { opOf } from '../ops/index.js';
import { affineOf, type Coefficients } from './affine.js';
import { allChannels, type Channels, channelCount, channelMove } from './channelMoves.js';
import { constantsOf, filterOpOf, isClamped, isPlainFilterOp } from './filterOps.js';
import type { GraphEditor } from './graphEditor.js';
import { classOf, geometryOf, otherChannels, ownChannels } from './hetConvGeometry.js';

/** Row `row` of a term's weight has a part in filter `filter` of the sum. */
export interface Row {
  readonly filter: number;
  readonly row: number;
}

export interface Term {
  readonly rows: readonly Row[];
  /** [rows, kernels of each, kH, kW] */
  readonly weight: Constant;
  readonly bias: Constant | undefined;
  readonly sign: 1 | -1;
  readonly window: WindowAttributes;
  /** The channels of the source that a row's kernels lie on. */
  channelsOf(row: number): Channels;
}

export interface ConvolutionSum {
  readonly source: string;
  readonly inC: number;
  readonly outC: number;
  readonly terms: readonly Term[];
  /** Convolutions among `nodes`. */
  readonly convolutions: readonly Node[];
  /** All that the sum consists of: each is read by the next ones alone. */
  readonly nodes: readonly Node[];
  /** Multiply-accumulates for one pixel of the output. */
  readonly macs: number;
}

interface Source {
  readonly name: string;
  readonly channels: Channels;
}

interface Visit {
  readonly node: Node;
  readonly rows: readonly Row[];
  readonly sign: 1 | -1;
}

/** How far up a value is followed through moves of its channels. */
const MAX_MOVES = 8;
/** Rows, channels and kernels that are looked at in one graph: beyond any network, about a second for a hostile one. */
const MAX_STEPS = 2 ** 26;

export class ConvolutionSums {
  readonly #editor: GraphEditor;
  readonly #shapes: ReadonlyMap<string, Shape>;
  /** Nodes that convolutions alone have a part in. */
  readonly #linear = new Set<Node>();
  readonly #sources = new Map<string, readonly Source[]>();
  #stepsLeft = MAX_STEPS;

  constructor(editor: GraphEditor, shapes: ReadonlyMap<string, Shape>) {
    this.#editor = editor;
    this.#shapes = shapes;
    editor.forEach((node) => {
      this.#findSources(node);
      if (this.#isTerm(node) || this.#joinsTerms(node)) this.#linear.add(node);
    });
  }

  /** The sum that `root` is the last node of; undefined where it is none, or a convolution as it stands. */
  at(root: Node): ConvolutionSum | undefined {
    const shape = this.#shapes.get(root.outputs[0]!)!;
    if (!this.#linear.has(root) || this.#isTerm(root) || shape.length !== 4) return undefined;
    const nodes: Node[] = [];
    const leaves: Visit[] = [];
    const stack: Visit[] = [{ node: root, rows: allChannels(shape[1]!).map((c) => ({ filter: c, row: c })), sign: 1 }];
    for (let visit = stack.pop(); visit; visit = stack.pop()) {
      this.#stepsLeft -= visit.rows.length;
      if (this.#stepsLeft < 0) return undefined;
      nodes.push(visit.node);
      if (this.#isTerm(visit.node)) leaves.push(visit);
      else stack.push(...this.#below(visit));
    }
    const source = this.#commonSource(leaves);
    if (source === undefined) return undefined;
    const convolutions = leaves.map(({ node }) => node).filter((node) => filterOpOf(node));
    const weights = convolutions.flatMap((node) => constantsOf(this.#editor, node)!.weights);
    this.#stepsLeft -= weights.reduce((total, { shape }) => total + shape[0]! * shape[1]!, 0);
    if (convolutions.length === 0 || this.#stepsLeft < 0) return undefined;
    return {
      source,
      inC: channelCount(this.#shapes.get(source)!),
      outC: shape[1]!,
      terms: leaves.flatMap((leaf) => this.#termsOf(leaf, source)),
      convolutions,
      nodes,
      macs: weights.reduce((total, weight) => total + elementCount(weight.shape), 0),
    };
  }

  #isTerm(node: Node): boolean {
    if (node.op === 'conv' || node.op === 'hetConv')
      return isPlainFilterOp(node) && constantsOf(this.#editor, node) !== undefined;
    const affine = affineOf(node, this.#editor, this.#shapes);
    return affine !== undefined && this.#rank(affine.input) === 4;
  }

  #dataInput(node: Node): string {
    return filterOpOf(node) ? node.inputs[0]! : affineOf(node, this.#editor, this.#shapes)!.input;
  }

  #rank(value: string): number {
    return this.#shapes.get(value)!.length;
  }

  #joinsTerms(node: Node): boolean {
    const isSum = (node.op === 'add' && !isClamped(node)) || node.op === 'sub';
    if (!node.inputs.every((input) => this.#linear.has(this.#editor.soleProducer(input)!))) return false;
    if (!isSum) return channelMove(node, this.#shapes) !== undefined;
    const [a, b] = node.inputs.map((input) => this.#shapes.get(input)!);
    return sameShape(a, b!);
  }

  #below({ node, rows, sign }: Visit): Visit[] {
    const producers = node.inputs.map((input) => this.#editor.soleProducer(input)!);
    const [first, second] = producers as [Node, Node];
    if (node.op === 'add' || node.op === 'sub') {
      const other = node.op === 'sub' ? (-sign as 1 | -1) : sign;
      return [
        { node: first, rows, sign },
        { node: second, rows, sign: other },
      ];
    }
    const move = channelMove(node, this.#shapes)!;
    const starts = this.#starts(node);
    const parts: Row[][] = node.inputs.map(() => []);
    for (const { filter, row } of rows) {
      const channel = move[row]!;
      const i = lastAtMost(starts, channel);
      parts[i]!.push({ filter, row: channel - starts[i]! });
    }
    return producers.map((producer, i) => ({ node: producer, rows: parts[i]!, sign }));
  }

  /** The number of the first channel of each input, counted through all of them. */
  #starts(node: Node): number[] {
    let next = 0;
    return node.inputs.map((input) => {
      const start = next;
      next += channelCount(this.#shapes.get(input)!);
      return start;
    });
  }

  /** The nearest value whose channels all leaves read. */
  #commonSource(leaves: readonly Visit[]): string | undefined {
    let names: string[] | undefined;
    for (const { node } of leaves) {
      const sources = this.#sourcesOf(this.#dataInput(node));
      names = (names ?? sources.map(({ name }) => name)).filter((name) => sources.some((source) => source.name === name));
    }
    return names?.find((name) => this.#rank(name) === 4);
  }

  /** What a value's channels are channels of: itself, then what is above its moves. */
  #sourcesOf(value: string): readonly Source[] {
    return [{ name: value, channels: allChannels(channelCount(this.#shapes.get(value)!)) }, ...(this.#sources.get(value) ?? [])];
  }

  #findSources(node: Node): void {
    const move = channelMove(node, this.#shapes);
    if (!move) return;
    const [first, ...others] = node.inputs.map((input) => this.#sourcesOf(input)) as [readonly Source[], ...Source[][]];
    const sources: Source[] = [];
    for (const { name, channels } of first.slice(0, MAX_MOVES)) {
      const found = others.map((list) => list.find((source) => source.name === name));
      if (!found.every((source) => source !== undefined)) continue;
      const joined = [channels, ...found.map((source) => source.channels)].flat();
      this.#stepsLeft -= joined.length;
      sources.push({ name, channels: move.map((c) => joined[c]!) });
    }
    this.#sources.set(node.outputs[0]!, sources);
  }

  #termsOf({ node, rows, sign }: Visit, source: string): Term[] {
    const { channels } = this.#sourcesOf(this.#dataInput(node)).find(({ name }) => name === source)!;
    const through = (lists: Channels[]) => lists.map((list) => list.map((c) => channels[c]!));
    const affine = affineOf(node, this.#editor, this.#shapes);
    if (affine) {
      const per = (key: keyof Coefficients, shape: Shape) =>
        derive(shape, affine.parameters, (...values) => Float32Array.from(affine.coefficients(values)[key]));
      const weight = per('factor', [affine.channels, 1, 1, 1]);
      const bias = affine.shifts ? per('offset', [affine.channels]) : undefined;
      const window = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1] };
      return [{ rows, sign, weight, bias, window, channelsOf: (row) => [channels[row]!] }];
    }
    const { weights, bias } = constantsOf(this.#editor, node)!;
    const weight = weights[0]!;
    const window: WindowAttributes & { groups: number; part: number } = attributesOf(node, opOf(node).attributes);
    const isHetConv = node.op === 'hetConv';
    const pattern = isHetConv && node.attributes.pattern === 'shifted' ? 'shifted' : 'block';
    const geometry = geometryOf(weight.shape, isHetConv ? window.part : window.groups, pattern);
    const classes = allChannels(geometry.part);
    const classOfRow = (row: number) => classOf(geometry, row, geometry.outC);
    const own = through(classes.map((k) => ownChannels(geometry, k)));
    const spatial: Term = { rows, sign, weight, bias, window, channelsOf: (row) => own[classOfRow(row)]! };
    if (!isHetConv) return [spatial];
    const others = through(classes.map((k) => otherChannels(geometry, k)));
    const { stride, padding, dilation } = window;
    const reach = [0, 1].map((axis) => (dilation[axis]! * (weight.shape[2 + axis]! - 1)) / 2);
    const centred = { stride, dilation, padding: padding.map((size, side) => size - reach[side % 2]!) };
    return [
      spatial,
      { rows, sign, weight: weights[1]!, bias: undefined, window: centred, channelsOf: (row) => others[classOfRow(row)]! },
    ];
  }
}

/** Index of the last entry that is not greater. */
function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  for (let high = ascending.length; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}
