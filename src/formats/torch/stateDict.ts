// Finds the weights of a network in what was saved around them: optimiser states, epochs, options, averaged copies.
import type { Constant } from '../../graph/constant.js';
import { HetConvError } from '../../graph/error.js';
import type { StateDict } from '../../weights/stateDict.js';
import { readCheckpoint } from './checkpoint.js';
import { TorchTensor } from './names.js';
import type { PickleValue } from './pickle.js';

/** With names for keys. */
type Dict = ReadonlyMap<string, PickleValue>;

/** How deep a checkpoint may hide its weights. */
const MAX_DEPTH = 4;

/** `key` chooses among several sets of weights, as in "state_dict" or "ema.model". Throws `bad-file` or `bad-option`. */
export async function readTorchStateDict(bytes: Uint8Array, maxMemory: number, key?: string): Promise<StateDict> {
  const { root, constant } = await readCheckpoint(bytes, maxMemory);
  const candidates = new Map<string, Dict>();
  findStateDicts(root, '', candidates, new Set());
  const dict = choose(candidates, key);
  const tensors = new Map<string, Constant>();
  for (const [name, value] of dict) {
    if (value instanceof TorchTensor && value.shape.length > 0) tensors.set(name, constant(value, name));
  }
  return tensors;
}

/** Dicts that hold a tensor of two axes or more directly, by the keys that lead to them. */
function findStateDicts(value: PickleValue, path: string, found: Map<string, Dict>, seen: Set<PickleValue>): void {
  if (!(value instanceof Map) || seen.has(value) || path.split('.').length > MAX_DEPTH) return;
  seen.add(value);
  const entries = [...value].filter((entry): entry is [string, PickleValue] => typeof entry[0] === 'string');
  if (entries.length < value.size) return;
  if (entries.some(([, item]) => item instanceof TorchTensor && item.shape.length > 1)) {
    found.set(path, new Map(entries));
    return;
  }
  for (const [key, item] of entries) {
    if (!/optim|sched/i.test(key)) findStateDicts(item, path === '' ? key : `${path}.${key}`, found, seen);
  }
}

function choose(candidates: ReadonlyMap<string, Dict>, key: string | undefined): Dict {
  const names = [...candidates.keys()].map((name) => `"${name.slice(0, 80)}"`).slice(0, 20);
  if (key !== undefined) {
    const chosen = candidates.get(key);
    if (chosen) return chosen;
    throw new HetConvError(
      'bad-option',
      `the checkpoint has no weights under "${key}"; it has some under ${names.join(', ') || 'none'}`,
    );
  }
  const [only, second] = candidates.values();
  if (!only) throw new HetConvError('bad-file', 'the checkpoint holds no weights: no dict in it has names and tensors');
  if (second) {
    throw new HetConvError(
      'bad-file',
      `the checkpoint holds several sets of weights; choose one with --key: ${names.join(', ')}`,
    );
  }
  return only;
}
