// Reads the model file of this project: safetensors whose `__metadata__` carries the network. docs/format.md specifies it.
import { HetConvError } from '../graph/error.js';
import { loadOps } from '../ops/index.js';
import { inferShapes } from '../ops/inferShapes.js';
import { readDescription } from './description.js';
import type { ReadContext } from './format.js';
import { graphFromJson } from './graphFromJson.js';
import type { ModelFile } from './modelFile.js';
import { readSafetensors, toConstant } from './safetensors.js';
import { fail, parseJson } from './schema.js';

/** Of the files that this release writes, and the newest that it reads. */
export const VERSION = 1;

export async function readNative(bytes: Uint8Array, context: ReadContext): Promise<ModelFile> {
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
