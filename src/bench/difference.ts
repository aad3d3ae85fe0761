// How far the results of two networks are from each other on one input.
import type { Graph } from '../graph/graph.js';
import { sameShape } from '../graph/graph.js';
import { byTime } from '../plan/chooseKernels.js';
import { selectBinary } from '../runtime/variants.js';
import type { ProfileOptions } from './profile.js';
import { loadSubject } from './subject.js';

export interface Difference {
  /** Of the first network. */
  readonly output: string;
  readonly elements: number;
  /** Greatest and mean distance of two elements, and the greatest magnitude of the first network's. */
  readonly greatest: number;
  readonly mean: number;
  readonly scale: number;
  /** Whether the greatest element is at one place in both. */
  readonly sameLargest: boolean;
}

/** Of the outputs in their order, on seeded inputs; a sentence where the two cannot be compared. */
export async function differencesOf(
  one: Graph,
  other: Graph,
  { host, variant, accuracy, maxMemory }: Pick<ProfileOptions, 'host' | 'variant' | 'accuracy' | 'maxMemory'>,
): Promise<Difference[] | string> {
  const shapesOf = ({ inputs }: Graph): string => inputs.map(({ shape }) => `[${shape}]`).join(' ');
  if (shapesOf(one) !== shapesOf(other)) return `their inputs are ${shapesOf(one)} and ${shapesOf(other)}`;
  const binary = await selectBinary(host, variant);
  const load = (graph: Graph) => loadSubject(graph, { name: graph.name, host, binary, preference: byTime(accuracy), maxMemory });
  const [first, second] = [await load(one), await load(other)];
  const others = Object.values(second.outputs);
  const pairs = Object.entries(first.outputs);
  if (pairs.length !== others.length || pairs.some(([, { shape }], i) => !sameShape(others[i]!.shape, shape))) {
    return 'their outputs differ in number or shape';
  }
  return pairs.map(([output, { data }], i) => differenceOf(output, data, others[i]!.data));
}

type Data = Float32Array | Int32Array;

function differenceOf(output: string, a: Data, b: Data): Difference {
  let [greatest, sum, scale] = [0, 0, 0];
  a.forEach((value, i) => {
    const distance = Math.abs(value - b[i]!);
    sum += distance;
    // NaN is the greatest distance of all, and stays.
    if (!(distance <= greatest)) greatest = distance;
    scale = Math.max(scale, Math.abs(value));
  });
  return { output, elements: a.length, greatest, mean: sum / a.length, scale, sameLargest: largest(a) === largest(b) };
}

function largest(data: Data): number {
  let best = 0;
  for (let i = 1; i < data.length; i++) if (data[i]! > data[best]!) best = i;
  return best;
}
