// Damage that knows nothing of the file: flipped bits, lost, repeated and moved slices, truncation, splices of two files.
import { HOSTILE_INTEGERS, joined, type Mutator } from './mutator.js';
import type { Random } from './random.js';

const INTERESTING = [0, 1, 0x22, 0x2d, 0x39, 0x5b, 0x7b, 0x7f, 0x80, 0xff];

/** A place, and a length of at most 16 that fits there. */
function slice(file: Uint8Array, random: Random): [at: number, end: number] {
  const at = random.below(file.length);
  return [at, Math.min(at + random.below(16) + 1, file.length)];
}

function flipBit(file: Uint8Array, random: Random): Uint8Array {
  const result = file.slice();
  result[random.below(file.length)]! ^= 1 << random.below(8);
  return result;
}

function setByte(file: Uint8Array, random: Random): Uint8Array {
  const result = file.slice();
  result[random.below(file.length)] = random.pick(INTERESTING);
  return result;
}

function removeSlice(file: Uint8Array, random: Random): Uint8Array {
  const [at, end] = slice(file, random);
  return joined(file.subarray(0, at), file.subarray(end));
}

function repeatSlice(file: Uint8Array, random: Random): Uint8Array {
  const [at, end] = slice(file, random);
  return joined(file.subarray(0, end), file.subarray(at));
}

function moveSlice(file: Uint8Array, random: Random): Uint8Array {
  const [at, end] = slice(file, random);
  return file.slice().copyWithin(random.below(file.length), at, end);
}

function truncate(file: Uint8Array, random: Random): Uint8Array {
  return file.slice(0, random.below(file.length));
}

/** The beginning of one file and the end of another. */
function splice(file: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  return joined(file.subarray(0, random.below(file.length)), other.subarray(random.below(other.length)));
}

/** A little-endian integer of 2, 4 or 8 bytes over what was there: lengths and offsets of binary formats. */
function setInteger(file: Uint8Array, random: Random): Uint8Array | undefined {
  const bytes = random.pick([2, 4, 8]);
  if (file.length < bytes) return undefined;
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, BigInt.asUintN(64, random.pick(HOSTILE_INTEGERS)), true);
  const result = file.slice();
  result.set(value.subarray(0, bytes), random.below(file.length - bytes + 1));
  return result;
}

/** Thousands of one byte: deep nesting, in formats that open a level with a byte. */
function insertRun(file: Uint8Array, random: Random): Uint8Array {
  const at = random.below(file.length);
  const run = new Uint8Array(random.pick([100, 10_000])).fill(file[random.below(file.length)]!);
  return joined(file.subarray(0, at), run, file.subarray(at));
}

export const byteMutators: readonly Mutator[] = [
  flipBit,
  flipBit,
  setByte,
  removeSlice,
  repeatSlice,
  moveSlice,
  truncate,
  splice,
  setInteger,
  insertRun,
];
