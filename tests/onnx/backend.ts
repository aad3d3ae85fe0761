// The ONNX standard's own test data against this package: every case whose operators are supported gives the stored outputs.
//   node build/tests/onnx/backend.mjs [--data <checkout of github.com/onnx/onnx>] [--only <part of a name>]
// Cases come from the checkout and from Debian's libonnx-testdata; only a checkout has the light models, which are whole networks.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeOnnx, decodeTensor } from '../../src/formats/onnx/proto.js';
import { knownTensor } from '../../src/formats/onnx/tensor.js';
import { loadModel } from '../support/nodeEntry.js';
import { usedBoxes } from '../support/usedBoxes.js';
import { agreement } from './agreement.js';
import { reasonToLeaveOut } from './leftOut.js';
import { withConstants } from './withConstants.js';

const DEBIAN = '/usr/share/libonnx-testdata/data';
const KINDS = ['pytorch-converted', 'pytorch-operator', 'simple', 'node', 'light'];

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, only: { type: 'string', default: '' } },
});
const roots = [...(options.data ? [join(options.data, 'onnx/backend/test/data')] : []), DEBIAN];
const folderOf = (kind: string) => roots.map((root) => join(root, kind)).find(existsSync);

interface Case {
  readonly kind: string;
  readonly name: string;
  readonly model: Uint8Array;
  /** TensorProtos, in the order of the model's inputs and outputs; light models have no stored inputs. */
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

function* casesOf(kind: string): Generator<Case> {
  const folder = folderOf(kind);
  for (const name of folder ? readdirSync(folder).sort() : []) {
    if (!name.includes(options.only)) continue;
    const path = join(folder!, name);
    if (kind === 'light') {
      if (!name.endsWith('.onnx')) continue;
      const output = readFileSync(path.replace(/\.onnx$/, '_output_0.pb'));
      yield { kind, name: basename(name, '.onnx'), model: readFileSync(path), inputs: [], outputs: [output] };
    } else if (existsSync(join(path, 'model.onnx'))) {
      for (const set of readdirSync(path).filter((entry) => entry.startsWith('test_data_set_'))) {
        const read = (what: string) =>
          readdirSync(join(path, set))
            .filter((file) => file.startsWith(`${what}_`))
            .sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)))
            .map((file) => readFileSync(join(path, set, file)));
        yield { kind, name, model: readFileSync(join(path, 'model.onnx')), inputs: read('input'), outputs: read('output') };
      }
    }
  }
}

/** Inputs that are no floats, or that operators want constant, are put into the model, where a real one has them. */
async function load({ model, inputs }: Case) {
  const { graph } = decodeOnnx(model);
  const initialized = new Set(graph.initializers.map(({ name }) => name));
  const tensors = graph.inputs
    .filter(({ name }) => !initialized.has(name))
    .flatMap(({ name }, i) => (inputs[i] ? [{ name, bytes: inputs[i], tensor: knownTensor(decodeTensor(inputs[i])) }] : []));
  const floats = tensors.filter(({ tensor }) => tensor.type === 'f32' || tensor.type === 'f64');
  const attempts = floats.length > 0 ? [floats, floats.slice(0, 1)] : [tensors];
  let failure: unknown = new Error('no attempt');
  for (const free of attempts) {
    try {
      const constants = tensors.filter((tensor) => !free.includes(tensor));
      const loaded = await loadModel(withConstants(model, constants));
      return { loaded, given: Object.fromEntries(free.map(({ name, tensor }) => [name, Float32Array.from(tensor.read())])) };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** What is wrong with the case, or undefined. */
async function complaintOf(test: Case): Promise<string | undefined> {
  const { loaded, given } = await load(test);
  for (const { name, shape } of loaded.inputs) {
    const count = shape.reduce((product, size) => product * size, 1);
    given[name] ??= Float32Array.from({ length: count }, (_, i) => i / count);
  }
  const results = await loaded.run(given);
  loaded.dispose();
  const { graph } = decodeOnnx(test.model);
  const selected = new Set(graph.nodes.flatMap(({ opType, outputs }) => (opType === 'NonMaxSuppression' ? outputs : [])));
  for (const [i, { name }] of graph.outputs.entries()) {
    const result = results[name]!;
    const wrong = agreement(selected.has(name) ? usedBoxes(result) : result, decodeTensor(test.outputs[i]!));
    if (wrong) return `output "${name}": ${wrong}`;
  }
  return undefined;
}

let failed = 0;
let total = 0;
for (const kind of KINDS) {
  let passed = 0;
  const leftOut = new Map<string, string[]>();
  for (const test of casesOf(kind)) {
    total++;
    const reason = reasonToLeaveOut(kind, test.name, decodeOnnx(test.model).graph);
    if (reason !== undefined) {
      leftOut.set(reason, [...(leftOut.get(reason) ?? []), test.name]);
      continue;
    }
    let complaint: string | undefined;
    try {
      complaint = await complaintOf(test);
    } catch (error) {
      const { name, message, stack } = error as Error;
      complaint = name === 'HetConvError' ? message : stack;
    }
    if (complaint === undefined) passed++;
    else {
      failed++;
      console.log(`FAILED: ${kind}/${test.name}: ${complaint}`);
    }
  }
  console.log(`${kind}: ${passed} passed, ${[...leftOut.values()].flat().length} left out`);
  for (const [reason, names] of leftOut) console.log(`  ${reason} (${names.length}): ${names.join(' ')}`);
}
if (total === 0) console.log('there are no cases: apt-get install libonnx-testdata, or name a checkout of onnx with --data');
console.log(failed === 0 ? 'all others pass' : `${failed} FAILED`);
process.exit(failed === 0 && total > 0 ? 0 : 1);
