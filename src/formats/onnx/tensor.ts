// ONNX tensors as constants of the graph, and as the small integers that shapes are made of.
import { type Constant, derive } from '../../graph/constant.js';
import { HetConvError } from '../../graph/error.js';
import { elementCount } from '../../graph/graph.js';
import { type SafeTensor, toConstant } from '../safetensors.js';
import type { OnnxNode, OnnxTensor } from './proto.js';

/** Float types of TensorProto.DataType: how safetensors call them, and their bytes. */
const FLOATS: ReadonlyMap<number, { dtype: string; bytes: number }> = new Map([
  [1, { dtype: 'F32', bytes: 4 }],
  [10, { dtype: 'F16', bytes: 2 }],
  [11, { dtype: 'F64', bytes: 8 }],
  [16, { dtype: 'BF16', bytes: 2 }],
]);
const INT64 = 7;
const MAX_INTS = 64;

/** The tensor as a constant, or undefined if it does not hold floats. Throws `bad-file`. */
export function floatConstant(tensor: OnnxTensor): Constant | undefined {
  const type = FLOATS.get(tensor.dataType);
  if (!type) return undefined;
  const count = checkedCount(tensor);
  if (tensor.raw) {
    checkLength(tensor, tensor.raw.length / type.bytes, count);
    if (type.dtype !== 'F64') return toConstant(tensor.name, { dtype: type.dtype, shape: tensor.dims, bytes: tensor.raw });
    const view = new DataView(tensor.raw.buffer, tensor.raw.byteOffset, tensor.raw.length);
    return derive(tensor.dims, [], () => Float32Array.from({ length: count }, (_, i) => view.getFloat64(8 * i, true)));
  }
  if (type.dtype === 'F32' || type.dtype === 'F64') {
    const values = type.dtype === 'F32' ? tensor.floats : tensor.doubles;
    checkLength(tensor, values.length, count);
    return derive(tensor.dims, [], () => Float32Array.from(values));
  }
  checkLength(tensor, tensor.int32s.length, count);
  const halves: SafeTensor = {
    dtype: type.dtype,
    shape: tensor.dims,
    bytes: new Uint8Array(Uint16Array.from(tensor.int32s).buffer),
  };
  return toConstant(tensor.name, halves);
}

/** The values of a short INT64 tensor, as shapes are; undefined for any other. Throws `bad-file`. */
export function shortIntegers(tensor: OnnxTensor): readonly number[] | undefined {
  if (tensor.dataType !== INT64) return undefined;
  const count = checkedCount(tensor);
  if (count > MAX_INTS) return undefined;
  checkLength(tensor, tensor.raw ? tensor.raw.length / 8 : tensor.int64s.length, count);
  if (!tensor.raw) return tensor.int64s;
  const view = new DataView(tensor.raw.buffer, tensor.raw.byteOffset, tensor.raw.length);
  return Array.from({ length: count }, (_, i) => Number(view.getBigInt64(8 * i, true)));
}

function checkedCount(tensor: OnnxTensor): number {
  if (tensor.external) {
    throw new HetConvError(
      'bad-file',
      `the data of tensor "${tensor.name}" is in another file; save the model as one file (onnx.save without save_as_external_data)`,
    );
  }
  if (!tensor.dims.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new HetConvError('bad-file', `tensor "${tensor.name}" has the shape [${tensor.dims.slice(0, 8)}]: the file is damaged`);
  }
  return elementCount(tensor.dims);
}

function checkLength(tensor: OnnxTensor, present: number, count: number): void {
  if (present !== count) {
    throw new HetConvError(
      'bad-file',
      `tensor "${tensor.name}" of shape [${tensor.dims.slice(0, 8)}] needs ${count} values, the file has ${present}`,
    );
  }
}

/** The value of a Constant node; undefined if it is of a kind that no supported operator takes. */
export function constantNode({ attributes }: OnnxNode): OnnxTensor | undefined {
  const tensor = attributes.get('value')?.tensor;
  if (tensor) return tensor;
  const base: OnnxTensor = { name: '', dims: [], dataType: 1, floats: [], int32s: [], int64s: [], doubles: [], external: false };
  for (const [name, { float = 0, int = 0, floats, ints }] of attributes) {
    if (name === 'value_float') return { ...base, floats: [float] };
    if (name === 'value_floats') return { ...base, dims: [floats.length], floats };
    if (name === 'value_int') return { ...base, dataType: INT64, int64s: [int] };
    if (name === 'value_ints') return { ...base, dataType: INT64, dims: [ints.length], int64s: ints };
  }
  return undefined;
}
