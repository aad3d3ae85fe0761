// What pooling, reductions, softmax, resizing and batch norm refuse, and that absurd attributes cost no time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../src/graph/error.js';
import type { Attribute, Shape } from '../src/graph/graph.js';
import { attributesOf } from '../src/ops/attributes.js';
import { loadRareOps, opOf } from '../src/ops/index.js';
import { rejects } from './support/rejects.js';

await loadRareOps();

function inferred(op: string, attributes: Record<string, Attribute>, ...inputs: Shape[]): readonly Shape[] {
  const node = { name: 'n', op, inputs: inputs.map((_, i) => `x${i}`), outputs: ['y'], attributes };
  return opOf(node).infer({ node, attributes: attributesOf(node, opOf(node).attributes), inputs });
}

type Refused = [what: string, code: ErrorCode, infer: () => unknown];
const refused: Refused[] = [
  ['a window larger than the input', 'bad-shape', () => inferred('maxPool', { kernel: [3, 3], stride: [1, 1] }, [1, 1, 2, 8])],
  ['a pool of rank 3', 'bad-shape', () => inferred('averagePool', { kernel: [1, 1], stride: [1, 1] }, [1, 1, 2])],
  ['a window of no size', 'bad-attribute', () => inferred('maxPool', { kernel: [0, 1], stride: [1, 1] }, [1, 1, 2, 2])],
  ['an axis outside', 'bad-attribute', () => inferred('reduceMean', { axes: [1, 4] }, [1, 2, 3, 4])],
  ['a negative axis outside', 'bad-attribute', () => inferred('softmax', { axis: -3 }, [2, 3])],
  ['arg max along an axis outside', 'bad-attribute', () => inferred('argMax', { axis: 2 }, [2, 3])],
  ['one scale', 'bad-attribute', () => inferred('resize', { outputSize: [2, 2], mode: 'linear', scales: [2] }, [1, 1, 1, 1])],
  [
    'a scale of 0',
    'bad-attribute',
    () => inferred('resize', { outputSize: [2, 2], mode: 'linear', scales: [0, 1] }, [1, 1, 1, 1]),
  ],
  ...Object.entries({
    'a filter that widens with a scale beyond all pixels': { antialias: true, scales: [2 ** -30, 1] },
    'a region of three edges': { coordinateMode: 'crop', region: [0, 0, 1] },
    'a region that ends nowhere': { coordinateMode: 'crop', region: [0, 0, Number.NaN, 1] },
    'a cubic filter of no coefficient': { cubicCoefficient: Number.NaN },
    'a steep cubic filter': { cubicCoefficient: -1e30 },
    'an unknown mode': { mode: 'lanczos' },
  }).map(([what, attributes]): Refused => {
    return [what, 'bad-attribute', () => inferred('resize', { outputSize: [2, 2], mode: 'cubic', ...attributes }, [1, 1, 2, 2])];
  }),
  ['batch norm of 4 channels by 3 scales', 'bad-shape', () => inferred('batchNorm', {}, [1, 4, 2, 2], [3], [4], [4], [4])],
  ['batch norm of rank 5', 'bad-shape', () => inferred('batchNorm', {}, [1, 4, 2, 2, 2], [4], [4], [4], [4])],
];

for (const [what, code, infer] of refused) {
  test(`refused: ${what}`, () => rejects(infer, code));
}

test('an input of 2 pixels admits a window of 3 only with ceilMode', () => {
  assert.deepEqual(inferred('maxPool', { kernel: [3, 3], stride: [2, 2], ceilMode: true }, [1, 4, 2, 2]), [[1, 4, 1, 1]]);
});

test('the largest windows and dilations are sized by arithmetic, not by loops', async () => {
  const huge = 2 ** 31 - 1;
  const window = { kernel: [huge, 1], stride: [huge, 1], padding: [huge, 0, huge, 0] };
  assert.deepEqual(inferred('averagePool', window, [1, 1, 1, 1]), [[1, 1, 2, 1]]);
  await rejects(() => inferred('maxPool', { ...window, dilation: [huge, 1] }, [1, 1, 1, 1]), 'bad-shape');
});
