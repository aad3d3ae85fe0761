// NumPy's .npy (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): tensors in and out of the command line.
import { HetConvError } from '../graph/error.js';
import { elementCount, type Shape } from '../graph/graph.js';

export interface NpyArray {
  readonly shape: Shape;
  /** Row-major. */
  readonly data: Float32Array | Int32Array;
}

interface Dtype {
  readonly bytes: number;
  readonly get: (view: DataView, at: number) => number;
  /** Integers must be exact in f32; doubles are rounded. */
  readonly integer: boolean;
}

const DTYPES: ReadonlyMap<string, Dtype> = new Map([
  ['<f4', { bytes: 4, get: (view, at) => view.getFloat32(at, true), integer: false }],
  ['<f8', { bytes: 8, get: (view, at) => view.getFloat64(at, true), integer: false }],
  ['|u1', { bytes: 1, get: (view, at) => view.getUint8(at), integer: true }],
  ['<i4', { bytes: 4, get: (view, at) => view.getInt32(at, true), integer: true }],
  ['<i8', { bytes: 8, get: (view, at) => Number(view.getBigInt64(at, true)), integer: true }],
]);
const MAGIC = '\x93NUMPY';
const MAX_HEADER = 65_536;
const MAX_RANK = 32;

/** The array in f32. Throws `bad-file`: truncated, another dtype, or an integer that f32 cannot hold. */
export function readNpy(bytes: Uint8Array): { shape: Shape; data: Float32Array } {
  const { header, dataStart } = readHeader(bytes);
  const { descr, fortranOrder, shape } = parseHeader(header);
  const dtype = DTYPES.get(descr);
  if (!dtype)
    fail(`its dtype is ${descr.slice(0, 20)}; supported are ${[...DTYPES.keys()].join(', ')}: convert it with .astype('<f4')`);
  const count = elementCount(shape);
  const present = bytes.length - dataStart;
  if (present !== count * dtype.bytes) {
    fail(`shape (${shape.join(', ')}) of ${descr} takes ${count * dtype.bytes} bytes, ${present} are there: the file is damaged`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart, present);
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = dtype.get(view, i * dtype.bytes);
    data[i] = value;
    if (dtype.integer && (data[i] !== value || !Number.isSafeInteger(value)))
      fail(`element ${i} is ${value}, which f32 cannot hold exactly`);
  }
  return { shape, data: fortranOrder ? toRowMajor(shape, data) : data };
}

/** '<f4' or '<i4' by the type of `data`, in C order. */
export function writeNpy({ shape, data }: NpyArray): Uint8Array {
  const descr = data instanceof Int32Array ? '<i4' : '<f4';
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const file = new Uint8Array(10 + padded.length + data.byteLength);
  file.set(Uint8Array.from(`${MAGIC}\x01\x00`, (character) => character.charCodeAt(0)));
  new DataView(file.buffer).setUint16(8, padded.length, true);
  file.set(new TextEncoder().encode(padded), 10);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length);
  return file;
}

function readHeader(bytes: Uint8Array): { header: string; dataStart: number } {
  if (!String.fromCharCode(...bytes.subarray(0, 6)).startsWith(MAGIC)) fail('it does not begin with the NumPy signature');
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) fail(`its format version is ${major}; 1 to 3 are known`);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) fail('it is truncated within its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, start);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) fail(`its header claims ${length} bytes, at most ${MAX_HEADER} are allowed`);
  if (length > bytes.length - start) fail('it is truncated within its header');
  return { header: new TextDecoder().decode(bytes.subarray(start, start + length)), dataStart: start + length };
}

/** The Python literal {'descr': …, 'fortran_order': …, 'shape': …}, keys in any order. */
function parseHeader(header: string): { descr: string; fortranOrder: boolean; shape: number[] } {
  const tokens = header.match(/'[^'\\]*'|"[^"\\]*"|True|False|\d+L?|[{}()[\]:,]|\S/g) ?? [];
  const fields = new Map<string, string | boolean | number[]>();
  let position = 0;
  const next = (wanted?: string) => {
    const token = tokens[position++] ?? 'its end';
    if (wanted !== undefined && token !== wanted) fail(`its header has ${token.slice(0, 20)} where ${wanted} is expected`);
    return token;
  };
  const value = () => {
    const token = next();
    if (token === 'True' || token === 'False') return token === 'True';
    if (/^['"]/.test(token) && token.length > 1) return token.slice(1, -1);
    if (token === '(') return sizes();
    return fail(
      token === '['
        ? 'its elements are records; only plain numbers are supported'
        : `its header has ${token.slice(0, 20)} where a value is expected`,
    );
  };
  const sizes = () => {
    const result: number[] = [];
    while (tokens[position] !== ')') {
      const token = next();
      if (!/^\d+L?$/.test(token)) fail(`its header has ${token.slice(0, 20)} where a size is expected`);
      result.push(Number.parseInt(token, 10));
      if (tokens[position] !== ')') next(',');
    }
    position++;
    return result;
  };
  next('{');
  while (tokens[position] !== '}') {
    const key = value();
    next(':');
    fields.set(String(key), value());
    if (tokens[position] !== '}') next(',');
  }
  if (tokens.length > position + 1) fail('its header goes on after the closing brace');
  const descr = fields.get('descr');
  const fortranOrder = fields.get('fortran_order');
  const shape = fields.get('shape');
  if (typeof descr !== 'string' || typeof fortranOrder !== 'boolean' || !Array.isArray(shape))
    fail('its header lacks descr, fortran_order or shape');
  if (shape.length > MAX_RANK || !shape.every(Number.isSafeInteger))
    fail('its shape has too many axes or a size that is too large');
  return { descr, fortranOrder, shape };
}

/** From first axis fastest to last axis fastest. */
function toRowMajor(shape: Shape, columnMajor: Float32Array): Float32Array {
  const result = new Float32Array(columnMajor.length);
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => elementCount(shape.slice(0, axis)));
  let source = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = columnMajor[source]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
      source -= strides[axis]! * shape[axis]!;
    }
  }
  return result;
}

function fail(complaint: string): never {
  throw new HetConvError('bad-file', `this .npy file cannot be read: ${complaint}`);
}
