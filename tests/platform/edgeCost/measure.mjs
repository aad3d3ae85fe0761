// What a worker costs on workerd alone: its start, its first inference, its memory; beside onnxruntime-web, measured in the same way.
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { installPinned } from '../../support/installPinned.mjs';
import { copyExample } from '../examples/project.mjs';
import { PICTURES, sample } from '../examples/samples.mjs';
import { install } from '../install.mjs';
import { peakMemory } from '../processMemory.mjs';
import { makeProject } from './project.mjs';

const HELP = `node tests/platform/edgeCost/measure.mjs [options]       after node build.mjs, on a quiet machine: 2 minutes
  --starts N    processes of each worker, in turn, in random order (30)
  --json        numbers instead of tables`;

const peers = fileURLToPath(new URL('../../bench/peers/', import.meta.url));
/** Inferences after the first. */
const WARM = 50;

const { values: options } = parseArgs({
  options: { starts: { type: 'string', default: '30' }, json: { type: 'boolean', default: false }, help: { type: 'boolean' } },
});
const starts = Number(options.starts);
if (options.help || !Number.isInteger(starts) || starts < 1) {
  console.log(HELP);
  process.exit(options.help ? 0 : 2);
}

install();
installPinned(peers, 'the peers, 250 MB,', ['--ignore-scripts']);
const [{ default: autocannon }, { bundleWorker }, { startWorkerd }] = await Promise.all([
  import('autocannon'),
  import('../examples/workerBundle.mjs'),
  import('../workerd.mjs'),
]);

const { root, assets, subjects } = await makeProject();
symlinkSync(join(peers, 'node_modules/onnxruntime-web'), join(root, 'node_modules/onnxruntime-web'));
const example = bundleWorker(copyExample('cloudflare-worker'));
const picture = { body: sample('cat-1.png'), headers: { 'content-type': 'image/png' } };

const examples = ['resnet20', 'vgg16'].map((network) => ({
  name: `examples/cloudflare-worker, ${network}`,
  files: example,
  assets: fileURLToPath(new URL(`../../../models/${network}-cifar10-p4`, import.meta.url)),
  inference: picture,
}));

/** What each is asked to infer from; the small ones bring their input. */
const workers = [
  { name: 'empty', files: bundleWorker(root, 'empty.js'), assets },
  { name: 'hetconv/workerd/native', files: bundleWorker(root, 'hetconvNative.js'), assets, inference: {} },
  { name: 'hetconv', files: bundleWorker(root, 'hetconv.js'), assets, inference: {} },
  { name: 'onnxruntime-web', files: bundleWorker(root, 'onnxruntime.js'), assets, inference: {} },
  ...examples,
];

async function fetched(url, init) {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

/** One process from its start to its end: milliseconds and megabytes. */
async function measure({ files, assets, inference }) {
  const workerd = await startWorkerd(files, assets);
  try {
    await fetched(workerd.url);
    const start = workerd.processorTime();
    if (!inference) return { start, peak: peakMemory(workerd.pid) };
    const infer = () => fetched(workerd.url, { method: 'POST', ...inference });
    const begin = performance.now();
    const answer = await infer();
    const first = performance.now() - begin;
    const loaded = workerd.processorTime();
    for (let i = 0; i < WARM; i++) await infer();
    const warm = (workerd.processorTime() - loaded) / WARM;
    return { start, first, firstProcessor: loaded - start, warm, peak: peakMemory(workerd.pid), answer };
  } finally {
    await workerd.stop();
  }
}

/** The most that the example holds when 32 pictures at a time come, and then the largest that it takes. */
async function peakUnderLoad({ files, assets }) {
  const workerd = await startWorkerd(files, assets);
  try {
    const post = (body, type) => ({ method: 'POST', body, headers: { 'content-type': type } });
    const load = async (requests, connections, amount) => {
      const { errors, non2xx } = await autocannon({ url: workerd.url, requests, connections, amount, timeout: 60 });
      if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} bad answers under load`);
      return peakMemory(workerd.pid);
    };
    const small = await load(
      Object.entries(PICTURES).map(([name, type]) => post(sample(name), type)),
      32,
      500,
    );
    const large = await load([post(Buffer.from(subjects.largePicture()), 'image/png')], 4, 20);
    return { small, large };
  } finally {
    await workerd.stop();
  }
}

const samples = new Map(workers.map(({ name }) => [name, []]));
for (let round = 0; round < starts; round++) {
  for (const worker of subjects.shuffled(workers, `round ${round}`)) samples.get(worker.name).push(await measure(worker));
  console.error(`round ${round + 1} of ${starts}`);
}
checkAnswers();

const empty = samples.get('empty');
const results = workers.map(({ name, files }) => {
  const runs = samples.get(name);
  const summary = (values) => ({ median: subjects.median(values), interval: subjects.medianInterval(values, name) });
  const of = (key) => (runs[0][key] === undefined ? undefined : summary(runs.map((run) => run[key])));
  return {
    name,
    compressedBytes: files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0),
    startMs: of('start'),
    /** Of the processes of one round. */
    startBeyondEmptyMs: summary(runs.map(({ start }, i) => start - empty[i].start)),
    firstInferenceMs: of('first'),
    firstInferenceProcessorMs: of('firstProcessor'),
    inferenceProcessorMs: of('warm'),
    peakMegabytes: of('peak'),
  };
});
const loads = [];
for (const worker of examples) loads.push({ name: worker.name, megabytes: await peakUnderLoad(worker) });
if (options.json) console.log(JSON.stringify({ starts, results, loads }, null, 2));
else printTables();

/** Both compute the same network. */
function checkAnswers() {
  const [ours, theirs] = ['hetconv', 'onnxruntime-web'].map((name) => JSON.parse(samples.get(name)[0].answer));
  const difference = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i])));
  // Weights of the native file are rounded to F16.
  if (!(difference < 0.05)) throw new Error(`the results differ by ${difference}: ${ours} and ${theirs}`);
}

function printTables() {
  const show = (summary, digits = 1) => {
    if (!summary) return '';
    const [low, high] = summary.interval.map((value) => value.toFixed(digits));
    return `${summary.median.toFixed(digits)} (${low}–${high})`;
  };
  console.log(`
| worker | script, gzip | start-up, CPU ms beyond an empty worker | first inference, ms | of it CPU | later ones, CPU ms | peak of the process, MB |
|---|---:|---:|---:|---:|---:|---:|`);
  for (const result of results) {
    const cells = [
      result.name,
      `${(result.compressedBytes / 1000).toFixed(0)} kB`,
      result.name === 'empty' ? `${show(result.startMs)} in all` : show(result.startBeyondEmptyMs),
      show(result.firstInferenceMs),
      show(result.firstInferenceProcessorMs),
      show(result.inferenceProcessorMs, 2),
      show(result.peakMegabytes, 0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  const theirs = results.find(({ name }) => name === 'onnxruntime-web');
  for (const ours of results.filter(({ name }) => name.startsWith('hetconv'))) {
    const ratio = (key) => (theirs[key].median / ours[key].median).toFixed(1);
    const measured = [
      'startBeyondEmptyMs',
      'firstInferenceMs',
      'firstInferenceProcessorMs',
      'inferenceProcessorMs',
      'peakMegabytes',
    ];
    const cells = [(theirs.compressedBytes / ours.compressedBytes).toFixed(1), ...measured.map(ratio)];
    console.log(`| onnxruntime-web / ${ours.name} | ${cells.join(' | ')} |`);
  }
  for (const { name, megabytes } of loads) {
    const [small, large] = [megabytes.small.toFixed(0), megabytes.large.toFixed(0)];
    console.log(
      `\n${name} under load: ${small} MB at most with 32 small pictures at a time, ${large} MB after the largest that it takes.`,
    );
  }
}
