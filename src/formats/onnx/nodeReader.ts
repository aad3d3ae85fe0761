// One ONNX node as its conversion sees it: its attributes, what its inputs stand for, and the ops that it becomes.
import { HetConvError } from '../../graph/error.js';
import { type Attribute, elementCount, type Shape } from '../../graph/graph.js';
import type { FoldContext } from './folding/fold.js';
import type { Importer } from './importer.js';
import { isKnown, type Known, type KnownType, label, type Operand, unsupported, type Values } from './operand.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode } from './proto.js';

export class NodeReader implements FoldContext {
  readonly source: OnnxNode;
  readonly #importer: Importer;
  /** The outputs of a subgraph that sees all names defined so far. */
  readonly inline: (graph: OnnxGraph, reader: string) => Operand[];

  constructor(source: OnnxNode, importer: Importer, inline: NodeReader['inline']) {
    this.source = source;
    this.#importer = importer;
    this.inline = inline;
  }

  /** Of the file: which edition of the standard operators its nodes mean. */
  get opset(): number {
    return this.#importer.opset;
  }

  get inputCount(): number {
    return this.source.inputs.length;
  }

  has(i: number): boolean {
    return (this.source.inputs[i] ?? '') !== '';
  }

  input(i: number): Operand {
    if (!this.has(i)) throw new HetConvError('bad-graph', `${label(this.source)} lacks its input ${i}`);
    return this.#importer.operand(this.source.inputs[i]!, label(this.source));
  }

  inputs(): Operand[] {
    return this.source.inputs.map((_, i) => this.input(i));
  }

  /** Input `i`, which the network must not compute. */
  known(i: number): Known {
    const operand = this.input(i);
    if (isKnown(operand)) return operand;
    return this.fail(`input ${i} ("${this.source.inputs[i]}") must be a constant: export the model with fixed sizes and weights`);
  }

  /** Input `i`, a known list of integers; a single one may have no axes. */
  integers(i: number): number[] {
    const { type, read, shape } = this.known(i);
    if (type !== 'int' || shape.length > 1) this.fail(`input ${i} ("${this.source.inputs[i]}") must be a list of integers`);
    return Array.from(read());
  }

  /** Input `i`, one known number. */
  number(i: number): number {
    const { shape, read } = this.known(i);
    if (elementCount(shape) !== 1)
      this.fail(`input ${i} ("${this.source.inputs[i]}") must be one number, it has shape [${shape}]`);
    return read()[0]!;
  }

  /** What used to be an attribute and is an input since some opset. */
  integersOf(attribute: string, i: number): number[] | undefined {
    return this.has(i) ? this.integers(i) : this.attribute(attribute)?.ints;
  }

  attribute(name: string): OnnxAttribute | undefined {
    return this.source.attributes.get(name);
  }

  int(name: string, otherwise: number): number {
    const attribute = this.attribute(name);
    return attribute ? (attribute.int ?? 0) : otherwise;
  }

  float(name: string, otherwise: number): number {
    const attribute = this.attribute(name);
    return attribute ? (attribute.float ?? 0) : otherwise;
  }

  string(name: string, otherwise: string): string {
    const attribute = this.attribute(name);
    return attribute ? (attribute.string ?? '') : otherwise;
  }

  ints(name: string, otherwise: readonly number[]): readonly number[] {
    return this.attribute(name)?.ints ?? otherwise;
  }

  /** `axis` from 0; a negative one counts from the end. Throws `bad-attribute`. */
  axis(axis: number, rank: number): number {
    const resolved = axis < 0 ? axis + rank : axis;
    if (!(resolved >= 0 && resolved < rank)) this.wrong(`axis ${axis} is outside the ${rank} axes of its input`);
    return resolved;
  }

  /** The output of an op: known where every input is and the op folds. */
  emit(op: string, inputs: readonly (Operand | undefined)[], attributes: Readonly<Record<string, Attribute>> = {}): Operand {
    return this.#importer.emit(this.source, op, inputs, attributes, 1)[0]!;
  }

  /** The outputs of an op that has several. */
  emitAll(
    op: string,
    inputs: readonly Operand[],
    attributes: Readonly<Record<string, Attribute>>,
    outputCount: number,
  ): Operand[] {
    return this.#importer.emit(this.source, op, inputs, attributes, outputCount);
  }

  reshape(x: Operand, shape: Shape): Operand {
    const same = x.shape.length === shape.length && shape.every((size, axis) => size === x.shape[axis]);
    return same ? x : this.emit('reshape', [x], { shape });
  }

  readonly derive = (type: KnownType, shape: Shape, compute: () => Values): Known =>
    this.#importer.derive(this.source, type, shape, compute);

  /** What this release cannot run. */
  fail(reason: string): never {
    unsupported(this.source, reason);
  }

  /** What no release could: the file contradicts itself. */
  wrong(complaint: string): never {
    throw new HetConvError('bad-attribute', `${label(this.source)}: ${complaint}`);
  }
}

/** The outputs of a node, in order; undefined where one cannot be computed, which matters only if something reads it. */
export type Conversion = (node: NodeReader) => Operand | readonly (Operand | undefined)[];
