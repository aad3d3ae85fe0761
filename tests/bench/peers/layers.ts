// The layers of an ONNX file as runtimes without an ONNX reader are given them: activations fused, weights beside their layer.
import { DEFAULT_MAX_MEMORY } from '../../../src/formats/format.js';
import { onnx } from '../../../src/formats/onnx/index.js';
import { valuesOf } from '../../../src/graph/constant.js';
import { elementCount, type Graph, type Node, type Shape } from '../../../src/graph/graph.js';
import { inferShapes } from '../../../src/ops/inferShapes.js';
import { fuseActivation } from '../../../src/passes/fuseActivation.js';

export interface Weight {
  readonly shape: Shape;
  /** Row-major. */
  readonly values: Float32Array;
}

interface LayerOf<Op extends string> {
  readonly op: Op;
  readonly name: string;
  /** Names of values. */
  readonly inputs: readonly string[];
  readonly output: string;
}

interface Clamped {
  /** -Infinity and Infinity where there is no bound. */
  readonly clamp: readonly [min: number, max: number];
}

interface Filtering extends Clamped {
  readonly weight: Weight;
  readonly bias: Weight | undefined;
}

interface Window {
  readonly stride: readonly [number, number];
  /** top, left, bottom, right */
  readonly padding: readonly [number, number, number, number];
}

/** `weight` is [N, M / groups, kH, kW]. */
export interface Conv extends LayerOf<'conv'>, Window, Filtering {
  readonly groups: number;
}

export interface MaxPool extends LayerOf<'maxPool'>, Window {
  readonly kernel: readonly [number, number];
}

/** `weight` of a linear layer is [N, M]; a flattened picture has one pixel. */
export type Layer =
  | Conv
  | MaxPool
  | (LayerOf<'linear'> & Filtering)
  | (LayerOf<'add'> & Clamped)
  | LayerOf<'globalAveragePool'>
  | LayerOf<'flatten'>;

export interface Layers {
  /** In the order that they are computed in. */
  readonly layers: readonly Layer[];
  readonly input: string;
  readonly output: string;
  /** Of every value, in NCHW. */
  readonly shapes: Readonly<Record<string, Shape>>;
}

export function isDepthwise({ groups, weight: { shape } }: Conv): boolean {
  return shape[1] === 1 && groups === shape[0];
}

/** Throws for a file whose layers are of other ops, or that flattens several pixels, whose order depends on the layout. */
export async function readLayers(bytes: Uint8Array): Promise<Layers> {
  const { graph } = await onnx.read(bytes, { maxMemory: DEFAULT_MAX_MEMORY });
  const fused = fuseActivation(graph);
  const shapes = inferShapes(fused);
  const layers = fused.nodes.map((node) => layerOf(node, fused, shapes));
  return { layers, input: fused.inputs[0]!.name, output: fused.outputs[0]!, shapes: Object.fromEntries(shapes) };
}

function layerOf(node: Node, graph: Graph, shapes: ReadonlyMap<string, Shape>): Layer {
  const { name, op, attributes } = node;
  const common = { name, inputs: node.inputs.filter((input) => !graph.tensors.has(input)), output: node.outputs[0]! };
  const weight = (index: number): Weight | undefined => {
    const tensor = graph.tensors.get(node.inputs[index] ?? '');
    return tensor && { shape: tensor.shape, values: valuesOf(tensor, node.inputs[index]!) };
  };
  const { clampMin = -Infinity, clampMax = Infinity } = attributes;
  const clamped = { clamp: [clampMin, clampMax] } as unknown as Clamped;
  const filtering = (): Filtering => ({ ...clamped, weight: weight(1)!, bias: weight(2) });
  const window = { stride: attributes.stride, padding: attributes.padding } as unknown as Window;
  switch (op) {
    case 'conv':
      return { op, ...common, ...window, ...filtering(), groups: attributes.groups as number };
    case 'maxPool':
      return { op, ...common, ...window, kernel: attributes.kernel as unknown as MaxPool['kernel'] };
    case 'linear':
      return { op, ...common, ...filtering() };
    case 'add':
      return { op, ...common, ...clamped };
    case 'globalAveragePool':
      return { op, ...common };
    case 'flatten':
      if (elementCount(shapes.get(node.inputs[0]!)!.slice(2)) !== 1) throw new Error(`${name} flattens more than one pixel`);
      return { op, ...common };
    default:
      throw new Error(`${name} is a ${op}, which the peers are not given`);
  }
}
