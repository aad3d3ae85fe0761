// What a checkpoint may name: tensors, their storages and types, and the containers that hold them.
import { HetConvError } from '../../graph/error.js';
import { elementCount, type Shape } from '../../graph/graph.js';
import { Inert, type Named, type PickleValue } from './pickle.js';

/** Where the numbers of tensors lie, outside of the pickle. */
export class Storage {
  readonly key: string;
  /** As safetensors spells it. */
  readonly type: string;
  /** Elements. */
  readonly count: number;
  /** The element of `key` that is its first. */
  readonly start: number;

  constructor(key: string, type: string, count: number, start: number) {
    this.key = key;
    this.type = type;
    this.count = count;
    this.start = start;
  }
}

/** A view of a storage; offset and strides count elements. */
export class TorchTensor {
  readonly storage: Storage;
  readonly type: string;
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];

  constructor(storage: Storage, type: string, offset: number, shape: Shape, strides: readonly number[]) {
    this.storage = storage;
    this.type = type;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** Storage classes and dtypes of torch; an untyped storage counts bytes. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
  ['torch.storage.UntypedStorage', 'U8'],
  ['torch.float64', 'F64'],
  ['torch.float32', 'F32'],
  ['torch.float16', 'F16'],
  ['torch.bfloat16', 'BF16'],
  ['torch.int64', 'I64'],
  ['torch.int32', 'I32'],
  ['torch.int16', 'I16'],
  ['torch.int8', 'I8'],
  ['torch.uint8', 'U8'],
  ['torch.bool', 'BOOL'],
]);

/** What may be called, with our own meaning. */
const CALLS: ReadonlyMap<string, (args: readonly PickleValue[]) => PickleValue> = new Map([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTensor],
  ['torch._utils._rebuild_parameter', rebuildParameter],
  ['torch.Size', first],
  ['collections.OrderedDict', mapOf],
  ['collections.Counter', mapOf],
  ['collections.defaultdict', () => new Map()],
  ['builtins.set', setOf],
  ['__builtin__.set', setOf],
]);

/** What stands beside the weights in many checkpoints: options, accuracies, paths, random states, factories of a defaultdict. */
const INERT: ReadonlySet<string> = new Set([
  'argparse.Namespace',
  'pathlib.PosixPath',
  'torch.device',
  '_codecs.encode',
  'numpy.dtype',
  'numpy.ndarray',
  'numpy.core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray.scalar',
  'numpy._core.multiarray._reconstruct',
  'builtins.list',
  'builtins.dict',
  'builtins.int',
  'builtins.float',
  '__builtin__.list',
  '__builtin__.dict',
  '__builtin__.int',
  '__builtin__.float',
]);

export function findName(name: string): Named | undefined {
  if (TYPES.has(name)) return { name };
  const call = INERT.has(name) ? () => new Inert() : CALLS.get(name);
  return call && { name, call };
}

/** The storage of a persistent id, ('storage', type, key, location, count), before torch 0.4 with a view of it behind. */
export function storageOf(id: PickleValue): Storage {
  if (!Array.isArray(id) || id[0] !== 'storage') damaged('a reference to what is no storage');
  const [, type, key, , count, view] = id;
  if (typeof key !== 'string' || !isSize(count)) damaged('a storage without a name or a size');
  if (!Array.isArray(view)) return new Storage(key, typeOf(type), count, 0);
  const [, start, length] = view;
  if (!isSize(start) || !isSize(length)) damaged(`storage "${key.slice(0, 40)}" has a view without a size`);
  return new Storage(key, typeOf(type), length, start);
}

/** Arguments (storage, offset, sizes, strides, …); the third version has a dtype as its seventh. */
function rebuildTensor([storage, offset, shape, strides, , , dtype]: readonly PickleValue[]): TorchTensor {
  if (
    !(storage instanceof Storage) ||
    !isSize(offset) ||
    !isSizes(shape) ||
    !isSizes(strides) ||
    shape.length !== strides.length
  ) {
    damaged('a tensor without a storage, an offset, sizes or strides');
  }
  const type = dtype && TYPES.has((dtype as Named).name) ? typeOf(dtype) : storage.type;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
  const count = elementCount(shape);
  if (count > 0 && (last >= storage.count || count > storage.count)) {
    damaged(`a tensor of shape [${shape.slice(0, 8)}] does not fit its storage of ${storage.count} elements`);
  }
  return new TorchTensor(storage, type, offset, shape, strides);
}

function typeOf(named: PickleValue | undefined): string {
  const name = typeof named === 'object' && named !== null && 'name' in named ? String(named.name) : '';
  return TYPES.get(name) ?? damaged('a tensor without a type');
}

function rebuildParameter([data]: readonly PickleValue[]): TorchTensor {
  return data instanceof TorchTensor ? data : damaged('a parameter without a tensor');
}

function first([value]: readonly PickleValue[]): PickleValue {
  return value ?? [];
}

/** Of another map, of pairs, or empty. */
function mapOf([items]: readonly PickleValue[]): Map<PickleValue, PickleValue> {
  if (items === undefined) return new Map();
  if (items instanceof Map) return items;
  if (!Array.isArray(items) || !items.every((item) => Array.isArray(item) && item.length === 2)) damaged('a dict of no pairs');
  return new Map(items as [PickleValue, PickleValue][]);
}

function setOf([items]: readonly PickleValue[]): Set<PickleValue> {
  return new Set(Array.isArray(items) ? items : []);
}

function isSize(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= 32 && value.every(isSize);
}

function damaged(complaint: string): never {
  throw new HetConvError('bad-file', `the checkpoint is damaged: it has ${complaint}`);
}
