// A model as an ONNX file that other runtimes run. What a native file says beside the network stands in the metadata, so that
// nothing is lost on the way back.
import type { Graph } from '../../../graph/graph.js';
import { caseOf, inferShapes } from '../../../ops/inferShapes.js';
import { type ElementType, inferTypes } from '../../../ops/inferTypes.js';
import type { WriteOptions } from '../../format.js';
import type { ModelFile } from '../../modelFile.js';
import { writeDescription } from '../../writeDescription.js';
import { toOnnxMetadata } from '../metadata.js';
import { convolutionExports } from './convolution.js';
import { elementwiseExports } from './elementwise.js';
import { encodeModel, type ValueProto } from './encode.js';
import { type Export, Exporter } from './exporter.js';
import { moveExports } from './moves.js';
import { poolingExports } from './pooling.js';
import { reductionExports } from './reductions.js';
import { resizingExports } from './resizing.js';

/** The newest that every common runtime has. */
const OPSET = 17;

/** By the name of the op. */
export const exports: Readonly<Record<string, Export>> = {
  ...convolutionExports,
  ...elementwiseExports,
  ...moveExports,
  ...poolingExports,
  ...reductionExports,
  ...resizingExports,
};

const DATA_TYPES = { f32: 'FLOAT', i32: 'INT64' } as const satisfies Record<ElementType, string>;

/** Weights of rank 2 and more in `precision`, F16 with a Cast behind each. Throws `unsupported-op` for what ONNX cannot say. */
export function writeOnnx(model: ModelFile, { precision = 'f32' }: WriteOptions = {}): Uint8Array {
  const { graph } = model;
  const shapes = inferShapes(graph);
  const exporter = new Exporter(graph, shapes, precision);
  for (const node of graph.nodes) exports[node.op]!(caseOf(node, shapes), exporter);
  for (const name of graph.outputs) exporter.storeTensor(name);
  const types = inferTypes(graph);
  const value = (name: string): ValueProto => ({ name, type: DATA_TYPES[types.get(name)!], dims: shapes.get(name)! });
  return encodeModel({
    opset: OPSET,
    producer: 'hetconv',
    metadata: toOnnxMetadata(writeDescription(model)),
    graphName: graph.name,
    nodes: exporter.nodes,
    initializers: exporter.initializers,
    inputs: graph.inputs.map(({ name }) => value(name)),
    outputs: graph.outputs.map((name) => ({ ...value(name), dims: sizesOf(graph, name, shapes.get(name)!) })),
  });
}

/** Rows of NonMaxSuppression are as many as there are boxes; ours are as many as there could be. */
function sizesOf({ nodes }: Graph, output: string, shape: readonly number[]): readonly (number | string)[] {
  const node = nodes.find(({ outputs }) => outputs.includes(output));
  return node?.op === 'nonMaxSuppression' ? ['boxes', ...shape.slice(1)] : shape;
}
