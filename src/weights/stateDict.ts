// The tensors of a trained network by name, and the modules (layers) that their names make.
import type { Constant } from '../graph/constant.js';

/** As f32, in the order in which the network defines them. */
export type StateDict = ReadonlyMap<string, Constant>;

/** `norm` scales and shifts channels, with or without statistics. */
export type ModuleKind = 'conv' | 'linear' | 'norm' | 'other';

export interface Module {
  readonly name: string;
  readonly kind: ModuleKind;
  /** By the last part of their names. */
  readonly tensors: ReadonlyMap<string, Constant>;
}

const NORM_ROLES = new Set(['weight', 'bias', 'running_mean', 'running_var', 'scale', 'shift', 'mean', 'variance']);
/** What wrappers put before every name: compilation, data parallelism, and both. */
const PREFIXES = ['_orig_mod.', 'module.', '_orig_mod.'];
/** Batch norms count their batches, which inference does not read. */
const COUNTER = /(^|\.)num_batches_tracked$/;

/** Without what wrappers add to names, and without counters. */
export function cleaned(state: StateDict): StateDict {
  let tensors = [...state].filter(([name]) => !COUNTER.test(name));
  for (const prefix of PREFIXES) {
    if (tensors.every(([name]) => name.startsWith(prefix))) {
      tensors = tensors.map(([name, tensor]) => [name.slice(prefix.length), tensor]);
    }
  }
  return new Map(tensors);
}

/** Tensors whose names differ in their last part only are of one module, which stands where its first tensor does. */
export function modulesOf(state: StateDict): Module[] {
  const modules = new Map<string, Map<string, Constant>>();
  for (const [name, tensor] of state) {
    const dot = name.lastIndexOf('.');
    const module = name.slice(0, Math.max(0, dot));
    const roles = modules.get(module) ?? new Map<string, Constant>();
    modules.set(module, roles.set(name.slice(dot + 1), tensor));
  }
  return [...modules].map(([name, roles]) => ({ name, kind: kindOf(roles), tensors: roles }));
}

function kindOf(roles: ReadonlyMap<string, Constant>): ModuleKind {
  const weight = roles.get('weight');
  const onlyBias = [...roles.keys()].every((role) => role === 'weight' || role === 'bias');
  if (weight?.shape.length === 4 && onlyBias) return 'conv';
  if (weight?.shape.length === 2 && onlyBias) return 'linear';
  const perChannel = [...roles].every(([role, { shape }]) => NORM_ROLES.has(role) && shape.length === 1);
  return perChannel && roles.size > 1 ? 'norm' : 'other';
}

/** Names in the order that people read, numbers by value: "layer.2" before "layer.10". */
export function inNaturalOrder(state: StateDict): StateDict {
  const keyed = [...state].map((entry) => ({ entry, parts: entry[0].split(/(\d+)/) }));
  return new Map(keyed.sort((a, b) => compareParts(a.parts, b.parts)).map(({ entry }) => entry));
}

/** Every second part is a number. */
function compareParts(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  if (at < 0) return a.length - b.length;
  const [left, right] = [a[at]!, b[at] ?? ''];
  if (at % 2 === 1 && Number(left) !== Number(right)) return Number(left) - Number(right);
  return left < right ? -1 : 1;
}
