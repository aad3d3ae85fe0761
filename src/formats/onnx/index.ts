// ONNX: the operators of a trained CNN, from one self-contained file.
import { HetConvError } from '../../graph/error.js';
import { type GraphInput, type Shape, sortTopologically } from '../../graph/graph.js';
import { loadRareOps } from '../../ops/index.js';
import { inferShapes } from '../../ops/inferShapes.js';
import type { FormatCodec } from '../format.js';
import type { ModelFile } from '../modelFile.js';
import { Importer, label } from './importer.js';
import { conversions } from './ops.js';
import { decodeOnnx, type OnnxGraph, type OnnxValue } from './proto.js';

const FLOAT = 1;
const MAX_NODES = 10_000;
const MAX_LISTED = 100;

export const onnx: FormatCodec = { read };

async function read(bytes: Uint8Array): Promise<ModelFile> {
  await loadRareOps();
  const source = decodeOnnx(bytes);
  checkOperators(source);
  const initializers = new Map(source.initializers.map((tensor) => [tensor.name, tensor]));
  const inputs = source.inputs.filter(({ name }) => !initializers.has(name)).map(inputOf);
  if (inputs.length === 0 || source.outputs.length === 0)
    throw new HetConvError('bad-graph', 'the ONNX graph has no inputs or no outputs');
  const importer = new Importer(inputs, initializers);
  for (const node of source.nodes) conversions[node.opType]!(node, importer);
  const graph = sortTopologically(
    importer.finish(
      source.name,
      source.outputs.map(({ name }) => name),
    ),
  );
  inferShapes(graph);
  return { graph };
}

function checkOperators({ nodes }: OnnxGraph): void {
  if (nodes.length > MAX_NODES)
    throw new HetConvError('too-large', `the ONNX graph has ${nodes.length} nodes, at most ${MAX_NODES} are supported`);
  const unknown = nodes.filter(
    ({ opType, domain }) => !Object.hasOwn(conversions, opType) || (domain !== '' && domain !== 'ai.onnx'),
  );
  if (unknown.length === 0) return;
  const names = unknown.slice(0, MAX_LISTED).map((node) => (node.domain ? `${node.domain}.${label(node)}` : label(node)));
  if (unknown.length > MAX_LISTED) names.push(`and ${unknown.length - MAX_LISTED} more`);
  throw new HetConvError(
    'unsupported-op',
    `this release cannot run ${unknown.length} of ${nodes.length} nodes: ${names.join(', ')}`,
  );
}

/** An open first axis is the batch, which becomes 1. */
function inputOf({ name, elementType, dims }: OnnxValue): GraphInput {
  if (elementType !== FLOAT) {
    throw new HetConvError('bad-graph', `input "${name}" has the ONNX element type ${elementType}; only FLOAT (1) is supported`);
  }
  const shape: Shape = dims.map((size, axis) => (axis === 0 && size <= 0 ? 1 : size));
  const open = shape.findIndex((size) => size <= 0);
  if (shape.length === 0 || open >= 0) {
    throw new HetConvError(
      'bad-shape',
      `input "${name}" has no fixed size on axis ${Math.max(open, 0)}; export the model with fixed sizes`,
    );
  }
  return { name, shape };
}
