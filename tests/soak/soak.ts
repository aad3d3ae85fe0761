// Inference after inference with the API's own pattern of allocation: every result is new, and dropped.
import type { Model } from '../../src/platform/node/index.js';

/** Bytes held, by kind, after a collection of garbage. */
export type Memory = Readonly<Record<string, number>>;

export interface SoakOptions {
  readonly runs: number;
  readonly memory?: () => Memory;
  readonly onSample?: (done: number, memory: Memory) => void;
}

export interface SoakResult {
  /** By kind of memory, the bytes by which it grows with each inference: the slope of a least-squares line after the warm-up. */
  readonly slopes: Readonly<Record<string, number>>;
  /** The bytes of one result: if so much as the bare numbers of every result were kept, a slope would reach it. */
  readonly bound: number;
}

const INPUTS = 16;
const SAMPLES = 40;
const WARM_UP = 0.2;

/** Runs `runs` inferences over a cycle of inputs. Throws as soon as an input gives other bits than it first did. */
export async function soak(model: Model, { runs, memory, onSample }: SoakOptions): Promise<SoakResult> {
  const { name, shape } = model.inputs[0]!;
  const inputs = Array.from({ length: INPUTS }, (_, i) => inputOf(shape, i));
  const expected = inputs.map((input) => wordsOf(model.runSync({ [name]: input })));
  const every = Math.ceil(runs / SAMPLES);
  const samples: { readonly done: number; readonly held: Memory }[] = [];
  for (let done = 1; done <= runs; done++) {
    const i = done % INPUTS;
    const words = wordsOf(await model.run({ [name]: inputs[i]! }));
    const changed = words.findIndex((word, at) => word !== expected[i]![at]);
    if (changed >= 0)
      throw new Error(`run ${done}: word ${changed} of the result for input ${i} is another than in the first run`);
    if (!memory || done % every !== 0) continue;
    const held = memory();
    onSample?.(done, held);
    if (done >= WARM_UP * runs) samples.push({ done, held });
  }
  const slopes = Object.keys(samples[0]?.held ?? {}).map((kind) => [
    kind,
    slopeOf(samples.map(({ done, held }) => [done, held[kind]!])),
  ]);
  return { slopes: Object.fromEntries(slopes), bound: 4 * expected[0]!.length };
}

function inputOf(shape: readonly number[], seed: number): Float32Array {
  const length = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length }, (_, i) => ((Math.imul(i + 1, 2654435761) ^ Math.imul(seed + 1, 40503)) % 1000) / 500);
}

/** The bits of all outputs. */
function wordsOf(outputs: Awaited<ReturnType<Model['run']>>): number[] {
  return Object.values(outputs).flatMap(({ data }) => [...new Int32Array(data.buffer, data.byteOffset, data.length)]);
}

function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const covariance = mean(points.map(([x, y]) => (x - meanX) * (y - meanY)));
  return covariance / mean(points.map(([x]) => (x - meanX) ** 2));
}
