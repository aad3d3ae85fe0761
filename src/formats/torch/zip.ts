// The directory of a ZIP archive (APPNOTE.TXT of PKWARE, with ZIP64) and its entries as views of the file. The library that
// pictures take copies stored entries and believes their sizes; a checkpoint must be neither held twice nor trusted.
import { HetConvError } from '../../graph/error.js';

export interface ZipEntry {
  readonly name: string;
  /** As they lie in the file. */
  readonly bytes: Uint8Array;
  readonly compression: 'stored' | 'deflated';
  /** Bytes once inflated, as the archive claims. */
  readonly size: number;
}

const LOCAL = 0x04034b50;
const DIRECTORY = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;
/** Fields that are too small hold this: the value is in the ZIP64 record. */
const FULL16 = 0xffff;
const FULL32 = 0xffffffff;

interface DirectoryRange {
  readonly begin: number;
  readonly end: number;
  readonly count: number;
}

/** Entries by name. Throws `bad-file` where the archive is damaged, encrypted, or lets entries overlap. */
export function readZip(bytes: Uint8Array): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const directory = findDirectory(view);
  const entries = new Map<string, ZipEntry>();
  const ranges: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  let at = directory.begin;
  for (let i = 0; i < directory.count; i++) {
    if (at + ENTRY_BYTES > directory.end || view.getUint32(at, true) !== DIRECTORY) fail(`its directory ends at entry ${i}`);
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const next = at + ENTRY_BYTES + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (next > directory.end) fail(`its directory ends within entry ${i}`);
    const name = text(bytes, at + ENTRY_BYTES, nameBytes);
    if (entries.has(name)) fail(`it has two entries "${shorten(name)}"`);
    const extra = at + ENTRY_BYTES + nameBytes;
    const { size, stored, offset } = sizesOf(view, at, extra, extra + extraBytes, name);
    if (view.getUint16(at + 8, true) & 1) fail(`its entry "${shorten(name)}" is encrypted`);
    const compression = compressionOf(view.getUint16(at + 10, true), name);
    if (compression === 'stored' && size !== stored) fail(`the sizes of its entry "${shorten(name)}" disagree`);
    const begin = dataBegin(view, bytes, offset, name, directory.begin);
    const end = begin + stored;
    if (end > directory.begin) fail(`its entry "${shorten(name)}" ends beyond the data`);
    entries.set(name, { name, bytes: bytes.subarray(begin, end), compression, size });
    ranges.push({ name, begin: offset, end });
    at = next;
  }
  ranges.sort((a, b) => a.begin - b.begin);
  ranges.forEach(({ name, begin }, i) => {
    if (i > 0 && begin < ranges[i - 1]!.end) fail(`its entries "${shorten(ranges[i - 1]!.name)}" and "${shorten(name)}" overlap`);
  });
  return entries;
}

/** From the record at the end of the file, before which only a comment is allowed to hide it. */
function findDirectory(view: DataView): DirectoryRange {
  const length = view.byteLength;
  let at = length - END_BYTES;
  const last = Math.max(0, at - MAX_COMMENT);
  while (at >= last && !(view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === length)) at--;
  if (at < last) fail('its end is missing: the file is truncated, get it again');
  const count = view.getUint16(at + 10, true);
  const size = view.getUint32(at + 12, true);
  const begin = view.getUint32(at + 16, true);
  if (count !== FULL16 && size !== FULL32 && begin !== FULL32) return checkedDirectory(begin, size, count, at);
  const locator = at - 20;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR64) fail('its ZIP64 record is missing');
  const record = integer64(view, locator + 8);
  if (record + 56 > locator || view.getUint32(record, true) !== END64) fail('its ZIP64 record is missing');
  return checkedDirectory(integer64(view, record + 48), integer64(view, record + 40), integer64(view, record + 32), record);
}

function checkedDirectory(begin: number, size: number, count: number, limit: number): DirectoryRange {
  if (begin + size > limit || count * ENTRY_BYTES > size) fail('its directory does not lie within the file');
  return { begin, end: begin + size, count };
}

/** Sizes and offset of a directory entry; of those that are full, the ZIP64 field of the extras has the value. */
function sizesOf(view: DataView, at: number, extra: number, extraEnd: number, name: string) {
  const fields = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  if (fields.includes(FULL32)) {
    let field = extra;
    while (field + 4 <= extraEnd && view.getUint16(field, true) !== 1) field += 4 + view.getUint16(field + 2, true);
    const end = field + 4 <= extraEnd ? Math.min(extraEnd, field + 4 + view.getUint16(field + 2, true)) : field;
    let value = field + 4;
    fields.forEach((size, i) => {
      if (size !== FULL32) return;
      if (value + 8 > end) fail(`its entry "${shorten(name)}" lacks its ZIP64 sizes`);
      fields[i] = integer64(view, value);
      value += 8;
    });
  }
  const [size, stored, offset] = fields as [number, number, number];
  return { size, stored, offset };
}

function dataBegin(view: DataView, bytes: Uint8Array, offset: number, name: string, limit: number): number {
  if (offset + LOCAL_BYTES > limit || view.getUint32(offset, true) !== LOCAL) fail(`its entry "${shorten(name)}" is not there`);
  const nameBytes = view.getUint16(offset + 26, true);
  const begin = offset + LOCAL_BYTES + nameBytes + view.getUint16(offset + 28, true);
  if (begin > limit || text(bytes, offset + LOCAL_BYTES, nameBytes) !== name) {
    fail(`its entry "${shorten(name)}" has another name where its data lies`);
  }
  return begin;
}

function compressionOf(method: number, name: string): ZipEntry['compression'] {
  if (method === 0) return 'stored';
  if (method === 8) return 'deflated';
  fail(`its entry "${shorten(name)}" is compressed by the unknown method ${method}`);
}

function integer64(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  return value <= view.byteLength ? value : fail(`it claims ${value} bytes or entries, the file has ${view.byteLength} bytes`);
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder().decode(bytes.subarray(at, at + length));
}

function shorten(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}

function fail(complaint: string): never {
  throw new HetConvError('bad-file', `the ZIP archive is damaged: ${complaint}`);
}
