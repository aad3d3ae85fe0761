// One damaged file for each seed and iteration: a seed file and one to four changes, most of which know its format.
import type { SeedFile } from './corpus.js';
import { byteMutators } from './mutateBytes.js';
import { jsonMutators } from './mutateJson.js';
import { protobufMutators } from './mutateProtobuf.js';
import { zipMutators } from './mutateZip.js';
import { MAX_BYTES, type Mutator } from './mutator.js';
import { Random } from './random.js';

export interface Damaged {
  /** The seed file's. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Mutators for a format, which is known by its first bytes. */
function mutatorsFor(file: Uint8Array): readonly Mutator[] {
  if (file[0] === 0x50 && file[1] === 0x4b) return zipMutators;
  if (file[8] === 0x7b) return jsonMutators;
  return protobufMutators;
}

export function damagedFile(corpus: readonly SeedFile[], seed: number, iteration: number): Damaged {
  const random = new Random(`${seed}:${iteration}`);
  // A kind of file first, so that the many of one kind do not crowd out the few of another.
  const kinds = [...new Set(corpus.map(({ kind }) => kind))];
  const kind = random.pick(kinds);
  const alike = corpus.filter((file) => file.kind === kind);
  const { name, bytes } = random.pick(alike);
  const other = random.below(8) === 0 ? random.pick(corpus) : random.pick(alike);
  let file = bytes;
  for (let changes = random.pick([1, 1, 1, 2, 2, 4]); changes > 0 && file.length > 0; changes--) {
    const structured = random.below(5) > 0 ? random.pick(mutatorsFor(file))(file, random, other.bytes) : undefined;
    file = structured ?? random.pick(byteMutators)(file, random, other.bytes) ?? file;
  }
  return { name, bytes: file.length <= MAX_BYTES ? file : bytes };
}
