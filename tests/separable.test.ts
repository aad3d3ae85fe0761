// The fusing of depthwise and 1×1 convolutions: where it happens, and that nobody can tell but by time and memory.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as abi from '../assembly/abi.js';
import type { Attribute, Graph } from '../src/graph/graph.js';
import { costOf } from '../src/ops/cost.js';
import { inferShapes } from '../src/ops/inferShapes.js';
import { fuseActivation } from '../src/passes/fuseActivation.js';
import { fuseResidual } from '../src/passes/fuseResidual.js';
import { fuseSeparable } from '../src/passes/fuseSeparable.js';
import { optimise } from '../src/passes/index.js';
import { type ConvOptions, GraphWriter, opsOf, randomInputs } from './support/graphWriter.js';
import { binaryOf, runGraph, sameBits } from './support/runGraph.js';

interface Pair {
  readonly shape: readonly number[];
  readonly filters: number;
  readonly kernel?: number;
  readonly depthwise?: ConvOptions;
  readonly pointwise?: ConvOptions;
  readonly clamps?: boolean;
  /** Adds what the pair reads. */
  readonly residual?: boolean;
}

/** With 2 MiB and more between the two. */
function graphOf({ shape, filters, kernel = 3, depthwise, pointwise, clamps = false, residual = false }: Pair): Graph {
  const w = new GraphWriter(`pair ${shape} ${kernel} ${filters} ${JSON.stringify({ depthwise, pointwise, clamps, residual })}`);
  const clamped = (x: string) => (clamps ? w.node('clip', [x], { min: 0, max: 0.75 }) : x);
  const x = w.input('x', shape);
  const between = clamped(w.conv(x, shape[1]!, kernel, { groups: shape[1]!, ...depthwise }));
  const y = w.conv(between, filters, 1, pointwise);
  return w.finish(clamped(residual ? w.node('add', [y, x]) : y));
}

const biases = { depthwise: { bias: true }, pointwise: { bias: true } };
const pairs: Record<string, Pair> = {
  'odd sizes': { shape: [1, 17, 181, 175], filters: 5 },
  'biases and clamps': { shape: [1, 68, 90, 87], filters: 9, ...biases, clamps: true },
  'stride 2': { shape: [1, 36, 247, 241], filters: 20, depthwise: { stride: [2, 2] } },
  'a dilated 5×5': { shape: [1, 33, 131, 127], filters: 24, kernel: 5, depthwise: { dilation: [2, 1] } },
  'no padding': { shape: [1, 68, 92, 89], filters: 7, depthwise: { padding: [0, 0, 0, 0] } },
  'a batch': { shape: [2, 20, 165, 163], filters: 8, clamps: true },
  'a residual': { shape: [1, 24, 150, 147], filters: 24, ...biases, clamps: true, residual: true },
  'a row to a strip': { shape: [1, 300, 4, 441], filters: 16 },
};

for (const variant of ['simd', 'relaxed'] as const) {
  describe(`separable convolution, ${variant}`, { skip: !binaryOf(variant) }, () => {
    for (const [title, pair] of Object.entries(pairs)) {
      test(`gives the bits of the pair: ${title}`, () => {
        const apart = fuseResidual(fuseActivation(graphOf(pair)));
        const fused = fuseSeparable(apart);
        assert.deepEqual(opsOf(fused), ['separableConv']);
        const inputs = { x: randomInputs(apart).x!.data as Float32Array };
        const [output = ''] = fused.outputs;
        const [a, b] = [apart, fused].map((graph) => runGraph(graph, variant, inputs));
        assert.ok(sameBits(a!.outputs[output]!.data, b!.outputs[output]!.data));
      });
    }
  });
}

test('what is fused has the name of the 1×1 convolution, costs as much as both, and takes less memory', async () => {
  const w = new GraphWriter('costs');
  const x = w.conv(w.input('x', [1, 3, 82, 82]), 80, 3);
  const between = w.conv(x, 80, 3, { groups: 80, bias: true, name: 'spatial' });
  const graph = w.finish(w.conv(between, 16, 1, { bias: true, name: 'point' }));
  const fused = await optimise(graph);
  assert.deepEqual(opsOf(fused), ['conv', 'separableConv']);
  assert.equal(fused.nodes[1]!.name, 'point');
  const [before, after] = [graph, fused].map((each) => costOf(each));
  const { bytes, ...counts } = before!.total;
  const twice = 2 * 4 * 80 * 82 * 82;
  assert.deepEqual(after!.total, { ...counts, bytes: bytes - twice });
  const [, spatial, point] = before!.layers;
  assert.equal(after!.layers[1]!.macs, spatial!.macs + point!.macs);
  const inputs = { x: randomInputs(graph).x!.data as Float32Array };
  const [apart, together] = [graph, fused].map((each) => runGraph(each, 'simd', inputs).plan.activationBytes);
  assert.ok(together! < 0.7 * apart!, `${together} bytes of activations instead of ${apart}`);
});

test('strips share their tables and weights', () => {
  const graph = fuseSeparable(graphOf({ shape: [2, 32, 136, 128], filters: 8 }));
  const { plan, memory } = runGraph(graph, 'simd', { x: new Float32Array(2 * 32 * 136 * 128) });
  const steps = plan.steps.filter(({ node }) => node !== '');
  // 17 strips of 8 rows in each of two images.
  assert.equal(steps.length, 2 * 2 * 17);
  const words = (prefix: string, word: number) =>
    new Set(
      steps.filter(({ kernel }) => kernel.startsWith(prefix)).map(({ record }) => new Int32Array(memory.buffer, record)[word]),
    ).size;
  for (const word of [abi.DEPTHWISE_TILES, abi.DEPTHWISE_WEIGHTS, abi.DEPTHWISE_OUTPUT])
    assert.equal(words('f32_depthwise', word), 1);
  for (const word of [abi.CONV_TILES, abi.CONV_PANELS, abi.CONV_INPUT]) assert.equal(words('f32_conv', word), 1);
});

type Build = (w: GraphWriter, x: string) => string[];
const depthwise = (w: GraphWriter, x: string, options: ConvOptions = {}) => w.conv(x, 68, 3, { groups: 68, ...options });
const apart: Record<string, Build> = {
  'an output between': (w, x) => {
    const between = depthwise(w, x);
    return [w.conv(between, 4, 1), between];
  },
  'two readers': (w, x) => {
    const between = depthwise(w, x);
    return [w.conv(between, 4, 1), w.node('globalAveragePool', [between])];
  },
  'what is between added to the result': (w, x) => {
    const between = depthwise(w, x);
    return [w.node('conv', [between, w.tensor('k', [68, 68, 1, 1]), '', between])];
  },
  'an activation between that is no clamp': (w, x) => [w.conv(w.node('sigmoid', [depthwise(w, x)]), 4, 1)],
  'a residual between': (w, x) => [w.conv(w.node('conv', [x, w.tensor('k', [68, 1, 1, 1]), '', x], { groups: 68 }), 4, 1)],
  'a 1×1 convolution in steps': (w, x) => [w.conv(depthwise(w, x), 4, 1, { stride: [1, 2] })],
  'a padded 1×1 convolution': (w, x) => [w.conv(depthwise(w, x), 4, 1, { padding: [0, 0, 1, 0] })],
  'a 1×1 convolution in groups': (w, x) => [w.conv(depthwise(w, x), 4, 1, { groups: 2 })],
  'a 3×3 convolution behind': (w, x) => [w.conv(depthwise(w, x), 4, 3)],
  'two filters for each channel': (w, x) => [w.conv(w.conv(x, 136, 3, { groups: 68 }), 4, 1)],
  'groups of two channels': (w, x) => [w.conv(w.conv(x, 68, 3, { groups: 34 }), 4, 1)],
  'less than 2 MiB between': (w, x) => [w.conv(depthwise(w, x, { stride: [1, 2] }), 4, 1)],
};
for (const [title, build] of Object.entries(apart)) {
  test(`fuseSeparable: not ${title}`, () => {
    const w = new GraphWriter(title);
    const graph = w.finish(...build(w, w.input('x', [1, 68, 88, 88])));
    assert.equal(fuseSeparable(graph), graph);
  });
}

test('shapes that do not fit are refused', () => {
  const infer = (shapes: Record<string, readonly number[]>, attributes: Record<string, Attribute> = {}) => {
    const all = { x: [1, 4, 5, 5], k: [4, 1, 3, 3], p: [6, 4, 1, 1], d: [4], b: [6], r: [1, 6, 3, 3], ...shapes };
    const node = { name: 'n', op: 'separableConv', inputs: Object.keys(all), outputs: ['y'], attributes };
    const tensors = new Map(Object.entries(all).map(([name, shape]) => [name, { shape }]));
    return inferShapes({ name: 'g', inputs: [], outputs: ['y'], nodes: [node], tensors }).get('y');
  };
  assert.deepEqual(infer({}), [1, 6, 3, 3]);
  for (const [shapes, message] of [
    [{ x: [4, 5, 5] }, /"n" \(separableConv\): the input must have 4 axes/],
    [{ k: [4, 9] }, /the weight must have 4 axes/],
    [{ k: [4, 2, 3, 3] }, /takes 8 channels/],
    [{ k: [8, 1, 3, 3], d: [8] }, /the depthwise weight must have shape \[4,1,3,3\], it has \[8,1,3,3\]/],
    [{ k: [4, 1, 7, 7] }, /a window of 7×7 does not fit/],
    [{ p: [6, 4] }, /the pointwise weight must have 4 axes/],
    [{ p: [6, 5, 1, 1] }, /the pointwise weight must have shape \[6,4,1,1\]/],
    [{ p: [6, 4, 3, 3] }, /the pointwise weight must have shape \[6,4,1,1\]/],
    [{ d: [6] }, /the bias must have shape \[4\]/],
    [{ b: [4] }, /the bias must have shape \[6\]/],
    [{ r: [1, 4, 3, 3] }, /the residual must have shape \[1,6,3,3\]/],
  ] as [Record<string, readonly number[]>, RegExp][]) {
    assert.throws(() => infer(shapes), { code: 'bad-shape', message });
  }
  for (const wrong of [{ groups: 4 }, { stride: [1] }, { depthwiseMin: 'low' }] as Record<string, Attribute>[]) {
    assert.throws(() => infer({}, wrong), { code: 'bad-attribute' });
  }
});
