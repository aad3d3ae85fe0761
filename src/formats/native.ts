// The model file of this project, read and written.
import { valuesOf } from '../graph/constant.js';
import { graphToJson } from '../graph/graphJson.js';
import { encodeWeights } from './encodeWeights.js';
import type { FormatCodec, FormatWriter, WriteOptions } from './format.js';
import type { ModelFile } from './modelFile.js';
import { readNative, VERSION } from './readNative.js';
import { writeDescription } from './writeDescription.js';
import { writeSafetensors } from './writeSafetensors.js';

export const native: FormatCodec & { readonly write: FormatWriter } = { read: readNative, write };

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
