// The graph under construction: what each ONNX name stands for, and the nodes that the conversions add. Whatever is known already
// is folded instead of added, so that the subgraphs with which exporters compute shapes disappear.
import type { Constant } from '../../graph/constant.js';
import { HetConvError } from '../../graph/error.js';
import { type Attribute, elementCount, type Graph, type GraphInput, type Node, type Shape } from '../../graph/graph.js';
import { opOf } from '../../ops/index.js';
import { inferShapes } from '../../ops/inferShapes.js';
import { inferTypes } from '../../ops/inferTypes.js';
import { folds } from './folding/index.js';
import {
  type Computed,
  constantOf,
  isKnown,
  type Known,
  type KnownType,
  label,
  type Operand,
  unsupported,
  type Values,
} from './operand.js';
import type { OnnxNode } from './proto.js';

/** A node of the result whose names are settled when all ONNX names are known. */
interface Draft {
  readonly stem: string;
  readonly op: string;
  readonly inputs: readonly (Operand | undefined)[];
  readonly outputs: readonly Computed[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** What a constant of a weighted op is called behind the name of its node. */
const ROLES: readonly string[] = ['input', 'weight', 'bias'];

/** What gives a graph output its name. */
const IDENTITY: OnnxNode = { name: '', opType: 'Identity', domain: '', inputs: [], outputs: [], attributes: new Map() };

/** What an f32 computes of integers without rounding, as long as they stay below 2^24. */
const EXACT_ON_INTEGERS: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'neg', 'abs', 'min', 'max', 'clip', 'relu']);

export class Importer {
  readonly opset: number;
  readonly #maxMemory: number;
  readonly #inputs: readonly GraphInput[];
  readonly #operands = new Map<string, Operand>();
  /** Names that nothing of ours stands for, with what to say where something reads them; undefined: it was said. */
  readonly #leftOut = new Map<string, string | undefined>();
  readonly #drafts: Draft[] = [];
  #foldedBytes = 0;

  constructor(inputs: readonly (Computed & { name: string })[], opset: number, maxMemory: number) {
    this.opset = opset;
    this.#maxMemory = maxMemory;
    this.#inputs = inputs.map(({ name, shape }) => ({ name, shape }));
    for (const input of inputs) this.define(input.name, input, `graph input "${input.name}"`);
  }

  /** What a name stands for. Throws `bad-graph` for an unknown one, `unsupported-op` for an output that is not supported. */
  operand(name: string, reader: string): Operand {
    const operand = this.#operands.get(name);
    if (operand) return operand;
    const complaint = this.#leftOut.get(name);
    if (complaint !== undefined) throw new HetConvError('unsupported-op', complaint);
    throw new HetConvError('bad-graph', `${reader} reads "${name}", which nothing before it defines`);
  }

  /** Whether the name belongs to what cannot be run and was complained of. */
  isLeftOut(name: string): boolean {
    return this.#leftOut.has(name) && this.#leftOut.get(name) === undefined;
  }

  define(name: string, operand: Operand, what: string): void {
    if (name === '') throw new HetConvError('bad-graph', `${what} names no output`);
    if (this.#operands.has(name) || this.#leftOut.has(name)) {
      throw new HetConvError('bad-graph', `${what} defines "${name}", which is defined already`);
    }
    if (isKnown(operand)) this.#operands.set(name, operand.name === undefined ? { ...operand, name } : operand);
    else {
      operand.name ??= name;
      this.#operands.set(name, operand);
    }
  }

  leaveOut(name: string, complaint?: string): void {
    if (!this.#operands.has(name)) this.#leftOut.set(name, complaint);
  }

  /** The outputs of an op; known ones where every input is known and the op folds. */
  emit(
    source: OnnxNode,
    op: string,
    inputs: readonly (Operand | undefined)[],
    attributes: Readonly<Record<string, Attribute>>,
    outputCount: number,
  ): Operand[] {
    const stem = source.name || source.outputs.find((name) => name !== '') || source.opType;
    if (inputs.every((input) => input !== undefined && isKnown(input))) {
      const folded = folds[op]?.(inputs as readonly Known[], attributes, { source, derive: this.derive.bind(this, source) });
      if (folded) return [folded];
    }
    const integer = inputs.some((input) => input && !isKnown(input) && input.integer);
    const operands = integer ? inputs.map((input) => (input && isKnown(input) ? exactFloats(source, input) : input)) : inputs;
    const outputs = this.#infer(source, stem, op, operands, attributes, outputCount);
    if (integer) {
      if (!EXACT_ON_INTEGERS.has(op) && opOf({ name: stem, op, inputs: [], outputs: [], attributes }).outputType !== 'input') {
        unsupported(
          source,
          'it computes with integers; only moves, sums, products and casts to floats may follow an input of integers',
        );
      }
      for (const output of outputs) output.integer = true;
    }
    this.#drafts.push({ stem, op, inputs: operands, outputs, attributes });
    return outputs;
  }

  /** A known tensor that is computed when first read; its size is checked against the memory limit at once. */
  derive(source: OnnxNode, type: KnownType, shape: Shape, compute: () => Values): Known {
    this.#foldedBytes += elementCount(shape) * (type === 'f32' ? 4 : 8);
    if (!(this.#foldedBytes <= this.#maxMemory)) {
      throw new HetConvError(
        'too-large',
        `${label(source)}: the constants computed up to this one, of shape [${shape.slice(0, 8)}], take more than maxMemory = ${this.#maxMemory} bytes`,
      );
    }
    let values: Values | undefined;
    return {
      type,
      shape,
      read: () => {
        values ??= compute();
        return values;
      },
    };
  }

  finish(name: string, outputs: readonly string[]): Graph {
    const results = new Map(outputs.map((output) => [output, this.#operands.get(output)]));
    for (const [output, operand] of results) {
      if (operand) this.#nameOutput(output, operand, results);
      else if (this.#leftOut.has(output)) this.operand(output, 'the graph');
    }
    const taken = new Set(this.#inputs.map((input) => input.name));
    for (const { outputs: made } of this.#drafts) for (const value of made) if (value.name) taken.add(value.name);
    const tensors = new Map<string, Constant>();
    const tensorNames = new Map<Known, string>();
    const nodeNames = new Set<string>();
    const nodes = this.#drafts.map((draft): Node => {
      const final = draft.outputs.some((value) => value.name !== undefined);
      const inputs = draft.inputs.map((operand, i) => {
        if (!operand) return '';
        if (!isKnown(operand)) return operand.name!;
        let constant = tensorNames.get(operand);
        if (constant === undefined) {
          constant = claim(operand.name ?? `${draft.stem}.${ROLES[i] ?? 'constant'}`, taken);
          tensorNames.set(operand, constant);
          tensors.set(constant, constantOf(operand)!);
        }
        return constant;
      });
      for (const value of draft.outputs) value.name ??= claim(`${draft.stem}.${draft.op}`, taken);
      return {
        name: claim(final ? draft.stem : `${draft.stem}.${draft.op}`, nodeNames),
        op: draft.op,
        inputs,
        outputs: draft.outputs.map((value) => value.name!),
        attributes: draft.attributes,
      };
    });
    return { name, inputs: this.#inputs, outputs, nodes, tensors };
  }

  /** Makes a value answer to the name of a graph output: it takes that name unless it needs its own, as an input or another output. */
  #nameOutput(output: string, operand: Operand, results: ReadonlyMap<string, Operand | undefined>): void {
    if (!isKnown(operand)) {
      if (operand.name === output) return;
      if (results.get(operand.name!) !== operand && !this.#inputs.some(({ name }) => name === operand.name)) {
        operand.name = output;
        return;
      }
    }
    const shape = operand.shape.length === 0 ? [1] : operand.shape;
    const source: OnnxNode = { ...IDENTITY, name: output, outputs: [output] };
    const integers = isKnown(operand) && !constantOf(operand);
    const type = integers ? 'i32' : isKnown(operand) ? 'f32' : operand.type;
    this.#drafts.push({
      stem: output,
      op: integers ? 'cast' : 'reshape',
      inputs: [integers ? exactFloats(source, operand) : operand],
      outputs: [{ name: output, shape, type }],
      attributes: integers ? { to: 'i32' } : { shape },
    });
  }

  /** Shapes and types of the outputs, by the rules that the finished graph has to pass. */
  #infer(
    source: OnnxNode,
    stem: string,
    op: string,
    inputs: readonly (Operand | undefined)[],
    attributes: Readonly<Record<string, Attribute>>,
    outputCount: number,
  ): Computed[] {
    const names = inputs.map((operand, i) => (operand ? (operand.name ?? `${stem}.${ROLES[i] ?? 'constant'}`) : ''));
    const unique = names.map((name, i) => (name !== '' && names.indexOf(name) < i ? `${name}#${i}` : name));
    const tensors = new Map<string, Constant>();
    const values: GraphInput[] = [];
    const types = new Map<string, Computed['type']>();
    inputs.forEach((operand, i) => {
      if (!operand) return;
      const name = unique[i]!;
      if (isKnown(operand)) {
        tensors.set(name, constantOf(operand) ?? unsupported(source, `its constant input "${name}" does not hold floats`));
      } else {
        values.push({ name, shape: operand.shape });
        types.set(name, operand.type);
      }
    });
    const outputs = Array.from({ length: outputCount }, (_, i) => source.outputs[i] || `${stem}.${i}`);
    const node: Node = { name: stem, op, inputs: unique, outputs, attributes };
    const graph: Graph = { name: '', inputs: values, outputs: [], nodes: [node], tensors };
    const shapes = inferShapes(graph);
    const inferred = inferTypes(graph, types);
    return outputs.map((name) => ({ shape: shapes.get(name)!, type: inferred.get(name)! }));
  }
}

/** A known operand as a constant that holds floats. Throws `unsupported-op` where they would differ from its integers. */
function exactFloats(source: OnnxNode, operand: Known): Known {
  if (constantOf(operand)) return operand;
  const values = Float32Array.from(operand.read());
  if (values.some((value, i) => value !== operand.read()[i] || Math.abs(value) >= 2 ** 31)) {
    unsupported(source, `a constant of shape [${operand.shape}] holds integers that are too large`);
  }
  return { ...operand, type: 'f32', read: () => values };
}

/** `stem`, or with the first number behind it that makes it new. */
function claim(stem: string, taken: Set<string>): string {
  let name = stem;
  for (let i = 2; taken.has(name); i++) name = `${stem}_${i}`;
  taken.add(name);
  return name;
}
