// Runs a graph on one of the built binaries and watches the memory while it does: what no kernel may touch must not change.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Graph } from '../../src/graph/graph.js';
import { Arena } from '../../src/plan/arena.js';
import type { Preference } from '../../src/plan/chooseKernels.js';
import { type Plan, plan } from '../../src/plan/plan.js';
import type { BinaryName } from '../../src/runtime/host.js';
import { type Inputs, type Outputs, Session } from '../../src/runtime/session.js';
import type { Variant } from '../../src/runtime/variants.js';

const GUARD_BYTES = 64;
const modules = new Map<BinaryName, WebAssembly.Module>();

/** The binary that `node build.mjs` made; undefined where this engine cannot compile it. */
export function binaryOf(name: BinaryName): WebAssembly.Module | undefined {
  if (!modules.has(name)) {
    const bytes = readFileSync(new URL(`../../dist/${name}.wasm`, import.meta.url));
    if (!WebAssembly.validate(bytes)) return undefined;
    modules.set(name, new WebAssembly.Module(bytes));
  }
  return modules.get(name);
}

export interface Run {
  readonly outputs: Outputs;
  readonly plan: Plan;
  readonly memory: WebAssembly.Memory;
}

/** Runs a sorted graph twice; both runs must agree, and only activations may change. */
export function runGraph(graph: Graph, variant: Variant, inputs: Inputs, preference?: Preference): Run {
  const arena = new Arena(2 ** 31);
  const { exports } = new WebAssembly.Instance(binaryOf(variant)!, { env: { memory: arena.memory } });
  const planned = plan(graph, exports, arena, { guardBytes: GUARD_BYTES, ...(preference && { preference }) });
  const session = new Session(planned, exports, arena.memory);
  const before = new Uint8Array(arena.memory.buffer).slice();
  const outputs = session.run(inputs);
  const after = new Uint8Array(arena.memory.buffer).slice();
  for (const { address, bytes } of planned.storages) {
    before.fill(0, address, address + bytes);
    after.fill(0, address, address + bytes);
  }
  if (Buffer.compare(before, after) !== 0) {
    const at = before.findIndex((byte, i) => byte !== after[i]);
    assert.fail(`${graph.name} (${variant}): byte ${at} outside every activation was overwritten`);
  }
  const again = session.run(inputs);
  for (const [name, { data }] of Object.entries(outputs)) {
    assert.ok(sameBits(data, again[name]!.data), `${graph.name} (${variant}): "${name}" differs from run to run`);
  }
  return { outputs, plan: planned, memory: arena.memory };
}

/** Equal words; all NaN are one, for engines differ in their payload. */
export function sameBits(a: Float32Array | Int32Array, b: Float32Array | Int32Array): boolean {
  return a.length === b.length && Buffer.compare(canonicalBytes(a), canonicalBytes(b)) === 0;
}

export function canonicalBytes(values: Float32Array | Int32Array): Uint8Array {
  const copy = values.slice();
  if (copy instanceof Float32Array) for (let i = 0; i < copy.length; i++) if (Number.isNaN(copy[i])) copy[i] = Number.NaN;
  return new Uint8Array(copy.buffer);
}
