// HetConv in every spelling as PyTorch exports it: outputs by PyTorch, what is found, and what it costs by the paper's formula.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readModel } from '../src/formats/index.js';
import { readSafetensors, toConstant } from '../src/formats/safetensors.js';
import { costOf } from '../src/ops/cost.js';
import type { Finding } from '../src/passes/finding.js';
import { optimise } from '../src/passes/index.js';
import { EPSILON } from './cases/testCase.js';
import { runGraph } from './support/runGraph.js';

interface Case {
  readonly name: string;
  readonly form: string;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly kernel: number;
  readonly opsets: readonly number[];
}

const folder = 'tests/fixtures/hetconv';
const cases: Case[] = JSON.parse(readFileSync(`${folder}/cases.json`, 'utf8'));
const golden = readSafetensors(new Uint8Array(readFileSync(`${folder}/golden.safetensors`))).tensors;
const values = (name: string) => toConstant(name, golden.get(name)!).read!();

/** Each form as the report names it; the others are no HetConv, and what they are is said below. */
const spellings: Readonly<Record<string, string>> = {
  A: 'two branches',
  B: 'two branches',
  "B'": 'two branches',
  C: 'subtractive',
  D: 'P branches',
  E: 'per filter',
  F: 'per kernel',
  'masked dense': 'masked dense',
};
/** Convolutions, in groups, that the cases without HetConv come to. */
const convolutions: Readonly<Record<string, readonly number[]>> = {
  'bias-grouped': [4],
  'bias-within': [2],
  'bias-mixed': [4, 2],
  split: [1, 1],
  repvgg: [1],
  'plain-sum': [1],
};

for (const { name, form, channels, filters, groups, kernel, opsets } of cases) {
  for (const opset of opsets) {
    test(`${form}: ${name}, opset ${opset}`, async () => {
      const file = `${folder}/${name}${opset === 13 ? '' : `-opset${opset}`}.onnx`;
      const { graph } = await readModel(new Uint8Array(readFileSync(file)));
      const findings: Finding[] = [];
      const optimised = await optimise(graph, false, (finding) => findings.push(finding));

      const x = values(`${name}.x`);
      const want = values(`${name}.y`);
      const got = runGraph(optimised, 'simd', { x }).outputs.y!.data;
      // Each output sums so many products, in another order than PyTorch and with folded weights: a rounding for each, of the greatest.
      const bound = 2 * EPSILON * channels * kernel ** 2 * Math.max(1, ...want.map(Math.abs));
      want.forEach((value, i) => {
        assert.ok(Math.abs(got[i]! - value) <= bound, `y[${i}] is ${got[i]} instead of ${value}, at most ${bound} away`);
      });

      const layers = optimised.nodes.filter(({ op }) => op === 'conv' || op === 'hetConv');
      const plain = convolutions[name];
      if (plain) {
        assert.deepEqual(
          layers.map(({ op, attributes }) => [op, attributes.groups]),
          plain.map((count) => ['conv', count]),
        );
        assert.ok(findings.every(({ op }) => op === 'conv'));
        return;
      }
      assert.deepEqual(
        layers.map(({ op, attributes }) => [op, attributes.part]),
        [['hetConv', groups]],
      );
      const { layers: costs } = costOf(optimised);
      const { macs, outputShape } = costs.find(({ op }) => op === 'hetConv')!;
      const pixels = outputShape[2]! * outputShape[3]!;
      const formula = pixels * filters * ((channels / groups) * kernel ** 2 + channels - channels / groups);
      assert.equal(macs, formula);
      const found = findings.map(({ op, part, spelling, macsAfter }) => ({ op, part, spelling, macsAfter }));
      assert.deepEqual(found, [{ op: 'hetConv', part: groups, spelling: spellings[form], macsAfter: formula }]);
      assert.equal(findings[0]!.node, layers[0]!.name);
    });
  }
}
