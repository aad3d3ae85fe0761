// `npm run zoo`: the table of docs/zoo.md, of the models that there are: accuracy on all test pictures of CIFAR-10 and latency, both by the
// built command line. --print only prints it; --limit N takes the first N pictures, --rounds N fewer turns.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newerNodes } from '../platform/nodes.mjs';
import { metadataOf, modelNames, modelPath } from '../support/modelFiles.mjs';

const FILE = 'docs/zoo.md';
const PLACE = /(<!-- zoo: npm run zoo -->\n)[\s\S]*?(<!-- end of zoo -->)/;

const { values: options } = parseArgs({
  options: { print: { type: 'boolean' }, limit: { type: 'string' }, rounds: { type: 'string' } },
});
// The newest Node has both binaries: what they differ by was measured in the same rounds.
const node = newerNodes().at(-1)?.path ?? process.execPath;
const scratch = mkdtempSync(join(tmpdir(), 'hetconv-zoo-'));

try {
  const models = modelNames.map(modelOf);
  const { environment, latencies } = measure(models);
  const text = tableOf(models, latencies, environment);
  if (options.print) console.log(text);
  else {
    const before = readFileSync(FILE, 'utf8');
    if (!PLACE.test(before)) throw new Error(`${FILE} has no place for the table: ${PLACE}`);
    writeFileSync(
      FILE,
      before.replace(PLACE, (_, begin, end) => `${begin}\n${text}\n\n${end}`),
    );
    console.log(`written to ${FILE}`);
  }
} finally {
  rmSync(scratch, { recursive: true });
}

function hetconv(...args) {
  const stdio = ['ignore', 'pipe', 'inherit'];
  return execFileSync(node, ['dist/cli.js', ...args], { encoding: 'utf8', stdio, maxBuffer: 2 ** 28 });
}

function modelOf(name) {
  const path = modelPath(name);
  const { graph, provenance } = metadataOf(path);
  const limit = options.limit ? ['--limit', options.limit] : [];
  console.error(`${name}: accuracy`);
  const { accuracy, pictures } = JSON.parse(hetconv('eval', path, '--data', 'cifar10', ...limit, '--json'));
  const { macs, parameters } = JSON.parse(hetconv('inspect', path, '--json')).total;
  const network = JSON.parse(graph).name;
  return {
    name,
    network,
    epochs: JSON.parse(provenance).epochs,
    accuracy,
    pictures,
    macs,
    parameters,
    bytes: statSync(path).size,
  };
}

/** By path of the model and binary, in milliseconds; all of them in the same rounds. */
function measure(models) {
  const json = join(scratch, 'bench.json');
  const timing = options.rounds ? ['--rounds', options.rounds] : [];
  const variants = node === process.execPath && process.versions.node.startsWith('20.') ? 'simd' : 'simd,relaxed';
  console.error('latency');
  hetconv(
    'bench',
    ...models.map(({ name }) => modelPath(name)),
    '--variant',
    variants,
    '--accuracy',
    'standard',
    ...timing,
    '--json',
    json,
  );
  const { environment, networks } = JSON.parse(readFileSync(json, 'utf8'));
  const rows = networks[0].rows.filter(({ accuracy }) => accuracy === 'standard');
  return { environment, latencies: new Map(rows.map(({ entry, variant, latency }) => [`${entry} ${variant}`, latency])) };
}

function tableOf(models, latencies, { device, engine, date }) {
  const architecture = (network) => network.match(/^.*-cifar10/)[0];
  const groups = [...new Set(models.map(({ network }) => network))]
    .map((network) => models.filter((model) => model.network === network))
    .sort(([a], [b]) => architecture(a.network).localeCompare(architecture(b.network)) || b.macs - a.macs);
  const header = [
    'network',
    'accuracy, %',
    'seeds',
    'epochs',
    'M MACs',
    'parameters',
    'file, kB',
    'simd, ms',
    'relaxed, ms',
    '% per ms',
  ];
  const lines = groups.map((group) => {
    const [{ name, network, epochs, macs, parameters, bytes }] = group;
    const [simd, relaxed] = ['simd', 'relaxed'].map((variant) => latencies.get(`${modelPath(name)} ${variant}`));
    const ms = (latency) => (latency ? `${latency.noisy ? '~' : ''}${latency.medianMs.toFixed(3)}` : '');
    const mean = group.reduce((sum, { accuracy }) => sum + accuracy, 0) / group.length;
    return [
      `[${network}](../models/${name}/README.md)`,
      spread(group.map(({ accuracy }) => accuracy)),
      group.length,
      epochs,
      (macs / 1e6).toFixed(2),
      parameters.toLocaleString('en-US'),
      (bytes / 1e3).toFixed(0),
      ms(simd),
      ms(relaxed),
      (mean / simd.medianMs).toFixed(0),
    ];
  });
  const rule = header.map((_, i) => (i === 0 ? '---' : '---:'));
  const table = [header, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const { networks } = JSON.parse(readFileSync('models/train/zoo.json', 'utf8'));
  const missing = networks.map(({ name }) => name).filter((name) => !modelNames.includes(name));
  const last = missing.length > 0 ? `Not trained yet: ${missing.join(', ')}.` : 'None is missing.';
  const pictures = Math.min(...models.map((model) => model.pictures)).toLocaleString('en-US');
  return `${device}; ${engine}; ${date.slice(0, 10)}. Accuracy on ${pictures} test pictures, with several seeds their mean and range; ~ marks noisy times.\n\n${table}\n\n${last}`;
}

/** The mean, and the range where there are several. */
function spread(accuracies) {
  const mean = accuracies.reduce((sum, each) => sum + each, 0) / accuracies.length;
  if (accuracies.length === 1) return mean.toFixed(2);
  return `${mean.toFixed(2)} (${Math.min(...accuracies).toFixed(2)}–${Math.max(...accuracies).toFixed(2)})`;
}
