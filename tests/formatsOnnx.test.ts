// ONNX files: each supported operator in its spellings.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readModel } from '../src/formats/index.js';
import type { Node } from '../src/graph/graph.js';
import { inferShapes } from '../src/ops/inferShapes.js';
import { type GraphSpec, type NodeSpec, type TensorSpec, writeOnnx } from './support/onnxWriter.js';
import { rejects } from './support/rejects.js';
import { ramp } from './support/smallModel.js';

const fixture = (name: string) => new Uint8Array(readFileSync(`tests/fixtures/onnx/${name}.onnx`));
/** What make.py stores. */
const pythonRamp = (count: number) => ramp(count, 0);
const summary = ({ name, op, inputs, outputs }: Node) => `${name} = ${op}(${inputs}) -> ${outputs}`;

test('a file of the ONNX library, opset 13', async () => {
  const { graph } = await readModel(fixture('opset13'));
  assert.deepEqual(graph.inputs, [{ name: 'x', shape: [1, 3, 9, 10] }]);
  assert.deepEqual(graph.outputs, ['y']);
  assert.deepEqual(graph.nodes.map(summary), [
    'first = conv(x,w1,b1) -> c1',
    'norm = batchNorm(c1,scale,shift,mean,variance) -> n1',
    'r1 = relu(n1) -> r1',
    'p1 = maxPool(r1) -> p1',
    'c2 = conv(p1,w2) -> c2',
    'k2 = clip(c2) -> k2',
    'c3 = conv(k2,w3) -> c3',
    'a3 = add(c3,k2) -> a3',
    'p3 = averagePool(a3) -> p3',
    'g = globalAveragePool(p3) -> g',
    'f = flatten(g) -> f',
    'y = linear(f,w4,b4) -> y',
  ]);
  const attributes = (name: string) => graph.nodes.find((node) => node.name === name)!.attributes;
  assert.deepEqual(attributes('first'), { stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 1 });
  assert.deepEqual(attributes('norm'), { epsilon: Math.fround(0.001) });
  assert.deepEqual(attributes('p1'), { kernel: [3, 2], stride: [2, 2], dilation: [1, 1], padding: [1, 0, 1, 0], ceilMode: true });
  assert.deepEqual(attributes('c2'), { stride: [2, 2], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 2 });
  assert.deepEqual(attributes('k2'), { min: 0, max: 6 });
  assert.deepEqual(attributes('p3'), {
    kernel: [2, 2],
    stride: [1, 1],
    padding: [0, 0, 1, 1],
    ceilMode: false,
    countIncludePad: false,
  });
  assert.deepEqual(attributes('f'), { axis: 1 });
  const shapes = inferShapes(graph);
  assert.deepEqual(
    ['p1', 'c2', 'p3', 'f', 'y'].map((name) => shapes.get(name)),
    [
      [1, 4, 5, 5],
      [1, 4, 3, 3],
      [1, 4, 3, 3],
      [1, 4],
      [1, 5],
    ],
  );
  assert.deepEqual([...graph.tensors.keys()].sort(), ['b1', 'b4', 'mean', 'scale', 'shift', 'variance', 'w1', 'w2', 'w3', 'w4']);
  assert.deepEqual(graph.tensors.get('w1')!.read!(), pythonRamp(108));
  assert.deepEqual(graph.tensors.get('w4')!.shape, [5, 4]);
});

test('a file of the ONNX library, opset 10', async () => {
  const { graph } = await readModel(fixture('opset10'));
  assert.deepEqual(graph.nodes.map(summary), [
    'c1 = conv(x,w1) -> c1',
    'k1 = clip(c1) -> k1',
    'f = reshape(k1) -> f',
    'y1 = linear(f,y1.weight,y1.bias) -> y',
  ]);
  assert.deepEqual(
    graph.nodes.map(({ attributes }) => attributes),
    [{ stride: [1, 2], dilation: [2, 1], padding: [2, 1, 2, 0], groups: 2 }, { min: -0.5 }, { shape: [1, 24] }, {}],
  );
  const stored = pythonRamp(72);
  const weight = graph.tensors.get('y1.weight')!;
  assert.deepEqual(weight.shape, [3, 24]);
  for (let n = 0; n < 3; n++) for (let m = 0; m < 24; m++) assert.equal(weight.read!()[n * 24 + m], 0.5 * stored[m * 3 + n]!);
  assert.deepEqual([...graph.tensors.get('y1.bias')!.read!()], [1, 2, -2]);
  assert.deepEqual(graph.tensors.get('w1')!.read!(), pythonRamp(18));
});

const bytesOf = (array: Float32Array | Float64Array | Uint16Array) => new Uint8Array(array.buffer);

test('weights of every float type, in raw bytes and in lists', async () => {
  const values = [1.5, -2];
  const spellings: Omit<TensorSpec, 'name' | 'dims'>[] = [
    { type: 1, floats: values },
    { type: 1, raw: bytesOf(Float32Array.from(values)) },
    { type: 11, doubles: values },
    { type: 11, raw: bytesOf(Float64Array.from(values)) },
    { type: 10, int32s: [0x3e00, 0xc000] },
    { type: 10, raw: bytesOf(Uint16Array.of(0x3e00, 0xc000)) },
    { type: 16, int32s: [0x3fc0, 0xc000] },
    { type: 16, raw: bytesOf(Uint16Array.of(0x3fc0, 0xc000)) },
  ];
  for (const spelling of spellings) {
    const file = writeOnnx({
      nodes: [{ op: 'Conv', inputs: ['x', 'w'], attributes: { group: { i: 2 } } }],
      tensors: [{ name: 'w', dims: [2, 1, 1, 1], ...spelling }],
    });
    const { graph } = await readModel(file);
    assert.deepEqual([...graph.tensors.get('w')!.read!()], values, JSON.stringify(spelling));
  }
});

async function converted(spec: Partial<GraphSpec> & { nodes: NodeSpec[] }) {
  return (await readModel(writeOnnx(spec))).graph;
}

test('Gemm: transB, alpha, beta and every shape of C', async () => {
  const input = { inputs: [{ name: 'x', dims: [1, 2] }] };
  const weights: TensorSpec = { name: 'w', dims: [2, 3], floats: [1, 2, 3, 4, 5, 6] };
  for (const [dims, floats, bias] of [
    [[], [7], [14, 14, 14]],
    [[1], [7], [14, 14, 14]],
    [[1, 1], [7], [14, 14, 14]],
    [[3], [7, 8, 9], [14, 16, 18]],
    [
      [1, 3],
      [7, 8, 9],
      [14, 16, 18],
    ],
  ] as const) {
    const graph = await converted({
      ...input,
      nodes: [{ op: 'Gemm', name: 'fc', inputs: ['x', 'w', 'c'], attributes: { alpha: { f: 0.5 }, beta: { f: 2 } } }],
      tensors: [weights, { name: 'c', dims: [...dims], floats: [...floats] }],
    });
    assert.deepEqual(graph.nodes.map(summary), ['fc = linear(x,fc.weight,fc.bias) -> y']);
    assert.deepEqual([...graph.tensors.get('fc.weight')!.read!()], [0.5, 2, 1, 2.5, 1.5, 3]);
    assert.deepEqual([...graph.tensors.get('fc.bias')!.read!()], bias);
  }
  const plain = await converted({
    ...input,
    nodes: [{ op: 'Gemm', inputs: ['x', 'w'], attributes: { transB: { i: 1 } } }],
    tensors: [{ ...weights, dims: [3, 2] }],
  });
  assert.deepEqual(plain.nodes.map(summary), ['y = linear(x,w) -> y']);
});

test('a name that a new tensor needs may be taken', async () => {
  const graph = await converted({
    inputs: [
      { name: 'x', dims: [1, 2] },
      { name: 'fc.weight', dims: [1, 3] },
    ],
    nodes: [
      { op: 'Gemm', name: 'fc', inputs: ['x', 'w'], outputs: ['a'] },
      { op: 'Add', name: 'fc', inputs: ['a', 'fc.weight'] },
    ],
    tensors: [{ name: 'w', dims: [2, 3], floats: [1, 2, 3, 4, 5, 6] }],
  });
  assert.deepEqual(graph.nodes.map(summary), ['fc = linear(x,fc.weight_2) -> a', 'fc_2 = add(a,fc.weight) -> y']);
});

test('auto_pad keeps the size at stride 1 and rounds up at stride 2', async () => {
  for (const kernel of [1, 2, 3, 5]) {
    for (const stride of [1, 2, 3]) {
      for (const mode of ['SAME_UPPER', 'SAME_LOWER']) {
        const graph = await converted({
          inputs: [{ name: 'x', dims: [1, 2, 7, 4] }],
          nodes: [
            {
              op: 'MaxPool',
              attributes: {
                auto_pad: { s: mode },
                kernel_shape: { ints: [kernel, kernel] },
                strides: { ints: [stride, stride] },
              },
            },
          ],
        });
        assert.deepEqual(
          inferShapes(graph).get('y'),
          [1, 2, Math.ceil(7 / stride), Math.ceil(4 / stride)],
          `${mode} ${kernel} ${stride}`,
        );
        const [top, left, bottom, right] = graph.nodes[0]!.attributes.padding as number[];
        for (const [before, after] of [
          [top!, bottom!],
          [left!, right!],
        ] as const) {
          const more = mode === 'SAME_UPPER' ? after - before : before - after;
          assert.ok(more === 0 || more === 1, `${mode} ${kernel} ${stride}: ${before}, ${after}`);
        }
      }
    }
  }
  const valid = await converted({
    nodes: [{ op: 'MaxPool', attributes: { auto_pad: { s: 'VALID' }, kernel_shape: { ints: [3, 3] } } }],
  });
  assert.deepEqual(inferShapes(valid).get('y'), [1, 2, 2, 2]);
});

test('an open or zero batch is 1; other open sizes are refused', async () => {
  for (const dims of [
    ['n', 2, 4, 4],
    [0, 2, 4, 4],
  ]) {
    const graph = await converted({ nodes: [{ op: 'Relu' }], inputs: [{ name: 'x', dims }] });
    assert.deepEqual(graph.inputs[0]!.shape, [1, 2, 4, 4]);
  }
  for (const dims of [[1, 2, 'h', 4], [1, 2, -1, 4], []]) {
    await rejects(
      () => converted({ nodes: [{ op: 'Relu' }], inputs: [{ name: 'x', dims }] }),
      'bad-shape',
      /input "x".* has no (fixed size on axis|axes)/,
    );
  }
});

test('Identity and Dropout vanish, wherever they stand', async () => {
  const graph = await converted({
    nodes: [
      { op: 'Identity', inputs: ['x'], outputs: ['a'] },
      { op: 'Identity', inputs: ['w'], outputs: ['w2'] },
      { op: 'Conv', inputs: ['a', 'w2'], outputs: ['b'] },
      { op: 'Dropout', inputs: ['b'], outputs: ['c'] },
      { op: 'Identity', inputs: ['c'], outputs: ['d'] },
      { op: 'Add', inputs: ['d', 'b'] },
    ],
    tensors: [{ name: 'w', dims: [2, 2, 1, 1], floats: [1, 2, 3, 4] }],
  });
  assert.deepEqual(graph.nodes.map(summary), ['b = conv(x,w) -> b', 'y = add(b,b) -> y']);
});

test('Reshape resolves 0 and -1', async () => {
  for (const [asked, shape] of [
    [
      [0, -1],
      [1, 32],
    ],
    [
      [-1, 16],
      [2, 16],
    ],
    [
      [0, 2, -1],
      [1, 2, 16],
    ],
    [[32], [32]],
  ] as const) {
    const graph = await converted({
      nodes: [{ op: 'Reshape', inputs: ['x', 's'] }],
      tensors: [{ name: 's', dims: [asked.length], type: 7, int64s: [...asked] }],
    });
    assert.deepEqual(graph.nodes[0]!.attributes, { shape });
  }
});

test('a number without axes is a tensor of one element', async () => {
  const graph = await converted({ nodes: [{ op: 'Add', inputs: ['x', 'c'] }], tensors: [{ name: 'c', dims: [], floats: [2] }] });
  assert.deepEqual(graph.tensors.get('c')!.shape, [1]);
  assert.deepEqual(inferShapes(graph).get('y'), [1, 2, 4, 4]);
});
