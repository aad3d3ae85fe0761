// The graph under construction: what the conversions of ops.ts read from the ONNX model and add to the result.
import type { Constant } from '../../graph/constant.js';
import { HetConvError } from '../../graph/error.js';
import type { Attribute, Graph, GraphInput, Node, Shape } from '../../graph/graph.js';
import { inferShapes } from '../../ops/inferShapes.js';
import type { OnnxNode, OnnxTensor } from './proto.js';
import { floatConstant, shortIntegers } from './tensor.js';

export class Importer {
  readonly #inputs: readonly GraphInput[];
  readonly #initializers: Map<string, OnnxTensor>;
  readonly #nodes: Node[] = [];
  readonly #nodeNames = new Set<string>();
  readonly #tensors = new Map<string, Constant>();
  readonly #shapes = new Map<string, Shape>();
  /** ONNX value that is another value or initialiser under a new name. */
  readonly #aliases = new Map<string, string>();

  constructor(inputs: readonly GraphInput[], initializers: Map<string, OnnxTensor>) {
    this.#inputs = inputs;
    this.#initializers = initializers;
    for (const { name, shape } of inputs) this.#shapes.set(name, shape);
  }

  shape(node: OnnxNode, i: number): Shape {
    const name = this.#resolve(node.inputs[i] ?? '');
    const shape = this.#shapes.get(name) ?? this.#initializers.get(name)?.dims;
    if (!shape)
      throw new HetConvError('bad-graph', `${label(node)} reads "${name}" as input ${i}, which nothing before it defines`);
    return shape;
  }

  /** Input `i`, which must be stored in the file as floats. */
  constant(node: OnnxNode, i: number): Constant {
    const tensor = this.#initializers.get(this.#resolve(node.inputs[i] ?? ''));
    const values = tensor && floatConstant(tensor);
    return values ?? unsupported(node, `input ${i} ("${node.inputs[i] ?? ''}") must be a constant of floats`);
  }

  /** Input `i`, which must be a stored list of integers. */
  integers(node: OnnxNode, i: number): readonly number[] {
    const tensor = this.#initializers.get(this.#resolve(node.inputs[i] ?? ''));
    const values = tensor && shortIntegers(tensor);
    return (
      values ?? unsupported(node, `input ${i} ("${node.inputs[i] ?? ''}") must be a constant: export the model with fixed sizes`)
    );
  }

  /** Adds a node; inputs are ONNX names or what `addTensor` returned. */
  emit(source: OnnxNode, op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): void {
    const [output = '', ...others] = source.outputs;
    if (others.some((name) => name !== '')) unsupported(source, 'only its first output is supported');
    this.#claim(source, output);
    const resolved = inputs.map((name) => this.#resolve(name));
    for (const name of resolved) this.#useInitializer(source, name);
    const node: Node = { name: this.#freshNodeName(source), op, inputs: resolved, outputs: [output], attributes };
    const known = resolved.filter((name) => name !== '').map((name) => ({ name, shape: this.#shapes.get(name)! }));
    const shapes = inferShapes({ name: '', inputs: known, outputs: [], nodes: [node], tensors: new Map() });
    this.#shapes.set(output, shapes.get(output)!);
    this.#nodes.push(node);
  }

  /** A constant computed from others; returns its name. */
  addTensor(source: OnnxNode, suffix: string, tensor: Constant): string {
    const stem = `${source.name || source.outputs[0]}.${suffix}`;
    const name = unique(stem, (candidate) => this.#shapes.has(candidate) || this.#initializers.has(candidate));
    this.#tensors.set(name, tensor);
    this.#shapes.set(name, tensor.shape);
    return name;
  }

  /** Output 0 of `source` is its input 0. */
  alias(source: OnnxNode): void {
    const [output = ''] = source.outputs;
    this.shape(source, 0);
    this.#claim(source, output);
    this.#aliases.set(output, this.#resolve(source.inputs[0]!));
  }

  addInitializer(source: OnnxNode, tensor: OnnxTensor): void {
    const [output = ''] = source.outputs;
    this.#claim(source, output);
    this.#initializers.set(output, { ...tensor, name: output });
  }

  finish(name: string, outputs: readonly string[]): Graph {
    for (const output of outputs) {
      const source = this.#aliases.get(output);
      const shape = source === undefined ? undefined : this.#shapes.get(source);
      if (source === undefined || !shape) continue;
      this.#aliases.delete(output);
      this.emit(
        { name: output, opType: 'Identity', domain: '', inputs: [source], outputs: [output], attributes: new Map() },
        'reshape',
        [source],
        {
          shape,
        },
      );
    }
    return { name, inputs: this.#inputs, outputs, nodes: this.#nodes, tensors: this.#tensors };
  }

  #resolve(name: string): string {
    return this.#aliases.get(name) ?? name;
  }

  #useInitializer(source: OnnxNode, name: string): void {
    if (name === '' || this.#shapes.has(name)) return;
    const tensor = this.#initializers.get(name);
    if (!tensor) throw new HetConvError('bad-graph', `${label(source)} reads "${name}", which nothing before it defines`);
    const values = floatConstant(tensor);
    if (!values) unsupported(source, `its constant input "${name}" does not hold floats`);
    // A number without axes broadcasts as one element does.
    const tensorOfAxes = values.shape.length === 0 ? { ...values, shape: [1] } : values;
    this.#tensors.set(name, tensorOfAxes);
    this.#shapes.set(name, tensorOfAxes.shape);
  }

  #claim(source: OnnxNode, output: string): void {
    if (output === '') throw new HetConvError('bad-graph', `${label(source)} names no output`);
    if (this.#shapes.has(output) || this.#aliases.has(output) || this.#initializers.has(output)) {
      throw new HetConvError('bad-graph', `${label(source)} defines "${output}", which is defined already`);
    }
  }

  #freshNodeName(source: OnnxNode): string {
    const name = unique(source.name || source.outputs[0]!, (candidate) => this.#nodeNames.has(candidate));
    this.#nodeNames.add(name);
    return name;
  }
}

/** How messages call a node of the ONNX file. */
export function label(node: OnnxNode): string {
  return `${node.opType} node "${node.name || node.outputs[0] || ''}"`;
}

export function unsupported(node: OnnxNode, reason: string): never {
  throw new HetConvError('unsupported-op', `${label(node)}: ${reason}`);
}

function unique(stem: string, taken: (name: string) => boolean): string {
  let name = stem;
  for (let i = 2; taken(name); i++) name = `${stem}_${i}`;
  return name;
}
