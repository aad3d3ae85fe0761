// What an op is (attributes, shapes, cost) and what a kernel of it is (a row: when it fits, how it is set up).
import type { Node, Shape } from '../graph/graph.js';
import type { AttributeSpecs } from './attributes.js';
import type { ElementType } from './inferTypes.js';
import type { ParameterRecord } from './parameterRecord.js';

/** Zeros round each image of a value, in pixels: what a padded kernel reads outside the picture. */
export interface Halo {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A node with its attributes complete and its shapes known. */
export interface Case<A> {
  readonly node: Node;
  readonly attributes: A;
  /** An omitted optional input is undefined. */
  readonly inputs: readonly (Shape | undefined)[];
  readonly outputs: readonly Shape[];
}

/** Where a value lies: element [0, 0, …] is at `address`; strides are in elements of 4 bytes, one for each axis of `shape`. */
export interface View {
  readonly address: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** What a kernel row works with when it is planned: addresses are final, whatever it stores stays until the model is disposed. */
export interface Lowering<A> extends Case<A> {
  /** Where input `i` lies: an activation, or a constant stored in the layout that an activation of its shape would have. */
  input(i: number): View;
  output(i: number): View;
  inputType(i: number): ElementType;
  /** The values of constant input `i`, row-major. */
  constant(i: number): Float32Array;
  /** Address of the bytes that the row's `scratch` asked for, 64-byte aligned; contents are undefined when the step begins. */
  readonly scratch: number;
  /** Copies into wasm memory, 64-byte aligned; returns the address. */
  store(words: Float32Array | Int32Array): number;
  /** What grows with the pictures or the weights is written in place: `count` zeroed words, after the memory limit was checked. */
  storeInts(count: number, write: (target: Int32Array, address: number) => void): number;
  storeFloats(count: number, write: (target: Float32Array) => void): number;
  /** What `store` gives, called once in a plan for each key, which is what JSON makes of it: tables that layers share. */
  once<T>(key: readonly unknown[], store: () => T): T;
  /** Address of `bytes` zeros, 64-byte aligned, that are the row's own. */
  reserve(bytes: number): number;
  /** Address of `bytes` bytes, 64-byte aligned, the first of them `zeros`, to work in until something is stored or reserved. */
  workspace(bytes: number, zeros: number): number;
  /** Copies elements [begin, end) of constant input `i` to `address`, a multiple of 16; up to 7 words behind them are overwritten. */
  place(i: number, begin: number, end: number, address: number): void;
  /** Calls `kernel(record, 0, items)` now. */
  prepare(kernel: string, record: ParameterRecord, items: number): void;
  /**
   * Calls `kernel(record, 0, items)` now, unless it was called so for this plan before: the engine optimises it while more weights are
   * packed. The record is of a little work, whose results the first run writes over.
   */
  warm(kernel: string, record: ParameterRecord, items: number): void;
  /** Appends a call of `kernel(record, 0, items)`; `[0, items)` may be split into ranges that run in any order. */
  step(kernel: string, record: ParameterRecord, items: number): void;
}

/**
 * How exact results must be: 'direct' adds products up in order; 'standard' also allows what stays within 8 times the tolerance of
 * that in all tests; 'fast' allows everything.
 */
export type Accuracy = (typeof ACCURACIES)[number];
export const ACCURACIES = ['direct', 'standard', 'fast'] as const;

/** One way to compute an op. A method that looks at shapes gets the same Case that `lower` gets. */
export interface Kernel<A> {
  /** The wasm exports that it calls; a binary without one of them does not offer the row. */
  readonly exports: readonly string[];
  /** Whether it can compute this case; absent: always. */
  accepts?(c: Case<A>): boolean;
  /** The zeros that it reads round input 0; absent: none. */
  halo?(c: Case<A>): Halo;
  /** Predicted nanoseconds of one run, to compare rows of one op by. */
  time?(c: Case<A>): number;
  /** Bytes of working memory. */
  scratch?(c: Case<A>): number;
  /** The least accuracy that allows it for this case; absent: 'direct'. */
  accuracy?(c: Case<A>): Accuracy;
  /** Output 0 is input 0 under another shape: the two share their memory, nothing is computed. */
  readonly alias?: boolean;
  lower(l: Lowering<A>): void;
}

export interface Cost {
  /** Multiply-accumulates, as the paper counts them: taps on the zero border included. */
  readonly macs: number;
  /** One for each output of a convolution: its bias or batch norm, which the paper's tables add. */
  readonly adds: number;
}

export type OutputType = ElementType | 'input';

export interface Op<A = Record<never, never>> {
  readonly attributes: AttributeSpecs<A>;
  /** Fewest and most inputs. */
  readonly inputs: readonly [number, number];
  /**
   * Type of the outputs, or of each: 'input' where elements are only moved; absent: f32. Only moves take other inputs than f32, and an op
   * whose type depends on its attributes.
   */
  readonly outputType?: OutputType | readonly OutputType[] | ((attributes: A) => ElementType);
  /** Output shapes. Throws `bad-shape`. */
  infer(c: Omit<Case<A>, 'outputs'>): Shape[];
  /** Absent: no multiply-accumulates worth counting. */
  cost?(c: Case<A>): Cost;
  /** Trained numbers; absent: every element of its constant inputs. */
  parameters?(c: Case<A>): number;
  /** Whether reordering the channels (axis 1) of every input just reorders those of the output alike; absent: never. */
  keepsChannels?(c: Case<A>): boolean;
  /** Best first. */
  readonly kernels: readonly Kernel<A>[];
}
