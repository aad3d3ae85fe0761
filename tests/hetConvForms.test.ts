// HetConv in every spelling as PyTorch exports it: outputs by PyTorch, what is found, and what it costs by the paper's formula.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bareGraphFromJson } from '../src/formats/graphFromJson.js';
import { readModel } from '../src/formats/index.js';
import { readSafetensors, toConstant } from '../src/formats/safetensors.js';
import { readStateDict } from '../src/formats/stateDict.js';
import type { Graph } from '../src/graph/graph.js';
import { costOf } from '../src/ops/cost.js';
import type { Finding } from '../src/passes/finding.js';
import { optimise } from '../src/passes/index.js';
import { fillOwnGraph } from '../src/weights/fillArchitecture.js';
import { EPSILON } from './cases/testCase.js';
import { bareLayer, type LayerCase } from './support/hetConvLayers.js';
import { runGraph } from './support/runGraph.js';

const folder = 'tests/fixtures/hetconv';
const cases: LayerCase[] = JSON.parse(readFileSync(`${folder}/cases.json`, 'utf8'));
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

/** Their weights make HetConv nodes when they fill a graph: nothing is left to be found. */
const MADE_BY_FILLING = new Set(['D', 'E', 'F']);

/** Layers that bear the names of the graph, or others: they are told apart by order and shapes then. */
const NAMINGS: Readonly<Record<string, (name: string) => string>> = {
  'as PyTorch names it': (name) => name,
  'by other names': (name) => `network.${name}`,
};

for (const layer of cases) {
  const { name, form, opsets } = layer;
  for (const opset of opsets) {
    test(`${form}: ${name}, opset ${opset}`, async () => {
      const file = `${folder}/${name}${opset === 13 ? '' : `-opset${opset}`}.onnx`;
      await check(layer, (await readModel(new Uint8Array(readFileSync(file)))).graph, spellings[form]);
    });
  }
  for (const [how, rename] of Object.entries(NAMINGS)) {
    test(`${form}: ${name}, state dict ${how}`, async () => {
      const state = await readStateDict(new Uint8Array(readFileSync(`${folder}/${name}.pt`)), {
        maxMemory: 2 ** 28,
        key: undefined,
      });
      const renamed = new Map([...state].map(([key, tensor]) => [rename(key), tensor]));
      const graph = fillOwnGraph(bareGraphFromJson(bareLayer(layer), 'graph'), renamed);
      await check(layer, graph, MADE_BY_FILLING.has(form) ? undefined : spellings[form]);
    });
  }
}

/** `spelling`: what is found in the graph, if anything is. */
async function check(
  { name, channels, filters, groups, kernel }: LayerCase,
  graph: Graph,
  spelling: string | undefined,
): Promise<void> {
  const findings: Finding[] = [];
  const optimised = await optimise(graph, false, (finding) => findings.push(finding));

  const x = values(`${name}.x`);
  const want = values(`${name}.y`);
  const got = runGraph(optimised, 'simd', { x }).outputs[optimised.outputs[0]!]!.data;
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
  assert.deepEqual(found, spelling ? [{ op: 'hetConv', part: groups, spelling, macsAfter: formula }] : []);
  assert.ok(findings.every(({ node }) => node === layers[0]!.name));
}
