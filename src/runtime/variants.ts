// Which binary to run: the fastest that this engine compiles and computes correctly, found by running its own opcodes.
import { HetConvError } from '../graph/error.js';
import type { Host } from './host.js';

/** 'relaxed' has fused multiply-add, whose last bit depends on the engine; 'simd' gives the same bits everywhere. */
export type Variant = 'simd' | 'relaxed';

/** Best first. */
const VARIANTS: readonly Variant[] = ['relaxed', 'simd'];

export interface Binary {
  readonly variant: Variant;
  readonly module: WebAssembly.Module;
}

/** The requested variant, or the best that works. Throws `unsupported-platform`, or what `host.module` throws. */
export async function selectBinary(host: Host, requested: Variant | 'auto' = 'auto'): Promise<Binary> {
  const failures: string[] = [];
  let misplaced: HetConvError | undefined;
  for (const variant of requested === 'auto' ? VARIANTS : [requested]) {
    if (variant === 'relaxed' && !knowsRelaxed()) {
      failures.push('relaxed: its instructions are unknown here');
      continue;
    }
    try {
      const module = await host.module(variant);
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
      const { probe } = await host.instantiate(module, { env: { memory } });
      if (computesCorrectly(probe as (record: number, begin: number, end: number) => void, memory)) return { variant, module };
      failures.push(`${variant}: computes wrong results`);
    } catch (error) {
      if (error instanceof HetConvError) misplaced = error;
      failures.push(`${variant}: ${error instanceof Error ? error.message : error}`);
    }
  }
  // The platform says what to do.
  if (misplaced) throw misplaced;
  throw new HetConvError(
    'unsupported-platform',
    `this engine runs no binary of hetconv (${failures.join('; ')}); WebAssembly SIMD is needed`,
  );
}

/** A module of nothing but `unreachable; f32x4.relaxed_madd`. */
const RELAXED_MADD = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x00, 0xfd, 0x85, 0x02, 0x0b],
);

/** Saves engines that cannot compile the larger binary from getting it. Whether they compute it correctly is the probe's affair. */
function knowsRelaxed(): boolean {
  return WebAssembly.validate(RELAXED_MADD);
}

/** a, b, c of a multiply-add that rounds differently fused and unfused, of signed zeros, of infinities, of NaN. */
const PROBES: readonly (readonly [number, number, number])[] = [
  [1 + 2 ** -12, 1 + 2 ** -12, -1],
  [-3, 0.5, 1.5],
  [Math.fround(1e20), Math.fround(1e20), 1],
  [Number.NaN, 1, 1],
  [Math.fround(0.1), Math.fround(0.2), Math.fround(0.3)],
  [2 ** -100, 2 ** -49, 2 ** -149],
  [-1, 0, -0],
  [16777216, 1, 1],
];

function computesCorrectly(probe: (record: number, begin: number, end: number) => void, memory: WebAssembly.Memory): boolean {
  const words = new Float32Array(memory.buffer, 0, 16 * PROBES.length);
  PROBES.forEach((operands, i) => {
    operands.forEach((operand, j) => {
      words.fill(operand, 16 * i + 4 * j, 16 * i + 4 * j + 4);
    });
  });
  probe(0, 0, PROBES.length);
  return PROBES.every(([a, b, c], i) => {
    // The product of two f32 is exact in f64; one more rounding to f64 in the sum is harmless for these operands.
    const fused = Math.fround(a * b + c);
    const unfused = Math.fround(Math.fround(a * b) + c);
    return words.subarray(16 * i + 12, 16 * i + 16).every((lane) => Object.is(lane, fused) || Object.is(lane, unfused));
  });
}
