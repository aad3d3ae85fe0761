// Damage to PyTorch's archives that keeps them ZIP: lying sizes, bombs, doubled and overlapping entries, and pickles whose
// opcodes and numbers were changed (their checksums are right again).
import { crc32 } from 'node:zlib';
import { byteMutators } from './mutateBytes.js';
import { HOSTILE_INTEGERS, joined, type Mutator } from './mutator.js';
import type { Random } from './random.js';
import { deflatedEntry, readZip, storedEntry, writeZip, type ZipEntry } from './zip.js';

type Edit = (entries: ZipEntry[], at: number, random: Random, other: readonly ZipEntry[]) => boolean;

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Pieces of pickle: calls of the forbidden, endless lengths, deep nesting, lists that hold themselves, memos that explode. */
const SNIPPETS: readonly Uint8Array[] = [
  'cos\nsystem\n(S"true"\ntR.',
  'cbuiltins\neval\n(S"1"\ntR.',
  '\x8c\x02os\x8c\x06system\x93)R.',
  'ctorch._utils\n_rebuild_tensor_v2\n)R.',
  'ccollections\nOrderedDict\n)R}b.',
  '(ios\nsystem\n.',
  ')\x81',
  'R',
  'b',
  'Q',
  '.',
  '0',
  '2',
  'N',
  ')',
  '}',
  ']',
  '(',
  't',
  's',
  'u',
  'e',
  'h\x00',
  'h\x01',
  'q\x00',
  'j\xff\xff\xff\xff',
  'r\xff\xff\xff\x7f',
  'X\xff\xff\xff\x7f',
  'X\xff\xff\xff\xff',
  '\x8d\xff\xff\xff\xff\xff\xff\xff\x7f',
  '\x8e\xff\xff\xff\xff\x00\x00\x00\x00',
  '\x8a\xff',
  '\x8b\xff\xff\xff\x7f',
  '\x95\xff\xff\xff\xff\xff\xff\xff\xff',
  'I9999999999999999999\n',
  'L1e400L\n',
  'F1e999\n',
  'K\xff',
  'J\xff\xff\xff\x7f',
  'J\x00\x00\x00\x80',
  '\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x00',
  ']q\x00h\x00a',
  '}q\x00K\x00h\x00s',
  '\x85'.repeat(1000),
  ']'.repeat(10_000),
  '('.repeat(100_000),
  `]q\x00${'(h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00tq\x00'.repeat(60)}`,
].map(latin1);

let bomb: ZipEntry | undefined;

/** 64 MB of zeros in 64 kB. */
function bombEntry(name: string): ZipEntry {
  bomb ??= deflatedEntry('', new Uint8Array(2 ** 26));
  return { ...bomb, name };
}

function setData(entry: ZipEntry, data: Uint8Array): void {
  Object.assign(entry, { data, size: data.length, packedSize: data.length, crc: crc32(data) });
}

function editPickle(entries: ZipEntry[], random: Random, change: (pickle: Uint8Array) => Uint8Array | undefined): boolean {
  const pickles = entries.filter(({ name, data }) => name.endsWith('.pkl') && data.length > 0);
  if (pickles.length === 0) return false;
  const entry = random.pick(pickles);
  const changed = change(entry.data);
  if (!changed) return false;
  setData(entry, changed);
  return true;
}

const insertSnippet: Edit = (entries, _, random) =>
  editPickle(entries, random, (pickle) => {
    const at = random.below(pickle.length);
    const over = random.below(2) === 0 ? 0 : random.below(8);
    return joined(pickle.subarray(0, at), random.pick(SNIPPETS), pickle.subarray(at + over));
  });

const damagePickle: Edit = (entries, _, random, other) =>
  editPickle(entries, random, (pickle) => random.pick(byteMutators)(pickle, random, other[0]?.data ?? pickle));

const edits: readonly Edit[] = [
  insertSnippet,
  insertSnippet,
  insertSnippet,
  damagePickle,
  damagePickle,
  damagePickle,
  function lie(entries, at, random) {
    const key = random.pick(['size', 'packedSize', 'crc', 'method', 'offset'] as const);
    entries[at]![key] = Number(BigInt.asUintN(32, random.pick(HOSTILE_INTEGERS)));
    return true;
  },
  function explode(entries, at) {
    entries[at] = bombEntry(entries[at]!.name);
    return true;
  },
  function explodeSecretly(entries, at, random) {
    entries[at] = { ...bombEntry(entries[at]!.name), size: random.pick([0, 100, entries[at]!.size, 2 ** 32 - 1]) };
    return true;
  },
  function deflate(entries, at) {
    entries[at] = deflatedEntry(entries[at]!.name, entries[at]!.data);
    return true;
  },
  function repeat(entries, at, random) {
    entries.splice(at, 0, ...new Array<ZipEntry>(random.pick([1, 2, 500])).fill(entries[at]!));
    return true;
  },
  function overlap(entries, at, random) {
    entries[at] = { ...entries[at]!, offset: random.below(1000) };
    return true;
  },
  function rename(entries, at, random) {
    const name = random.pick(entries).name;
    entries[at]!.name = random.pick([name, '', `../${name}`, `/${name}`, `${name}/`, 'data.pkl', 'n'.repeat(10_000)]);
    return true;
  },
  function drop(entries, at) {
    entries.splice(at, 1);
    return true;
  },
  function empty(entries, at) {
    entries[at] = storedEntry(entries[at]!.name, new Uint8Array(0));
    return true;
  },
  function borrow(entries, at, random, other) {
    if (other.length === 0) return false;
    entries[at] = { ...random.pick(other), name: entries[at]!.name };
    return true;
  },
];

function editArchive(file: Uint8Array, random: Random, other: Uint8Array): Uint8Array | undefined {
  const entries = readZip(file);
  if (!entries || entries.length === 0) return undefined;
  if (!random.pick(edits)(entries, random.below(entries.length), random, readZip(other) ?? [])) return undefined;
  return writeZip(entries, random.below(50) === 0 ? random.below(65536) : entries.length);
}

export const zipMutators: readonly Mutator[] = [editArchive];
