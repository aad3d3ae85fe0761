// The model file of this project: safetensors whose `__metadata__` carries the network. docs/format.md specifies it.
import { valuesOf } from '../graph/constant.js';
import { HetConvError } from '../graph/error.js';
import { graphToJson } from '../graph/graphJson.js';
import { loadOps } from '../ops/index.js';
import { inferShapes } from '../ops/inferShapes.js';
import { readDescription, writeDescription } from './description.js';
import { encodeWeights } from './encodeWeights.js';
import type { FormatCodec, FormatWriter, ReadContext, WriteOptions } from './format.js';
import { graphFromJson } from './graphFromJson.js';
import type { ModelFile } from './modelFile.js';
import { readSafetensors, toConstant, writeSafetensors } from './safetensors.js';
import { fail, parseJson } from './schema.js';

const VERSION = 1;

export const native: FormatCodec & { readonly write: FormatWriter } = { read, write };

async function read(bytes: Uint8Array, context: ReadContext): Promise<ModelFile> {
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.get('format') !== 'hetconv') {
    return (await import('./stateDict.js')).refuseWeights(bytes, context);
  }
  checkVersion(metadata.get('version'));
  const constants = new Map([...tensors].map(([name, tensor]) => [name, toConstant(name, tensor)]));
  const json = metadata.get('graph');
  if (json === undefined) throw new HetConvError('bad-file', '"__metadata__" has no "graph"');
  const graph = graphFromJson(parseJson(json, 'the metadata "graph"'), 'graph', constants);
  await loadOps(graph.nodes);
  return {
    graph,
    ...(metadata.has('canonical') && { canonical: true }),
    ...readDescription(metadata, graph, inferShapes(graph)),
  };
}

function checkVersion(version: string | undefined): void {
  if (version === undefined || !/^[1-9][0-9]{0,8}$/.test(version)) {
    fail('"__metadata__"', `: "version" is ${version === undefined ? 'missing' : `"${version.slice(0, 40)}"`}, not a number`);
  }
  if (Number(version) > VERSION) {
    throw new HetConvError(
      'bad-version',
      `the model file has version ${version}, this release reads up to ${VERSION}: update hetconv`,
    );
  }
}

function write(model: ModelFile, { precision = 'f32' }: WriteOptions = {}): Uint8Array {
  const { graph, canonical } = model;
  const tensors = new Map(
    [...graph.tensors].map(([name, tensor]) => [
      name,
      { shape: tensor.shape, ...encodeWeights(tensor.shape, valuesOf(tensor, name), precision) },
    ]),
  );
  const metadata = new Map([
    ['format', 'hetconv'],
    ['version', `${VERSION}`],
    ['graph', JSON.stringify(graphToJson(graph))],
    ...writeDescription(model),
  ]);
  if (canonical) metadata.set('canonical', '1');
  return writeSafetensors({ tensors, metadata });
}
