// The safetensors container (https://huggingface.co/docs/safetensors): 8-byte little-endian header length, JSON header, data.
import { type Constant, derive } from '../graph/constant.js';
import { HetConvError } from '../graph/error.js';
import { elementCount, type Shape } from '../graph/graph.js';
import { elementBytes, elementTypes, toF32 } from './elements.js';
import { parseJson } from './schema.js';

const WEIGHT_TYPES = ['F32', 'F16', 'BF16'];
const MAX_HEADER = 100_000_000;
const MAX_NAME = 1024;
const MAX_RANK = 32;

export interface SafeTensor {
  /** As the header spells it: 'F32', 'F16', 'BF16', 'I64' … */
  readonly dtype: string;
  readonly shape: Shape;
  /** Row-major, little-endian; a view into the file, at any alignment. */
  readonly bytes: Uint8Array;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Views into `bytes`, nothing copied. Throws `bad-file`. */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const data = bytes.subarray(dataStart);
  const tensors = new Map<string, SafeTensor>();
  const ranges: { name: string; begin: number; end: number }[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = readMetadata(entry);
      continue;
    }
    if (name.length > MAX_NAME)
      fail(`the tensor name "${name.slice(0, 40)}…" has ${name.length} characters, at most ${MAX_NAME} are allowed`);
    const { dtype, shape, begin, end } = readEntry(name, entry, data.length);
    tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
    ranges.push({ name, begin, end });
  }
  checkCoverage(ranges, data.length);
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: object; dataStart: number } {
  if (bytes.length < 8) fail(`the file has ${bytes.length} bytes, its header length alone takes 8: it is truncated`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER) fail(`the header claims ${length} bytes, at most ${MAX_HEADER} are allowed: the file is damaged`);
  if (length > bytes.length - 8) {
    fail(`the header claims ${length} bytes, ${bytes.length - 8} follow: the file is truncated, get it again`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
  } catch (cause) {
    fail('the header is not valid UTF-8: the file is damaged', cause);
  }
  const header = parseJson(text, 'the header');
  if (!isObject(header)) fail('the header is not a JSON object');
  return { header, dataStart: 8 + length };
}

function readMetadata(entry: unknown): ReadonlyMap<string, string> {
  if (!isObject(entry)) fail('"__metadata__" is not an object');
  return new Map(
    Object.entries(entry).map(([key, value]) => {
      if (typeof value !== 'string') fail(`"__metadata__": the value of "${key}" is not a string`);
      return [key, value];
    }),
  );
}

function readEntry(name: string, entry: unknown, dataLength: number) {
  if (!isObject(entry)) fail(`tensor "${name}": its header entry is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  const size = typeof dtype === 'string' ? elementBytes(dtype) : undefined;
  if (size === undefined) {
    fail(`tensor "${name}": its dtype ${brief(dtype)} is none of ${elementTypes.join(', ')}`);
  }
  if (!isSizes(shape) || shape.length > MAX_RANK) fail(`tensor "${name}": its shape ${brief(shape)} is not a list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2) fail(`tensor "${name}": its data_offsets ${brief(offsets)} are not two offsets`);
  const [begin, end] = offsets as [number, number];
  if (begin > end) fail(`tensor "${name}": its data begins at ${begin} and ends before it, at ${end}`);
  if (end > dataLength) {
    fail(`tensor "${name}": its data ends at byte ${end} of ${dataLength}: the file is truncated, get it again`);
  }
  const needed = elementCount(shape) * size;
  if (needed !== end - begin)
    fail(`tensor "${name}": shape [${shape}] of ${dtype} takes ${needed} bytes, its data has ${end - begin}`);
  return { dtype: dtype as string, shape, begin, end };
}

/** The data is covered exactly once, as the format demands. */
function checkCoverage(ranges: { name: string; begin: number; end: number }[], length: number): void {
  let position = 0;
  for (const { name, begin, end } of ranges.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < position)
      fail(`tensor "${name}": its data, from byte ${begin}, overlaps another tensor's, which ends at ${position}`);
    if (begin > position) fail(`bytes ${position} to ${begin} of the data, before tensor "${name}", belong to no tensor`);
    position = end;
  }
  if (position < length) fail(`the last ${length - position} bytes of the data belong to no tensor`);
}

/** The values in f32, expanded when first read; aligned F32 data is not copied. Throws `bad-file` for integers and F64. */
export function toConstant(name: string, { dtype, shape, bytes }: SafeTensor): Constant {
  if (!WEIGHT_TYPES.includes(dtype)) fail(`tensor "${name}" is ${dtype}; weights must be F32, F16 or BF16: convert it to F32`);
  const values = derive(shape, [], () => toF32(dtype, bytes));
  return dtype === 'F32' || dtype === 'F16' ? { ...values, stored: { type: dtype, bytes } } : values;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function brief(value: unknown): string {
  if (!Array.isArray(value)) return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 80);
  const items = value.slice(0, 8).map((item) => (typeof item === 'object' ? '…' : String(item).slice(0, 20)));
  return `[${items.join(', ')}${value.length > 8 ? ', …' : ''}]`;
}

function fail(message: string, cause?: unknown): never {
  throw new HetConvError('bad-file', message, cause === undefined ? undefined : { cause });
}
