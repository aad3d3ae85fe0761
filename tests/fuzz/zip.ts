// ZIP archives for tests, able to lie: read by the central directory, written with any field as asked.
import { crc32, deflateRawSync } from 'node:zlib';
import { joined } from './mutator.js';

export interface ZipEntry {
  name: string;
  /** As it lies in the file: compressed if `method` says so. */
  data: Uint8Array;
  method: number;
  crc: number;
  /** Uncompressed, and compressed: what the headers say. */
  size: number;
  packedSize: number;
  /** Where the central directory says that the entry begins; absent: where it does. */
  offset?: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** PyTorch aligns the data of its entries. */
const ALIGNMENT = 64;

export function storedEntry(name: string, data: Uint8Array): ZipEntry {
  return { name, data, method: 0, crc: crc32(data), size: data.length, packedSize: data.length };
}

export function deflatedEntry(name: string, data: Uint8Array): ZipEntry {
  const packed = new Uint8Array(deflateRawSync(data, { level: 9 }));
  return { name, data: packed, method: 8, crc: crc32(data), size: data.length, packedSize: packed.length };
}

/** The entries of a sound archive; undefined where it is none. */
export function readZip(file: Uint8Array): ZipEntry[] | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  try {
    let end = file.length - 22;
    while (view.getUint32(end, true) !== END) end--;
    const entries: ZipEntry[] = [];
    let at = view.getUint32(end + 16, true);
    for (let count = view.getUint16(end + 10, true); count > 0; count--) {
      const packedSize = view.getUint32(at + 20, true);
      const nameLength = view.getUint16(at + 28, true);
      const local = view.getUint32(at + 42, true);
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      entries.push({
        name: new TextDecoder().decode(file.subarray(at + 46, at + 46 + nameLength)),
        data: file.slice(start, start + packedSize),
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        size: view.getUint32(at + 24, true),
        packedSize,
      });
      at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
    return entries;
  } catch {
    return undefined;
  }
}

/** `count` is the number of entries that the end record claims. */
export function writeZip(entries: readonly ZipEntry[], count = entries.length): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const add = (part: Uint8Array) => {
    parts.push(part);
    at += part.length;
  };
  for (const entry of entries) {
    const name = new TextEncoder().encode(entry.name);
    const common = [2, 0, 2, entry.method, 2, 0, 2, 0, 4, entry.crc, 4, entry.packedSize, 4, entry.size, 2, name.length];
    const offset = entry.offset ?? at;
    const extra = (ALIGNMENT - ((at + 30 + name.length) % ALIGNMENT)) % ALIGNMENT;
    add(joined(words(4, LOCAL, 2, 20, ...common, 2, extra), name, new Uint8Array(extra)));
    add(entry.data);
    directory.push(words(4, CENTRAL, 2, 20, 2, 20, ...common, 2, 0, 2, 0, 2, 0, 2, 0, 4, 0, 4, offset), name);
  }
  const start = at;
  for (const part of directory) add(part);
  add(words(4, END, 2, 0, 2, 0, 2, count, 2, count, 4, at - start, 4, start, 2, 0));
  return joined(...parts);
}

/** Little-endian integers, each preceded by its size in bytes. */
function words(...sizesAndValues: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < sizesAndValues.length; i += 2) {
    const value = BigInt(Math.trunc(sizesAndValues[i + 1]!));
    for (let byte = 0; byte < sizesAndValues[i]!; byte++) bytes.push(Number((value >> BigInt(8 * byte)) & 255n));
  }
  return Uint8Array.from(bytes);
}
