// ONNX: the operators of a trained CNN, with whatever exporters compute of shapes folded away.
import { HetConvError } from '../../graph/error.js';
import { sortTopologically } from '../../graph/graph.js';
import { loadRareOps } from '../../ops/index.js';
import { inferShapes } from '../../ops/inferShapes.js';
import { readDescription } from '../description.js';
import type { FormatCodec, ReadContext } from '../format.js';
import type { ModelFile } from '../modelFile.js';
import { convertGraph } from './convertGraph.js';
import { loadExternalData } from './external.js';
import { Importer } from './importer.js';
import { graphInputs } from './inputs.js';
import { fromOnnxMetadata } from './metadata.js';
import { decodeOnnx } from './proto.js';

export const onnx: FormatCodec = { read };

async function read(bytes: Uint8Array, context: ReadContext): Promise<ModelFile> {
  await loadRareOps();
  const { graph: source, opset, metadata } = decodeOnnx(bytes);
  await loadExternalData(source, context);
  const initialized = new Set(source.initializers.map(({ name }) => name));
  const inputs = graphInputs(
    source.inputs.filter(({ name }) => !initialized.has(name)),
    context.shapes,
  );
  if (inputs.length === 0 || source.outputs.length === 0) {
    throw new HetConvError('bad-graph', 'the ONNX graph has no inputs or no outputs');
  }
  const importer = new Importer(inputs, opset, context.maxMemory);
  convertGraph(source, importer);
  const graph = sortTopologically(
    importer.finish(
      source.name,
      source.outputs.map(({ name }) => name),
    ),
  );
  const shapes = inferShapes(graph);
  return { graph, ...readDescription(fromOnnxMetadata(metadata), graph, shapes) };
}
