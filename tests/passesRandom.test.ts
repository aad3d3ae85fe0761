// Random small networks: every pass keeps what they compute, and leaves nothing that it should have taken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Graph } from '../src/graph/graph.js';
import { canonicalise } from '../src/passes/canonicalise.js';
import { detectHetConv } from '../src/passes/detectHetConv.js';
import { foldAffine } from '../src/passes/foldAffine.js';
import { fuseActivation } from '../src/passes/fuseActivation.js';
import { fuseResidual } from '../src/passes/fuseResidual.js';
import { optimise } from '../src/passes/index.js';
import { permuteChannels } from '../src/passes/permuteChannels.js';
import { removeDead } from '../src/passes/removeDead.js';

type Pass = (graph: Graph) => Graph | Promise<Graph>;

import { evaluate } from './reference/evaluate.js';
import { assertClose, assertEquivalent, GraphWriter, randomInputs } from './support/graphWriter.js';
import { runGraph } from './support/runGraph.js';

type Step = (writer: GraphWriter, x: string, earlier: readonly string[]) => string;

const pick = <T>(writer: GraphWriter, list: readonly T[]): T => list[Math.floor(writer.random() * list.length)]!;
const bias = (writer: GraphWriter) => writer.random() < 0.5;
const divisors = (count: number) => [2, 3, 4, 5, 6, 8, 12].filter((part) => count % part === 0);

/** Channels for the next layer and a part that divides both sides. */
function widthAndPart(writer: GraphWriter, x: string): [outC: number, part: number] {
  const part = pick(writer, divisors(writer.channels(x)).slice(0, 4)) ?? 1;
  return [pick(writer, [writer.channels(x), 2 * part, part]), part];
}

function onePixelSmaller(writer: GraphWriter, x: string): boolean {
  return writer.shape(x)[2]! < 3 || writer.shape(x)[3]! < 3;
}

const steps: Record<string, Step> = {
  conv: (w, x) => w.conv(x, pick(w, [4, 6, 8]), pick(w, [1, 3]), { bias: bias(w) }),
  strided: (w, x) => w.conv(x, w.channels(x), 3, { stride: [2, 1], bias: bias(w) }),
  depthwise: (w, x) => w.conv(x, w.channels(x), 3, { groups: w.channels(x), bias: bias(w) }),
  grouped: (w, x) => {
    const [outC, part] = widthAndPart(w, x);
    return w.conv(x, outC, 3, { groups: part });
  },
  twoBranches: (w, x) => {
    const [outC, part] = widthAndPart(w, x);
    return w.twoBranches(x, outC, 3, part, {
      bias: bias(w),
      swap: bias(w),
      stride: pick(w, [
        [1, 1],
        [2, 2],
      ]),
    });
  },
  normedBranches: (w, x) => {
    const [outC, part] = widthAndPart(w, x);
    return w.node('add', [w.batchNorm(w.conv(x, outC, 3, { groups: part })), w.batchNorm(w.conv(x, outC, 1))]);
  },
  manyBranches: (w, x) => {
    const [outC, part] = widthAndPart(w, x);
    const own = (k: number) => w.node('slice', [x], { starts: [k], ends: [w.channels(x)], axes: [1], steps: [part] });
    const all = Array.from({ length: w.channels(x) }, (_, c) => c);
    const others = (k: number) => w.node('permuteChannels', [x], { order: all.filter((c) => c % part !== k) });
    const sum = (a: string, b: string) => (bias(w) ? w.node('add', [a, b]) : w.node('sub', [b, a]));
    const branch = (k: number) => sum(w.conv(own(k), outC / part, 3, { bias: bias(w) }), w.conv(others(k), outC / part, 1));
    return part === 1 ? x : w.node('concat', all.slice(0, part).map(branch), { axis: bias(w) ? 1 : -3 });
  },
  sumOfMany: (w, x) => {
    const terms = [0, 1, 2].map(() =>
      w.conv(x, 6, pick(w, [1, 3]), { groups: pick(w, [1, ...divisors(w.channels(x)).filter((g) => 6 % g === 0)]) }),
    );
    return w.node('sub', [w.node('add', [terms[0]!, terms[1]!]), pick(w, [terms[2]!, w.batchNorm(terms[2]!)])]);
  },
  reordered: (w, x) => {
    const order = Array.from({ length: w.channels(x) }, (_, c) => c);
    return w.node('permuteChannels', [x], { order: bias(w) ? order.reverse() : order.filter((c) => c !== 1) });
  },
  masked: (w, x) => {
    const [outC, part] = widthAndPart(w, x);
    const inC = w.channels(x);
    const shifted = bias(w);
    const isOwn = (n: number, m: number) =>
      shifted ? n % part === m % part : Math.floor((n * part) / outC) === Math.floor((m * part) / inC);
    return w.conv(x, outC, 3, { mask: (n, m, kernel) => isOwn(n, m) || kernel.fill(0).fill(0.5, 4, 5) });
  },
  shifted: (w, x) => {
    const [outC, part] = widthAndPart(w, x);
    return part === 1 ? x : w.hetConv(x, outC, 3, part, 'shifted');
  },
  block: (w, x) => {
    const [outC, part] = widthAndPart(w, x);
    return part === 1 ? x : w.hetConv(x, outC, 3, part, 'block');
  },
  convTranspose: (w, x) => w.node('convTranspose', [x, w.tensor(`t${x}.weight`, [w.channels(x), 4, 2, 2])], { stride: [2, 1] }),
  batchNorm: (w, x) => w.batchNorm(x),
  relu: (w, x) => w.node('relu', [x]),
  clip: (w, x) => w.node('clip', [x], { min: pick(w, [-1, 0]), max: pick(w, [0.5, 6]) }),
  prelu: (w, x) => w.node('prelu', [x, w.tensor(`p${x}.slope`, [w.channels(x)])]),
  sigmoid: (w, x) => w.node('sigmoid', [x]),
  scale: (w, x) => w.node('mul', [w.tensor(`m${x}.factor`, [w.channels(x), 1, 1]), x]),
  shift: (w, x) => w.node(pick(w, ['add', 'sub']), [x, w.tensor(`s${x}.shift`, [1, pick(w, [1, w.channels(x)]), 1, 1])]),
  from: (w, x) => w.node('sub', [w.tensor(`f${x}.shift`, [1]), x]),
  divide: (w, x) => w.node('div', [x, w.tensor(`d${x}.divisor`, [w.channels(x), 1, 1], () => 0.5 + w.random())]),
  squeeze: (w, x) => w.node('mul', [x, w.node('sigmoid', [w.node('globalAveragePool', [x])])]),
  maxPool: (w, x) => (onePixelSmaller(w, x) ? x : w.node('maxPool', [x], { kernel: [2, 2], stride: [1, 1] })),
  residual: (w, x, earlier) => {
    const same = earlier.filter((name) => `${w.shape(name)}` === `${w.shape(x)}`);
    return w.node('add', bias(w) ? [x, pick(w, same)] : [pick(w, same), x]);
  },
  concat: (w, x, earlier) => {
    const spatial = (name: string) => `${w.shape(name).slice(2)}`;
    const others = earlier.filter((name) => spatial(name) === spatial(x) && w.channels(name) <= 8);
    return w.channels(x) > 16 ? x : w.node('concat', [x, pick(w, [x, ...others])], { axis: 1 });
  },
  padChannels: (w, x) => (w.channels(x) > 16 ? x : w.node('pad', [x], { pads: [0, 2, 0, 0, 0, 2, 0, 0] })),
  firstChannels: (w, x) => {
    const channels = w.channels(x);
    return channels < 4 ? x : w.node('slice', [x], { starts: [0], ends: [channels & ~1], axes: [1], steps: [1] });
  },
  everySecondPixel: (w, x) => {
    const [, , height, width] = w.shape(x);
    return w.node('slice', [x], { starts: [0, 0], ends: [height!, width!], axes: [2, 3], steps: [2, 2] });
  },
};

const heads: Record<string, Step> = {
  none: (_, x) => x,
  linear: (w, x) => w.node('softmax', [w.linear(w.node('flatten', [w.node('globalAveragePool', [x])]), 5)], { axis: 1 }),
  pixels: (w, x) => w.linear(w.node('relu', [w.node('flatten', [x])]), 3),
  flat: (w, x) => w.node('reshape', [x], { shape: [1, w.shape(x).reduce((product, size) => product * size, 1)] }),
};

const recipes = fc.record({
  seed: fc.nat(1e9),
  channels: fc.constantFrom(3, 4, 6, 8, 12),
  size: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 })),
  steps: fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 9 }),
  head: fc.constantFrom(...Object.keys(heads)),
  extraOutput: fc.option(fc.nat(8)),
});
type Recipe = typeof recipes extends fc.Arbitrary<infer R> ? R : never;

function build(recipe: Recipe): Graph {
  const writer = new GraphWriter(`random ${recipe.seed}`);
  const values = [writer.input('x', [1, recipe.channels, ...recipe.size])];
  for (const step of recipe.steps) values.push(steps[step]!(writer, values.at(-1)!, values));
  const output = heads[recipe.head]!(writer, values.at(-1)!, values);
  const extra = recipe.extraOutput === null ? undefined : values[recipe.extraOutput];
  return writer.finish(...(extra === undefined || extra === output ? [output] : [output, extra]));
}

const passes: Record<string, Pass> = {
  detectHetConv,
  foldAffine,
  fuseActivation,
  fuseResidual,
  permuteChannels,
  removeDead,
  canonicalise,
  optimise,
  'permuteChannels after detectHetConv': (graph) => permuteChannels(detectHetConv(graph)),
};
/** What must find nothing after a pass that is not meant to run on its own results: the search would see through a permutation. */
const secondPasses: Record<string, Pass> = {
  optimise: (graph) => optimise(graph, true),
  'permuteChannels after detectHetConv': permuteChannels,
};
for (const [name, pass] of Object.entries(passes)) {
  test(`${name} keeps the outputs of random networks and finds nothing the second time`, async () => {
    await fc.assert(
      fc.asyncProperty(recipes, async (recipe) => {
        const graph = build(recipe);
        const after = await pass(graph);
        assertEquivalent(graph, after);
        const again = await (secondPasses[name] ?? pass)(after);
        assert.equal(again, after, 'a second run changes nothing');
      }),
      { numRuns: 120 },
    );
  });
}

test('optimised random networks have no shifted HetConv, and the kernels compute what the trained network says', async () => {
  await fc.assert(
    fc.asyncProperty(recipes, async (recipe) => {
      const graph = build(recipe);
      const optimised = await optimise(graph);
      assert.ok(!optimised.nodes.some((node) => node.attributes.pattern === 'shifted'));
      const inputs = randomInputs(graph);
      const { outputs } = runGraph(optimised, 'simd', { x: inputs.x!.data as Float32Array });
      assertClose(graph.name, evaluate(graph, inputs), outputs);
    }),
    { numRuns: 100 },
  );
});
