// What nothing can beat on this core in this engine, timed beside what is measured: multiply-adds on registers alone, and copies
// in the cache and in memory.
import * as abi from '../../assembly/abi.js';
import { ParameterRecord } from '../ops/parameterRecord.js';
import { stridedCopy } from '../ops/stridedCopy.js';
import { rowMajorView } from '../ops/view.js';
import { Arena } from '../plan/arena.js';
import type { KernelFunction } from '../plan/plan.js';
import type { Host } from '../runtime/host.js';
import type { Binary } from '../runtime/variants.js';
import type { Contestant, Measured } from './measure.js';
import { median } from './statistics.js';

export interface Ceilings {
  /** 10⁹ floating-point operations a second; a multiply-add is two. */
  readonly gflops: number;
  /** 10⁹ bytes a second, read and written: of a copy that stays in the second-level cache, and of one from and to memory. */
  readonly cacheGBs: number;
  readonly memoryGBs: number;
}

/** Floats of a copy: 2 × 128 KiB stay near on cores of today, 2 × 32 MiB do not. */
const CACHE_FLOATS = 2 ** 15;
const MEMORY_FLOATS = 2 ** 23;
const PEAK_ITEMS = 20_000;
const LANES = 4;

/** Times these beside others, then `ceilingsOf` reads what they reached. */
export interface CeilingContestants {
  readonly peak: Contestant;
  readonly cache: Contestant;
  readonly memory: Contestant;
}

/** Takes 64 MiB of WebAssembly memory. */
export async function loadCeilings(host: Host, { module, variant }: Binary): Promise<CeilingContestants> {
  const arena = new Arena(2 ** 27);
  const exports = await host.instantiate(module, { env: { memory: arena.memory } });
  const step = (name: string, kernel: string, record: ParameterRecord, items: number): Contestant => {
    const address = arena.store(record.words(), name);
    const call = exports[kernel] as KernelFunction;
    return { name: `${name} ${variant}`, run: () => call(address, 0, items) };
  };
  const copy = (name: string, floats: number): Contestant => {
    const shape = [floats / 2 ** 10, 2 ** 10];
    const [source, target] = [0, 1].map(() => rowMajorView(arena.allocate(4 * floats, name), shape));
    let contestant: Contestant | undefined;
    const keep = (kernel: string, record: ParameterRecord, items: number): void => {
      contestant = step(name, kernel, record, items);
    };
    stridedCopy({ step: keep }, source!, target!);
    return contestant!;
  };
  const record = new ParameterRecord(abi.PEAK_WORDS);
  for (let lane = 0; lane < LANES; lane++) record.float(abi.PEAK_FACTOR + lane, 0.5).float(abi.PEAK_ADDEND + lane, 1);
  return {
    peak: step('peak', 'f32_peak', record, PEAK_ITEMS),
    cache: copy('copy in the cache', CACHE_FLOATS),
    memory: copy('copy in memory', MEMORY_FLOATS),
  };
}

export function ceilingsOf(contestants: CeilingContestants, measured: ReadonlyMap<Contestant, Measured>): Ceilings {
  const perMs = (contestant: Contestant, count: number): number => count / median(measured.get(contestant)!.whole.rounds) / 1e6;
  return {
    gflops: perMs(contestants.peak, 2 * LANES * abi.PEAK_CHAINS * PEAK_ITEMS),
    cacheGBs: perMs(contestants.cache, 8 * CACHE_FLOATS),
    memoryGBs: perMs(contestants.memory, 8 * MEMORY_FLOATS),
  };
}

export type Bound = 'compute' | 'memory';

/** The milliseconds that the ceilings leave a layer at least, all its bytes coming from memory once, and which of them is the higher. */
export function bestMs(
  cost: { readonly macs: number; readonly bytes: number },
  ceilings: Ceilings,
): { ms: number; bound: Bound } {
  const compute = (2 * cost.macs) / ceilings.gflops / 1e6;
  const memory = cost.bytes / ceilings.memoryGBs / 1e6;
  return compute >= memory ? { ms: compute, bound: 'compute' } : { ms: memory, bound: 'memory' };
}
