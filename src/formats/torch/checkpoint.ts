// A file of torch.save as tensors in the containers that it has: a ZIP archive since torch 1.6, a row of pickles before.
import { type Constant, derive } from '../../graph/constant.js';
import { HetConvError } from '../../graph/error.js';
import { elementCount, type Shape } from '../../graph/graph.js';
import { elementBytes, toF32 } from '../elements.js';
import { findName, type Storage, storageOf, type TorchTensor } from './names.js';
import { type PickleValue, unpickle } from './pickle.js';
import { readZip } from './zip.js';

export interface Checkpoint {
  readonly root: PickleValue;
  /** The values of a tensor in `root`, read when they are first asked for. Throws `bad-file` where its storage is missing. */
  constant(tensor: TorchTensor, name: string): Constant;
}

/** Bytes of a storage by its key; undefined for a storage that the file lacks. */
type Storages = (key: string) => Uint8Array | undefined;

const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;
/** Names and shapes of millions of tensors; and the longer of 'little' and 'big'. */
const MAX_PICKLE_BYTES = 2 ** 24;
const MAX_ORDER_BYTES = 6;

/** Throws `bad-file`, or `too-large` for what would unpack to more than `maxMemory` bytes; nothing from the file ever runs. */
export async function readCheckpoint(bytes: Uint8Array, maxMemory: number): Promise<Checkpoint> {
  const { root, storages } = bytes[0] === 0x50 ? await fromZip(bytes, maxMemory) : fromPickles(bytes);
  return { root, constant: (tensor, name) => constantOf(tensor, name, storages) };
}

async function fromZip(bytes: Uint8Array, maxMemory: number): Promise<{ root: PickleValue; storages: Storages }> {
  const entries = readZip(bytes);
  const pickle = [...entries.keys()].find((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickle === undefined) {
    fail(`the ZIP archive holds no "data.pkl", so torch.save did not write it; it has ${listed([...entries.keys()])}`);
  }
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`)) {
    fail(
      'this is a TorchScript archive, which is a program; save the weights alone, torch.save(model.state_dict(), "weights.pt"), or export the model to ONNX',
    );
  }
  const squeezed = [...entries.values()].some(({ compression }) => compression === 'deflated');
  const contents = squeezed
    ? (await import('./inflate.js')).inflating(entries, maxMemory)
    : (name: string) => entries.get(name)?.bytes;
  const limited = (name: string, most: number) => {
    const size = entries.get(name)?.size ?? 0;
    if (size > most) fail(`its entry "${name.slice(0, 80)}" claims ${size} bytes; torch.save writes at most ${most}`);
    return contents(name);
  };
  const order = limited(`${folder}byteorder`, MAX_ORDER_BYTES);
  if (order && order[0] !== 'l'.charCodeAt(0)) fail('its tensors were saved on a big-endian machine; save them on another');
  const names = { find: findName, persistent: storageOf };
  const { value: root } = unpickle(limited(pickle, MAX_PICKLE_BYTES)!, 0, names);
  return { root, storages: (key) => contents(`${folder}data/${key}`) };
}

/** Magic number, protocol, system, the root, the keys of the storages, then for each its count and its data. */
function fromPickles(bytes: Uint8Array): { root: PickleValue; storages: Storages } {
  const sizes = new Map<string, number>();
  const persistent = (id: PickleValue): Storage => {
    const storage = storageOf(id);
    sizes.set(storage.key, elementBytes(storage.type)!);
    return storage;
  };
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = unpickle(bytes, at, { find: findName, persistent });
    at = end;
    return value;
  };
  if (next() !== LEGACY_MAGIC) fail('this is a Python pickle that torch.save did not write');
  if (next() !== LEGACY_PROTOCOL) fail('it was saved by an unknown version of torch; save it again with a newer one');
  next();
  const root = next();
  const keys = next();
  if (!Array.isArray(keys)) fail('the checkpoint is damaged: it does not list its storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const storages = new Map<string, Uint8Array>();
  for (const key of keys) {
    const size = typeof key === 'string' ? sizes.get(key) : undefined;
    if (size === undefined || storages.has(key as string))
      fail('the checkpoint is damaged: it lists a storage that no tensor has');
    const length = at + 8 <= bytes.length ? Number(view.getBigInt64(at, true)) * size : -1;
    at += 8;
    if (length < 0 || length > bytes.length - at) fail(`storage "${key}" lies beyond the file: it is truncated, get it again`);
    storages.set(key as string, bytes.subarray(at, at + length));
    at += length;
  }
  return { root, storages: (key) => storages.get(key) };
}

function constantOf({ storage, type, offset, shape, strides }: TorchTensor, name: string, storages: Storages): Constant {
  const size = elementBytes(type)!;
  const data = storages(storage.key);
  const begin = storage.start * elementBytes(storage.type)! + offset * size;
  const count = elementCount(shape);
  const extent = count === 0 ? 0 : 1 + shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, 0);
  if (!data || begin + extent * size > data.length) {
    fail(`the data of tensor "${name}" is not in the file: it is truncated, get it again`);
  }
  return derive(shape, [], () => {
    const values = toF32(type, data.subarray(begin, begin + extent * size));
    return isRowMajor(shape, strides) ? values : gather(values, shape, strides);
  });
}

function isRowMajor(shape: Shape, strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

function gather(source: Float32Array, shape: Shape, strides: readonly number[]): Float32Array {
  const target = new Float32Array(elementCount(shape));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < target.length; to++) {
    target[to] = source[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return target;
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 5).map((name) => `"${name.slice(0, 80)}"`);
  return names.length === 0 ? 'no entries' : `${first.join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
}

function fail(message: string): never {
  throw new HetConvError('bad-file', message);
}
