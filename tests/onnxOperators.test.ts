// Every operator in every edition of the standard from 7 on, with batches of 2: read here, it computes what ONNX Runtime does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../src/bench/random.js';
import { readModel } from '../src/formats/index.js';
import { conversions } from '../src/formats/onnx/conversions/index.js';
import { cases, INPUTS, OperatorGraph } from './onnx/operators.js';
import { evaluate } from './reference/evaluate.js';
import type { Values } from './reference/reference.js';
import { assertClose } from './support/graphWriter.js';
import { writeOnnx } from './support/onnxWriter.js';
import { usedBoxes } from './support/usedBoxes.js';

const { runOnnx } = await import(new URL('../../tests/onnx/runtime.mjs', import.meta.url).href);

const OLDEST = 7;
/** The newest that ONNX Runtime supports. */
const NEWEST = 26;

const next = seededRandom('operators');
const inputs = Object.fromEntries(
  Object.entries(INPUTS).map(([name, shape]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const low = name === 'positive' || name === 'boxes' || name === 'scores' ? 0.1 : -2;
    return [name, { shape, data: Float32Array.from({ length: count }, () => low + next() * (2 - low)) }];
  }),
);

test('every operator that is converted has cases', () => {
  const tested = new Set(cases.map(({ op }) => op));
  assert.deepEqual(
    Object.keys(conversions).filter((op) => !tested.has(op)),
    [],
  );
});

for (let opset = OLDEST; opset <= NEWEST; opset++) {
  const valid = cases.filter(({ since, until }) => since <= opset && opset <= until);
  test(`opset ${opset}: ${valid.length} cases`, async () => {
    const graph = new OperatorGraph(opset);
    for (const { name, write } of valid) {
      graph.begin(name);
      write(graph);
    }
    const { nodes, tensors, outputs } = graph;
    const spec = { opset, nodes, tensors, outputs };
    const file = writeOnnx({ ...spec, inputs: Object.entries(INPUTS).map(([name, dims]) => ({ name, dims: [...dims] })) });
    const computed: Record<string, { shape: number[]; data: ArrayLike<number | bigint> }> = await runOnnx(file, inputs);
    const expected = Object.entries(computed).map(([name, { shape, data }]): [string, Values] => {
      return [name, { shape, data: Float64Array.from(data as ArrayLike<number>, Number) }];
    });
    const actual = evaluate((await readModel(file)).graph, inputs);
    const selections = Object.entries(actual).map(([name, values]): [string, Values] => {
      return [name, name.startsWith('NonMaxSuppression') ? usedBoxes(values) : values];
    });
    assert.ok(valid.length > 140, `${valid.length} cases`);
    assertClose(`opset ${opset}`, Object.fromEntries(expected), Object.fromEntries(selections));
  });
}
