// ONNX tensors as known operands, whatever way the file stores their values.
import type { StoredValues } from '../../graph/constant.js';
import { HetConvError } from '../../graph/error.js';
import { elementCount } from '../../graph/graph.js';
import { expandBf16, expandF16 } from '../half.js';
import { type Known, known, type Values } from './operand.js';
import type { OnnxNode, OnnxTensor } from './proto.js';

interface Encoding {
  readonly type: Known['type'];
  readonly bytes: number;
  /** Of raw data. */
  readonly decode: (raw: Uint8Array) => Values;
  /** The typed field that holds the values where there is no raw data. */
  readonly field: (tensor: OnnxTensor) => Uint8Array | readonly number[] | undefined;
}

const integers = (bytes: number, read: (view: DataView, at: number) => number, field: Encoding['field']): Encoding => ({
  type: 'int',
  bytes,
  decode: (raw) => {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
    return Float64Array.from({ length: raw.length / bytes }, (_, i) => read(view, i * bytes));
  },
  field,
});
const int32s = (tensor: OnnxTensor) => tensor.int32s;

/** An array of `bytes` a word needs its data at a multiple of them. */
function aligned(raw: Uint8Array, bytes: number): Uint8Array {
  return raw.byteOffset % bytes === 0 ? raw : new Uint8Array(raw);
}

const halves = (expand: (halves: Uint16Array) => Float32Array): Encoding => ({
  type: 'f32',
  bytes: 2,
  decode: (raw) => {
    const { buffer, byteOffset, length } = aligned(raw, 2);
    return expand(new Uint16Array(buffer, byteOffset, length / 2));
  },
  field: int32s,
});

/** By TensorProto.DataType. */
const ENCODINGS: ReadonlyMap<number, Encoding> = new Map([
  [
    1,
    {
      type: 'f32',
      bytes: 4,
      decode: (raw) => {
        const { buffer, byteOffset, length } = aligned(raw, 4);
        return new Float32Array(buffer, byteOffset, length / 4);
      },
      field: (tensor) => tensor.floats,
    },
  ],
  [2, integers(1, (view, at) => view.getUint8(at), int32s)],
  [3, integers(1, (view, at) => view.getInt8(at), int32s)],
  [4, integers(2, (view, at) => view.getUint16(at, true), int32s)],
  [5, integers(2, (view, at) => view.getInt16(at, true), int32s)],
  [6, integers(4, (view, at) => view.getInt32(at, true), int32s)],
  [
    7,
    integers(
      8,
      (view, at) => Number(view.getBigInt64(at, true)),
      (tensor) => tensor.int64s,
    ),
  ],
  [9, { ...integers(1, (view, at) => view.getUint8(at), int32s), type: 'bool' }],
  [10, halves(expandF16)],
  [
    11,
    {
      type: 'f64',
      bytes: 8,
      decode: (raw) => {
        const { buffer, byteOffset, length } = aligned(raw, 8);
        return new Float64Array(buffer, byteOffset, length / 8);
      },
      field: (tensor) => tensor.doubles,
    },
  ],
  [
    12,
    integers(
      4,
      (view, at) => view.getUint32(at, true),
      (tensor) => tensor.uint64s,
    ),
  ],
  [
    13,
    integers(
      8,
      (view, at) => Number(view.getBigUint64(at, true)),
      (tensor) => tensor.uint64s,
    ),
  ],
  [16, halves(expandBf16)],
]);

/** What kernels take from the file's bytes. */
const STORED: ReadonlyMap<number, StoredValues['type']> = new Map([
  [1, 'F32'],
  [10, 'F16'],
]);

/** The type of an element type that a known operand may have; undefined for strings, complex numbers and 8-bit floats. */
export function knownType(dataType: number): Known['type'] | undefined {
  return ENCODINGS.get(dataType)?.type;
}

/** Values are decoded when they are read, and not kept: the file holds them. Throws `bad-file` or `unsupported-op`. */
export function knownTensor(tensor: OnnxTensor): Known {
  const { name, dims, raw } = tensor;
  const encoding = ENCODINGS.get(tensor.dataType);
  if (!encoding) {
    throw new HetConvError(
      'unsupported-op',
      `tensor "${name}" has the ONNX element type ${tensor.dataType}, which is not supported`,
    );
  }
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new HetConvError('bad-file', `tensor "${name}" has the shape [${dims.slice(0, 8)}]: the file is damaged`);
  }
  const stored = raw ?? encoding.field(tensor) ?? [];
  const present = stored instanceof Uint8Array ? stored.length / encoding.bytes : stored.length;
  if (present !== elementCount(dims)) {
    throw new HetConvError(
      'bad-file',
      `tensor "${name}" of shape [${dims.slice(0, 8)}] needs ${elementCount(dims)} values, the file has ${present}`,
    );
  }
  const read = (): Values => {
    if (stored instanceof Uint8Array) return encoding.decode(stored);
    // Lists hold integers, and of 16-bit floats the bits.
    return encoding.bytes === 2 && encoding.type === 'f32'
      ? encoding.decode(new Uint8Array(Uint16Array.from(stored).buffer))
      : Float64Array.from(stored);
  };
  const type = STORED.get(tensor.dataType);
  return {
    type: encoding.type,
    shape: dims,
    read,
    ...(name !== '' && { name }),
    ...(type && stored instanceof Uint8Array && { stored: { type, bytes: stored } }),
  };
}

/** The value of a Constant node; undefined if it is of a kind that no supported operator takes. */
export function constantNode({ attributes }: OnnxNode): Known | undefined {
  for (const [name, { tensor, float = 0, int = 0, floats, ints }] of attributes) {
    if (name === 'value' && tensor) return knownTensor({ ...tensor, name: '' });
    if (name === 'value_float') return known('f32', [], [float]);
    if (name === 'value_floats') return known('f32', [floats.length], floats);
    if (name === 'value_int') return known('int', [], [int]);
    if (name === 'value_ints') return known('int', [ints.length], ints);
  }
  return undefined;
}
