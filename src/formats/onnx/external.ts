// Tensors whose data is in files beside the model.
import { HetConvError } from '../../graph/error.js';
import type { ReadContext } from '../format.js';
import type { OnnxGraph, OnnxTensor } from './proto.js';

/** Reads every such tensor of the graph; the bytes become views into the files. Throws `bad-file` or `not-found`. */
export async function loadExternalData(graph: OnnxGraph, { sibling, maxMemory }: ReadContext): Promise<void> {
  const files = new Map<string, Uint8Array>();
  let total = 0;
  for (const tensor of tensorsOf(graph)) {
    if (!tensor.external) continue;
    const location = tensor.external.get('location') ?? '';
    const fail = (complaint: string): never => {
      throw new HetConvError(
        'bad-file',
        `the data of tensor "${tensor.name}" is in the file "${location.slice(0, 200)}"${complaint}`,
      );
    };
    if (!staysInside(location)) fail(', which is not inside the folder of the model');
    if (!sibling) fail(' beside the model: load the model by its path or address, not its bytes');
    let file = files.get(location);
    if (!file) {
      file = await sibling!(location);
      total += file.length;
      if (total > maxMemory) {
        throw new HetConvError('too-large', `the files beside the model have more than maxMemory = ${maxMemory} bytes`);
      }
      files.set(location, file);
    }
    const begin = Number(tensor.external.get('offset') ?? 0);
    const length = Number(tensor.external.get('length') ?? file.length - begin);
    const inside = [begin, length].every((count) => Number.isSafeInteger(count) && count >= 0) && begin + length <= file.length;
    if (!inside) fail(`, which has ${file.length} bytes: ${length} from byte ${begin} on are not all there`);
    tensor.raw = file.subarray(begin, begin + length);
  }
}

function* tensorsOf(graph: OnnxGraph): Generator<OnnxTensor> {
  yield* graph.initializers;
  for (const node of graph.nodes) {
    for (const { tensor, graph: subgraph } of node.attributes.values()) {
      if (tensor) yield tensor;
      if (subgraph) yield* tensorsOf(subgraph);
    }
  }
}

/** Whether a path is relative and never steps out, on any system. */
function staysInside(path: string): boolean {
  return path !== '' && !/^[/\\]|[:\0]/.test(path) && !path.split(/[/\\]/).includes('..');
}
