// Damage to safetensors that keeps the container valid: the header's JSON, and the JSON of the network inside it, with hostile
// values, keys lost and added, names and values exchanged.
import { pack, unpack } from '../support/container.js';
import { MAX_BYTES, type Mutator } from './mutator.js';
import type { Random } from './random.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
interface Slot {
  readonly holder: Record<string, Json>;
  readonly key: string;
}

const HOSTILE_VALUES: readonly (() => Json)[] = [
  ...[null, true, false, '', [], {}, 0, -1, 1, 2, 3, 0.5, 64, 1e4, 1e9, 2 ** 31, 2 ** 53, 1e308, '__proto__', 'constructor'].map(
    (value) => () => structuredClone(value) as Json,
  ),
  () => 'n'.repeat(100_000),
  () => new Array<Json>(10_000).fill(1),
  () => JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`),
];

/** Every place of a value, lists included. */
function* slotsOf(value: Json): Generator<Slot> {
  if (typeof value !== 'object' || value === null) return;
  const holder = value as Record<string, Json>;
  for (const key of Object.keys(holder)) {
    yield { holder, key };
    yield* slotsOf(holder[key]!);
  }
}

/** Exchanges a value for a hostile one or one like it from elsewhere, changes a number, or removes or repeats an entry. */
function edit(json: Json, random: Random): boolean {
  const slots = [...slotsOf(json)];
  if (slots.length === 0) return false;
  const { holder, key } = random.pick(slots);
  const value = holder[key]!;
  switch (random.below(12)) {
    case 0:
      holder[key] = random.pick(HOSTILE_VALUES)();
      return true;
    case 1:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      return true;
    case 2:
      if (Array.isArray(holder)) {
        const times = Math.min(random.pick([1, 1000]), Math.ceil(MAX_BYTES / JSON.stringify(value).length));
        holder.splice(Number(key), 0, ...new Array<Json>(times).fill(value));
      } else holder[random.pick(slots).key] = structuredClone(value);
      return true;
    case 3:
    case 4:
    case 5: {
      const from = random.pick(slots.filter((slot) => typeof slot.holder[slot.key] === typeof value));
      holder[key] = structuredClone(from.holder[from.key]!);
      return true;
    }
    default: {
      const numbers = slots.filter((slot) => typeof slot.holder[slot.key] === 'number');
      if (numbers.length === 0) return false;
      const at = random.pick(numbers);
      const number = at.holder[at.key] as number;
      at.holder[at.key] = random.pick([0, 1, 2, 3, -number, number + 1, number - 1, number * 2, number * 1000, number / 2, 1e9]);
      return true;
    }
  }
}

function editHeader(file: Uint8Array, random: Random): Uint8Array | undefined {
  const { header, data } = unpack(file);
  return edit(header, random) ? pack(JSON.stringify(header), data) : undefined;
}

function editMetadata(file: Uint8Array, random: Random): Uint8Array | undefined {
  const { header, data } = unpack(file);
  const metadata = header.__metadata__;
  const keys = Object.keys(metadata).filter((key) => metadata[key].startsWith('{') || metadata[key].startsWith('['));
  const key = keys.includes('graph') && random.below(8) > 0 ? 'graph' : random.pick(keys);
  const json = JSON.parse(metadata[key]);
  if (!edit(json, random)) return undefined;
  metadata[key] = JSON.stringify(json);
  return pack(JSON.stringify(header), data);
}

/** A file that was damaged before may be no safetensors any more. */
const whereValid =
  (mutator: Mutator): Mutator =>
  (...args) => {
    try {
      return mutator(...args);
    } catch {
      return undefined;
    }
  };

export const jsonMutators: readonly Mutator[] = [editHeader, editMetadata, editMetadata, editMetadata].map(whereValid);
