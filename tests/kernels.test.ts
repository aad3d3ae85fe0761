// Every op × kernel × binary against its f64 reference over the case lists, alone and with halos round its values.
// The simd binary gives the same bits on every engine: a stored hash of all its results proves it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { constant } from '../src/graph/constant.js';
import type { Graph, Node } from '../src/graph/graph.js';
import { attributesOf } from '../src/ops/attributes.js';
import { loadRareOps, opOf, ops } from '../src/ops/index.js';
import { inferShapes } from '../src/ops/inferShapes.js';
import { inferTypes } from '../src/ops/inferTypes.js';
import type { Accuracy } from '../src/ops/op.js';
import { rareOps } from '../src/ops/rare.js';
import { chooseKernels, type Preference } from '../src/plan/chooseKernels.js';
import { haloRanges, layoutOf } from '../src/plan/layout.js';
import type { Variant } from '../src/runtime/variants.js';
import { caseLists } from './cases/index.js';
import { inputValues, mismatch, type TestCase } from './cases/testCase.js';
import { references } from './reference/index.js';
import { graphOf } from './support/caseGraph.js';
import { binaryOf, canonicalBytes, type Run, runGraph, sameBits } from './support/runGraph.js';

await loadRareOps();

const HASHES = new URL('../../tests/kernels.simd.json', import.meta.url);
const variants = (['simd', 'relaxed'] as const).filter((variant) => binaryOf(variant));

/** The same graph, each of its pictures also read by a padded 3×3 depthwise convolution, so that they all carry a halo. */
function withHalos(graph: Graph, run: Run): Graph | undefined {
  const types = inferTypes(graph);
  const pictures = [...graph.inputs.map(({ name }) => name), ...graph.outputs].filter((name) => {
    return types.get(name) === 'f32' && run.plan.shapes.get(name)!.length === 4;
  });
  if (pictures.length === 0) return undefined;
  const tensors = new Map(graph.tensors);
  const readers = pictures.map((name): Node => {
    const channels = run.plan.shapes.get(name)![1]!;
    tensors.set(`${name}.weight`, constant([channels, 1, 3, 3], new Float32Array(9 * channels).fill(1)));
    const attributes = { groups: channels, padding: [1, 1, 1, 1] };
    return { name: `${name}.reader`, op: 'conv', inputs: [name, `${name}.weight`], outputs: [`${name}.read`], attributes };
  });
  return {
    ...graph,
    nodes: [...graph.nodes, ...readers],
    outputs: [...graph.outputs, ...readers.map(({ name }) => name.replace('reader', 'read'))],
    tensors,
  };
}

function checkHalos(testCase: TestCase, { plan, memory }: Run): void {
  const shape = plan.shapes.get('y')!;
  const storage = plan.storages.find(({ name }) => name === 'y');
  if (shape.length !== 4 || !storage) return;
  const layout = layoutOf(shape, { top: 1, left: 1, bottom: 1, right: 1 });
  if (storage.bytes !== 4 * layout.size) return;
  for (const [offset, bytes] of haloRanges(shape, layout)) {
    const border = new Uint8Array(memory.buffer, storage.address + offset, bytes);
    assert.ok(
      border.every((byte) => byte === 0),
      `${testCase.name}: the halo of the output was written`,
    );
  }
}

/** How much further from the reference than a sum in order each accuracy may be. */
const ERROR_FACTOR: Readonly<Record<Accuracy, number>> = { direct: 1, standard: 8, fast: 32 };

/** Checks one case on every kernel row that can compute it, and names their kernels in `used`; returns the bits of all results. */
function check(testCase: TestCase, variant: Variant, used: Set<string>): Uint8Array[] {
  const values = inputValues(testCase);
  const graph = graphOf(testCase, values);
  const attributes = attributesOf(graph.nodes[0]!, opOf(graph.nodes[0]!).attributes);
  const expected = references[testCase.node.op]!(values, attributes);
  const activations = Object.fromEntries(
    graph.inputs.map(({ name }) => [name, values[Number(name.slice(1))]!.data as Float32Array]),
  );
  return rowsOf(graph, variant).map(({ preference, accuracy }) => {
    const run = runGraph(graph, variant, activations, preference);
    const kernels = run.plan.choices.get('node')!.kernels;
    for (const kernel of [...kernels, ...run.plan.steps.map(({ kernel }) => kernel)]) used.add(kernel);
    graph.outputs.forEach((name, i) => {
      const { shape, data } = run.outputs[name]!;
      const result = { shape, data: data instanceof Int32Array ? Float64Array.from(data) : data };
      const wrong = mismatch(testCase, values, expected[i]!, result, ERROR_FACTOR[accuracy]);
      assert.equal(wrong && `${kernels.join(' ')}: ${wrong}`, undefined);
    });
    const haloed = withHalos(graph, run);
    if (haloed) {
      const again = runGraph(haloed, variant, activations, preference);
      for (const { kernel } of again.plan.steps) used.add(kernel);
      for (const name of graph.outputs) {
        const isSame = sameBits(run.outputs[name]!.data, again.outputs[name]!.data);
        assert.ok(isSame, `${testCase.name}: another result where values carry a halo`);
      }
      checkHalos(testCase, again);
    }
    return Buffer.concat(graph.outputs.map((name) => canonicalBytes(run.outputs[name]!.data)));
  });
}

interface Choice {
  /** Absent: the planner's own. */
  readonly preference?: Preference;
  readonly accuracy: Accuracy;
}

/** The rows that compute the graph's only node, each with what makes the planner take it; one that shares memory only where the planner takes it. */
function rowsOf(graph: Graph, variant: Variant): Choice[] {
  const rows: Choice[] = [];
  const exports = new Set(WebAssembly.Module.exports(binaryOf(variant)!).map(({ name }) => name));
  chooseKernels(graph, inferShapes(graph), exports, (able, at) => {
    if (able[0]?.alias) rows.push({ accuracy: 'direct' });
    for (const row of able.filter(({ alias }) => !alias)) {
      const preference: Preference = (others) => (others.includes(row) ? [row] : others);
      rows.push({ preference, accuracy: row.accuracy?.(at) ?? 'direct' });
    }
    return able;
  });
  return rows;
}

for (const variant of ['simd', 'relaxed'] as const) {
  const compiles = variants.includes(variant);
  const reason = `this engine (Node ${process.versions.node}) does not compile relaxed SIMD`;
  describe(`kernels, ${variant}`, { skip: compiles ? false : reason }, () => {
    // Weights of these cases are f32: model files of 16-bit floats are tested as a whole. Pictures have tests/preprocess.test.ts.
    const pictures = ['u8_over_white', 'u8_resize_columns', 'u8_resize_rows', 'u8_normalise'];
    const used = new Set(['probe', 'memory', 'f32_widen', 'f32_peak', ...pictures]);
    const expected = JSON.parse(readFileSync(HASHES, 'utf8')) as Record<string, string>;
    for (const [family, cases] of Object.entries(caseLists)) {
      test(`${family}: ${cases.length} cases`, () => {
        const hash = createHash('sha256');
        const failures: string[] = [];
        for (const testCase of cases) {
          try {
            for (const bytes of check(testCase, variant, used)) hash.update(bytes);
          } catch (error) {
            failures.push(`${testCase.name}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
          }
        }
        assert.equal(
          failures.length,
          0,
          `${failures.length} of ${cases.length} cases failed:\n${failures.slice(0, 5).join('\n')}`,
        );
        if (variant === 'simd') {
          const digest = hash.digest('hex');
          assert.equal(
            digest,
            expected[family],
            `the bits of "${family}" are not those stored in tests/kernels.simd.json (now ${digest})`,
          );
        }
      });
    }
    test('every kernel that the binary exports was used', () => {
      const exported = WebAssembly.Module.exports(binaryOf(variant)!).map(({ name }) => name);
      assert.deepEqual([...used].sort(), exported.sort());
    });
  });
}

test('the case lists name every op and each case once, 2,000 and more', () => {
  const all = Object.values(caseLists).flat();
  assert.deepEqual([...new Set(all.map(({ node }) => node.op))].sort(), [...Object.keys(ops), ...Object.keys(rareOps)].sort());
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length, 'a name stands twice');
  assert.ok(all.length >= 2000, `only ${all.length} cases`);
});
