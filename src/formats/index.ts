// The table of formats that are read. A format is its file (or folder) and its row here.
import { DEFAULT_MAX_MEMORY, type Format, type ReadContext } from './format.js';
import type { ModelFile } from './modelFile.js';
import { readNative } from './readNative.js';

export const formats: readonly Format[] = [
  {
    name: 'native',
    // A safetensors header is a JSON object behind its 8-byte length.
    matches: (bytes) => bytes[8] === 0x7b,
    load: async () => ({ read: readNative }),
  },
  {
    name: 'torch',
    // A ZIP archive or a pickle. Both are weights only, which the error tells what to do with.
    matches: ([first, second]) => (first === 0x50 && second === 0x4b) || (first === 0x80 && second === 0x02),
    load: async () => ({ read: (await import('./stateDict.js')).refuseWeights }),
  },
  {
    name: 'onnx',
    // ir_version (field 1, a small integer) is written first, then one of the other fields 2…14 of a ModelProto.
    matches: ([tag, version = 0, next = 0]) => tag === 0x08 && version > 0 && version < 0x40 && next > 0x08 && next <= 0x72,
    load: async () => (await import('./onnx/index.js')).onnx,
  },
];

/** Reads a model of any known format. Throws `bad-file` that says what the bytes are, or what the format's codec throws. */
export async function readModel(bytes: Uint8Array, context: Partial<ReadContext> = {}): Promise<ModelFile> {
  const format = formats.find(({ matches }) => matches(bytes));
  if (!format) throw (await import('./unknownFile.js')).unknownFile(bytes);
  // Node's Buffer is slow to make views of.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  return (await format.load()).read(plain, { maxMemory: DEFAULT_MAX_MEMORY, ...context });
}
