// What is written as ONNX: for every op ONNX Runtime computes the references from it, and reading it back changes nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Precision } from '../src/formats/encodeWeights.js';
import { readModel } from '../src/formats/index.js';
import type { ModelFile } from '../src/formats/modelFile.js';
import { exports, writeOnnx } from '../src/formats/onnx/export/index.js';
import type { Graph } from '../src/graph/graph.js';
import { loadRareOps, ops } from '../src/ops/index.js';
import { rareOps } from '../src/ops/rare.js';
import { caseLists } from './cases/index.js';
import { inputValues, type TestCase } from './cases/testCase.js';
import { evaluate } from './reference/evaluate.js';
import type { Values } from './reference/reference.js';
import { graphOf } from './support/caseGraph.js';
import { assertClose } from './support/graphWriter.js';
import { usedBoxes } from './support/usedBoxes.js';

const { runOnnx } = await import(new URL('../../tests/onnx/runtime.mjs', import.meta.url).href);
await loadRareOps();

const PYTHON = '/usr/bin/python3';
/** Of one op, evenly out of its list. */
const MOST_CASES = 80;

/** Many cases as one graph, for a session costs more than a node; names begin with the number of their case. */
function batchOf(name: string, cases: readonly TestCase[]): { graph: Graph; inputs: Record<string, Values> } {
  const inputs: Record<string, Values> = {};
  const parts = cases.map((testCase, i) => {
    const values = inputValues(testCase);
    const graph = graphOf(testCase, values);
    const rename = (name: string) => (name === '' ? '' : `${i}/${name}`);
    for (const { name } of graph.inputs) inputs[rename(name)] = values[Number(name.slice(1))]!;
    return renamed(graph, rename);
  });
  const graph = {
    name,
    inputs: parts.flatMap((part) => part.inputs),
    outputs: parts.flatMap((part) => part.outputs),
    nodes: parts.flatMap((part) => part.nodes),
    tensors: new Map(parts.flatMap((part) => [...part.tensors])),
  };
  return { graph, inputs };
}

function renamed({ name, inputs, outputs, nodes, tensors }: Graph, rename: (name: string) => string): Graph {
  return {
    name,
    inputs: inputs.map((input) => ({ ...input, name: rename(input.name) })),
    outputs: outputs.map(rename),
    nodes: nodes.map((node) => {
      return { ...node, name: rename(node.name), inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) };
    }),
    tensors: new Map([...tensors].map(([name, tensor]) => [rename(name), tensor])),
  };
}

/** Of the checker; every file that is written here goes there. */
const folder = mkdtempSync(join(tmpdir(), 'hetconv-onnx-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, model: ModelFile, precision?: Precision): Uint8Array {
  const file = writeOnnx(model, precision && { precision });
  writeFileSync(join(folder, `${name}.onnx`), file);
  return file;
}

test('every op can be written', () => {
  const all = [...Object.keys(ops), ...Object.keys(rareOps)];
  const missing = all.filter((op) => !Object.hasOwn(exports, op));
  assert.deepEqual(missing, []);
});

/** What opset 17 cannot say, ONNX Runtime refuses to compute, or our reader to read (a computed scale). */
const isRefused = ({ node: { op, attributes }, inputs }: TestCase): boolean => {
  const rank = inputs[0]!.shape.length;
  if (op === 'resize') return attributes.antialias === true || /Symmetric|tf/.test(String(attributes.coordinateMode));
  if (op === 'instanceNorm') return rank < 3 || !inputs[1]!.constant;
  return op === 'lrn' && (rank !== 4 || Number(attributes.size) % 2 === 0);
};

/** Runtimes differ in what they compute from NaN and infinities; where elements only move they may not. */
const comparable = Object.entries(caseLists).flatMap(([family, cases]) =>
  cases.filter(
    (testCase) => !isRefused(testCase) && (family === 'moves' || testCase.inputs.every((input) => input?.values !== 'special')),
  ),
);

for (const op of new Set(comparable.map(({ node }) => node.op))) {
  const all = comparable.filter(({ node }) => node.op === op);
  const cases = all.filter((_, i) => i % Math.ceil(all.length / MOST_CASES) === 0);
  test(`${op}: ${cases.length} cases`, async () => {
    const { graph, inputs } = batchOf(op, cases);
    const file = written(op, { graph });
    const computed: Record<string, { shape: number[]; data: ArrayLike<number> | ArrayLike<bigint> }> = await runOnnx(
      file,
      inputs,
    );
    const results = Object.entries(computed).map(([name, { shape, data }]) => {
      return [name, { shape, data: Float64Array.from(data as ArrayLike<number>, Number) }] as const;
    });
    const expected = evaluate(graph, inputs);
    const chosen = Object.entries(expected).map(([name, values]) => [name, usedBoxes(values)] as const);
    const inRuntime = op === 'nonMaxSuppression' ? Object.fromEntries(chosen) : expected;
    assertClose(`${op} in ONNX Runtime`, inRuntime, Object.fromEntries(results));
    const { graph: again } = await readModel(file);
    assertClose(`${op} read back`, expected, evaluate(again, inputs));
  });
}

test('the checker of ONNX finds nothing wrong (Debian: python3-onnx)', () => {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['tests/onnx/check_models.py', folder], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});
