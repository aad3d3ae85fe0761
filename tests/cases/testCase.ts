// One test case of one op: what goes in, and how far the result may be from its f64 reference. The lists beside this file serve every harness.
import { seededRandom } from '../../src/bench/random.js';
import type { Attribute, Shape } from '../../src/graph/graph.js';
import type { Values } from '../reference/reference.js';

/**
 * normal: standard normal. positive: 0.1…3. integers: -3…3, so that ties are common. special: normal with NaN, ±Inf, ±0,
 * subnormal and large values between.
 */
export type ValueKind = 'normal' | 'positive' | 'integers' | 'special';

export interface TestInput {
  readonly shape: Shape;
  /** A weight, known when the model is planned. */
  readonly constant?: boolean;
  readonly values?: ValueKind;
}

/** |result - reference| <= relative · |reference| + absolute(inputs), for each element; 2^-149, the smallest f32, is always allowed unless both are 0. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute?: (inputs: readonly (Values | undefined)[]) => number;
}

export interface TestCase {
  /** Unique in its list; the seed of its inputs. */
  readonly name: string;
  readonly node: { readonly op: string; readonly attributes: Readonly<Record<string, Attribute>> };
  /** An omitted optional input is undefined. */
  readonly inputs: readonly (TestInput | undefined)[];
  /** How many outputs the op has; absent: one. */
  readonly outputs?: number;
  readonly tolerance: Tolerance;
}

/** So many channels that the rows of pictures with a halo are shifted, as src/plan/layout.ts says. */
export const MANY_CHANNELS = 128;

/** Half a unit in the last place of an f32 near 1: what one rounding costs at most, relative to its result. */
export const EPSILON = 2 ** -24;
export const exact: Tolerance = { relative: 0 };
/** `count` roundings of the result. */
export const roundings = (count: number): Tolerance => ({ relative: count * EPSILON });

/** The largest magnitude in input `i`, 0 where it is omitted. */
export function greatest(inputs: readonly (Values | undefined)[], i: number): number {
  let most = 0;
  for (const value of inputs[i]?.data ?? []) most = Math.max(most, Math.abs(value));
  return most;
}

/** The case's inputs, the same on every run. */
export function inputValues(testCase: TestCase): (Values | undefined)[] {
  const random = seededRandom(testCase.name);
  return testCase.inputs.map((input) => {
    if (!input) return undefined;
    const data = new Float32Array(input.shape.reduce((product, size) => product * size, 1));
    const next = GENERATORS[input.values ?? 'normal'];
    for (let i = 0; i < data.length; i++) data[i] = next(random);
    return { shape: input.shape, data };
  });
}

/** What is wrong with a result, or undefined; `factor` widens the tolerance. */
export function mismatch(
  testCase: TestCase,
  inputs: readonly (Values | undefined)[],
  reference: Values,
  result: Values,
  factor = 1,
): string | undefined {
  if (`${reference.shape}` !== `${result.shape}`)
    return `${testCase.name}: shape [${result.shape}] instead of [${reference.shape}]`;
  const { relative, absolute } = testCase.tolerance;
  const floor = absolute ? absolute(inputs) : 0;
  const smallest = relative === 0 && floor === 0 ? 0 : 2 ** -149;
  for (let i = 0; i < reference.data.length; i++) {
    const want = reference.data[i]!;
    const got = result.data[i]!;
    if (got === Math.fround(want) || (Number.isNaN(got) && Number.isNaN(want))) continue;
    const bound = factor * (relative * Math.abs(want) + floor) + smallest;
    if (!(Math.abs(got - want) <= bound)) {
      return `${testCase.name} ${JSON.stringify(testCase)}: element ${i} is ${got} instead of ${want}, ${Math.abs(got - want)} away where ${bound} is allowed`;
    }
  }
  return undefined;
}

const SPECIAL = [Number.NaN, Infinity, -Infinity, 0, -0, 1e-40, -1e-40, 3e38, -3e38, 100, -100, 1e-10, -1e-10];
const normal = (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const GENERATORS: Readonly<Record<ValueKind, (random: () => number) => number>> = {
  normal,
  positive: (random) => 0.1 + 2.9 * random(),
  integers: (random) => Math.floor(7 * random()) - 3,
  special: (random) => (random() < 0.5 ? SPECIAL[Math.floor(random() * SPECIAL.length)]! : normal(random)),
};
