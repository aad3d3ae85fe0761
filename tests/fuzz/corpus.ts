// What the fuzzer damages: every small model file among the fixtures, a model with all parts of the native format, and one
// native file for several cases of every op.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { native } from '../../src/formats/native.js';
import { caseLists } from '../cases/index.js';
import { inputValues, type TestCase } from '../cases/testCase.js';
import { graphOf } from '../support/caseGraph.js';
import { smallModel } from '../support/smallModel.js';

export interface SeedFile {
  readonly name: string;
  /** 'fixture .onnx', 'native', …: files of one kind resemble each other. */
  readonly kind: string;
  readonly bytes: Uint8Array;
}

const FIXTURES = 'tests/fixtures';
const MAX_BYTES = 65_536;
const CASES_PER_OP = 4;
const MAX_CASE_ELEMENTS = 2000;

export function collectCorpus(): SeedFile[] {
  return [...fixtures(), ...smallModels(), ...opModels()];
}

function fixtures(): SeedFile[] {
  return readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(onnx|safetensors|pt|pth)$/.test(name) && statSync(`${FIXTURES}/${name}`).size <= MAX_BYTES)
    .sort()
    .map((name) => ({
      name,
      kind: `fixture ${name.slice(name.lastIndexOf('.'))}`,
      bytes: new Uint8Array(readFileSync(`${FIXTURES}/${name}`)),
    }));
}

function smallModels(): SeedFile[] {
  return (['f16', 'f32'] as const).map((precision) => ({
    name: `small model in ${precision}`,
    kind: 'native',
    bytes: native.write!(smallModel(), { precision }),
  }));
}

/** The cases whose result is computed from a graph input, a few of each op. */
function opModels(): SeedFile[] {
  const byOp = new Map<string, TestCase[]>();
  for (const testCase of Object.values(caseLists).flat()) {
    const elements = testCase.inputs.map((input) => input?.shape.reduce((product, size) => product * size, 1) ?? 0);
    if (testCase.inputs[0]?.constant || Math.max(...elements) > MAX_CASE_ELEMENTS) continue;
    const { op, attributes } = testCase.node;
    // JSON holds no infinities.
    if (Object.values(attributes).some((value) => typeof value === 'number' && !Number.isFinite(value))) continue;
    byOp.set(op, [...(byOp.get(op) ?? []), testCase]);
  }
  return [...byOp.values()].flatMap((cases) => {
    const step = Math.max(1, Math.floor(cases.length / CASES_PER_OP));
    return cases
      .filter((_, i) => i % step === 0)
      .slice(0, CASES_PER_OP)
      .map((testCase) => ({
        name: testCase.name,
        kind: 'one op',
        bytes: native.write!({ graph: graphOf(testCase, inputValues(testCase)) }),
      }));
  });
}
