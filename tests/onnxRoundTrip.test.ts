// native -> ONNX -> native: the same outputs, HetConv found again with its P, and all that the file says of its network.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readModel } from '../src/formats/index.js';
import { writeOnnx } from '../src/formats/onnx/export/index.js';
import { constant } from '../src/graph/constant.js';
import type { Attribute, Graph } from '../src/graph/graph.js';
import { canonicalise } from '../src/passes/canonicalise.js';
import { permuteChannels } from '../src/passes/permuteChannels.js';
import { evaluate } from './reference/evaluate.js';
import { assertClose, assertEquivalent, GraphWriter, randomInputs } from './support/graphWriter.js';
import { rejects } from './support/rejects.js';
import { smallModel } from './support/smallModel.js';

const { runOnnx } = await import(new URL('../../tests/onnx/runtime.mjs', import.meta.url).href);

const parts = (graph: Graph) => graph.nodes.flatMap(({ op, attributes }) => (op === 'hetConv' ? [attributes.part] : []));

/** Writes and reads the graph: equivalent, with the same layers of HetConv, and equivalent in ONNX Runtime. */
async function checkRoundTrip(graph: Graph): Promise<void> {
  const file = writeOnnx({ graph });
  const again = canonicalise((await readModel(file)).graph);
  assertEquivalent(graph, again);
  assert.deepEqual(parts(again), parts(graph), graph.name);
  const inputs = randomInputs(graph);
  assertClose(graph.name, evaluate(graph, inputs), await runOnnx(file, inputs));
}

for (const pattern of ['block', 'shifted']) {
  test(`HetConv of ${pattern} classes, with stride, residual sums and activations`, async () => {
    const writer = new GraphWriter(`round trip ${pattern}`);
    const x = writer.input('x', [1, 8, 9, 7]);
    const a = writer.node('relu', [writer.hetConv(x, 16, 3, 4, pattern)]);
    const b = writer.hetConv(a, 16, 3, 8, pattern);
    const c = writer.node('relu', [writer.node('add', [a, b])]);
    const d = writer.hetConv(c, 32, 5, 2, pattern, 2);
    const pooled = writer.node('flatten', [writer.node('globalAveragePool', [d])]);
    await checkRoundTrip(writer.finish(writer.linear(pooled, 5)));
  });
}

test('shifted classes that a pass has made neighbours', async () => {
  const writer = new GraphWriter('round trip of neighbours');
  const a = writer.hetConv(writer.conv(writer.input('x', [1, 3, 8, 8]), 16, 3), 16, 3, 4, 'shifted');
  const graph = permuteChannels(writer.finish(writer.conv(writer.hetConv(a, 16, 3, 4, 'shifted'), 4, 1)));
  await checkRoundTrip(graph);
});

test('HetConv without padding, with dilation, padded on one side, clamped and with a residual', async () => {
  const writer = new GraphWriter('round trip of windows');
  const x = writer.input('x', [2, 8, 9, 9]);
  const make = (name: string, attributes: Record<string, Attribute>, residual: readonly string[] = []) => {
    const weights = [[8, 4, 3, 3], [8, 4, 1, 1], [8]].map((shape, i) => writer.tensor(`${name}.${i}`, shape));
    return writer.node('hetConv', [x, ...weights, ...residual], { part: 2, ...attributes }, name);
  };
  const outputs = [
    make('valid', { padding: [0, 0, 0, 0] }),
    make('dilated', { padding: [2, 2, 2, 2], dilation: [2, 2] }),
    make('wide', { padding: [1, 2, 1, 3] }),
    make('clamped', { padding: [1, 1, 1, 1], clampMin: 0, clampMax: 1 }, [x]),
    make('cropped', { padding: [0, 1, 1, 1], stride: [2, 1] }),
  ];
  await checkRoundTrip(writer.finish(...outputs));
});

test('what the file says beside its network comes back', async () => {
  const { graph, ...description } = smallModel();
  const { graph: again, canonical, ...read } = await readModel(writeOnnx({ graph, ...description }));
  assert.deepEqual(read, description);
  assert.equal(canonical, undefined);
  assert.deepEqual([again.name, again.inputs, again.outputs], [graph.name, graph.inputs, graph.outputs]);
});

test('half precision is exact for weights that it holds', async () => {
  const { graph } = smallModel();
  const [half, single] = (['f16', 'f32'] as const).map((precision) => writeOnnx({ graph }, { precision }));
  assert.ok(half!.length < single!.length);
  const inputs = randomInputs(graph);
  const expected = await runOnnx(single, inputs);
  assert.deepEqual(await runOnnx(half, inputs), expected);
  assertEquivalent(graph, (await readModel(half!)).graph);
});

test('the trained model keeps its HetConv and its very weights', async () => {
  const native = await readModel(readFileSync('models/vgg16-cifar10-p4/model.safetensors'));
  const graph = canonicalise((await readModel(writeOnnx(native))).graph);
  assert.deepEqual(parts(graph), parts(native.graph));
  for (const node of graph.nodes.filter(({ op }) => op === 'hetConv')) {
    const original = native.graph.nodes.find(({ name }) => name === node.name)!;
    node.inputs.slice(1).forEach((name, i) => {
      const expected = native.graph.tensors.get(original.inputs[i + 1]!)!.read!();
      const actual = graph.tensors.get(name)!.read!();
      const at = actual.findIndex((value, j) => value !== expected[j]);
      assert.equal(at, -1, `${node.name}: ${name}[${at}] is ${actual[at]} instead of ${expected[at]}`);
    });
  }
});

test('outputs that are inputs or weights, and names that clash with new ones', async () => {
  const graph: Graph = {
    name: 'names',
    inputs: [{ name: 'x', shape: [1, 2, 2, 2] }],
    outputs: ['y', 'y/Sigmoid', 'w'],
    nodes: [
      { name: 'silu', op: 'silu', inputs: ['x'], outputs: ['y'], attributes: {} },
      { name: 'silu/Sigmoid', op: 'relu', inputs: ['constant/0'], outputs: ['y/Sigmoid'], attributes: {} },
    ],
    tensors: new Map(['w', 'constant/0'].map((name) => [name, constant([2], Float32Array.of(1, -1))])),
  };
  const inputs = randomInputs(graph);
  assertClose('names', evaluate(graph, inputs), await runOnnx(writeOnnx({ graph }), inputs));
});

test('what ONNX cannot say is refused', async () => {
  const refused: [attributes: Record<string, Attribute>, complaint: RegExp][] = [
    [{ mode: 'nearest', scales: [1.5, 1.5] }, /cannot be written as ONNX: scales/],
    [{ mode: 'cubic', antialias: true }, /cannot be written as ONNX: .*antialiased/],
    [{ mode: 'linear', coordinateMode: 'halfPixelSymmetric' }, /cannot be written as ONNX: .*halfPixelSymmetric/],
  ];
  for (const [attributes, complaint] of refused) {
    const writer = new GraphWriter('refused');
    const x = writer.input('x', [1, 1, 4, 4]);
    const graph = writer.finish(writer.node('resize', [x], { outputSize: [7, 7], ...attributes }));
    await rejects(() => writeOnnx({ graph }), 'unsupported-op', complaint);
  }
});
