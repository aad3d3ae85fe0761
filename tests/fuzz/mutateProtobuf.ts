// Damage to ONNX files that keeps them protobuf: hostile numbers and lengths, fields lost, repeated, exchanged and renamed, so
// that graphs become cyclic, names collide, and shapes and attributes lie.
import { HOSTILE_INTEGERS, type Mutator } from './mutator.js';
import { encodeMessage, type Field, listsOf, parseMessage } from './protobuf.js';
import type { Random } from './random.js';

type Edit = (list: Field[], at: number, random: Random, other: Field[]) => boolean;

/** A field of the same number and wire type from another place: names, tensors, nodes and attributes change places. */
function likeField({ number, wire }: Field, random: Random, tree: Field[]): Field | undefined {
  const alike = [...listsOf(tree)].flat().filter((field) => field.number === number && field.wire === wire);
  return alike.length > 0 ? random.pick(alike) : undefined;
}

const edits: readonly Edit[] = [
  function setVarint(list, at, random) {
    const field = list[at]!;
    if (field.varint === undefined) return false;
    field.varint = random.pick(HOSTILE_INTEGERS);
    return true;
  },
  function lieAboutLength(list, at, random) {
    if (list[at]!.wire !== 2) return false;
    list[at]!.lie = random.pick(HOSTILE_INTEGERS);
    return true;
  },
  function drop(list, at) {
    list.splice(at, 1);
    return true;
  },
  function repeat(list, at, random) {
    const times = random.pick([1, 2, 200]);
    list.splice(at, 0, ...new Array<Field>(times).fill(list[at]!));
    return true;
  },
  function exchange(list, at, random) {
    const to = random.below(list.length);
    [list[at], list[to]] = [list[to]!, list[at]!];
    return true;
  },
  function borrow(list, at, random, other) {
    const field = likeField(list[at]!, random, other);
    if (!field) return false;
    list[at] = structuredClone(field);
    return true;
  },
  function rename(list, at, random, other) {
    const strings = [...listsOf(other)].flat().filter(({ wire, bytes }) => wire === 2 && bytes && bytes.length < 64);
    if (list[at]!.wire !== 2 || list[at]!.children || strings.length === 0) return false;
    list[at]!.bytes = random.pick(strings).bytes!;
    return true;
  },
  function renumber(list, at, random) {
    list[at]!.number = random.below(20) + 1;
    return true;
  },
  function nest(list, at, random) {
    if (!list[at]!.children) return false;
    const copy = structuredClone(list[at]!);
    for (let depth = random.pick([1, 5, 300]); depth > 0; depth--) list[at] = { ...copy, children: [list[at]!] };
    return true;
  },
  function setFloats(list, at, random) {
    const { wire, bytes } = list[at]!;
    if (!bytes || (wire !== 5 && bytes.length < 4)) return false;
    const value = random.pick([Number.NaN, Infinity, -Infinity, 0, -1, 1e38, 1e-45, 1e9]);
    new DataView(bytes.buffer).setFloat32(4 * random.below(Math.floor(bytes.length / 4)), value, true);
    return true;
  },
];

/** One edit of one field; borrows from the file itself as often as from the other. */
function editMessage(file: Uint8Array, random: Random, other: Uint8Array): Uint8Array | undefined {
  const tree = parseMessage(file);
  if (!tree || tree.length === 0) return undefined;
  const lender = (random.below(2) === 0 ? parseMessage(other) : undefined) ?? tree;
  const list = random.pick([...listsOf(tree)]);
  return random.pick(edits)(list, random.below(list.length), random, lender) ? encodeMessage(tree) : undefined;
}

export const protobufMutators: readonly Mutator[] = [editMessage];
