// `hetconv bench`: is a network as much faster as it has fewer multiply-accumulates? Measured here, beside the dense baseline.
import { type Command, Option } from 'commander';
import { architectures, type UniformKind } from '../architectures/index.js';
import { bench as measureNetworks, type Network } from '../bench/bench.js';
import { benchCsv } from '../bench/csv.js';
import { architectureNetwork, kindsOf } from '../bench/entries.js';
import type { BenchRecord } from '../bench/record.js';
import type { Accuracy } from '../ops/op.js';
import { host } from '../platform/node/host.js';
import { loadModel, type Variant } from '../platform/node/index.js';
import { positiveInteger } from './arguments.js';
import {
  addTimingOptions,
  BENCH_ACCURACIES,
  formatJson,
  integers,
  listOf,
  makeFolder,
  measureOptions,
  requireWritable,
  type TimingOptions,
  VARIANTS,
  writeResult,
} from './benchOptions.js';
import { benchTables, layerTables } from './benchTables.js';
import { evaluateOnCifar10 } from './evaluate.js';
import { networkSource } from './networkSource.js';
import { nodeClock, nodeEnvironment } from './nodeClock.js';
import { startProgress } from './progressBar.js';
import { about, UsageError } from './reportError.js';

interface Options extends TimingOptions {
  readonly kind: UniformKind['kind'][];
  readonly part: number[];
  readonly groups: number[];
  readonly variant?: Variant[];
  readonly accuracy: Accuracy[];
  readonly size?: number;
  readonly layers?: true;
  readonly data?: 'cifar10';
  readonly limit?: number;
  readonly json?: string | true;
  readonly csv?: string;
  readonly html?: string;
  readonly svg?: string;
}

const KINDS = ['standard', 'hetconv', 'dwpw', 'gwpw', 'pw'] satisfies UniformKind['kind'][];
const DEFAULT_NETWORK = 'vgg16-cifar10';

export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .description('measure the latency of networks beside what their multiply-accumulates promise')
    .argument('[networks...]', `architectures or model files (default: ${DEFAULT_NETWORK})`)
    .addOption(
      new Option('-k, --kind <list>', `what stands for the convolutions of an architecture: ${KINDS.join(',')}`)
        .argParser(listOf(KINDS))
        .default(['hetconv'], 'hetconv'),
    )
    .addOption(new Option('-p, --part <list>', 'P of kind hetconv').argParser(integers).default([2, 4, 8, 16, 32], '2,4,8,16,32'))
    .addOption(new Option('-g, --groups <list>', 'groups of kind gwpw').argParser(integers).default([4], '4'))
    .addOption(
      new Option('--variant <list>', `binaries: ${VARIANTS.join(',')} (default: the best that runs here)`).argParser(
        listOf(VARIANTS),
      ),
    )
    .addOption(
      new Option('--accuracy <list>', 'direct adds products up in order, standard also uses Winograd’s filtering')
        .argParser(listOf(BENCH_ACCURACIES))
        .default(['direct', 'standard'], 'direct,standard'),
    )
    .option('--size <pixels>', 'sides of the pictures of architectures that take any', positiveInteger)
    .option('--layers', 'print each layer too')
    .addOption(new Option('-d, --data <set>', 'measure the accuracy of model files too, on a test set').choices(['cifar10']))
    .option('-l, --limit <N>', 'with --data: only the first N pictures', positiveInteger)
    .option('--json [file]', 'print or write JSON (docs/bench-schema.json describes it)')
    .option('--csv <file>', 'write comma-separated values')
    .option('--html <file>', 'write a report with figures, one file that loads nothing')
    .option('--svg <folder>', 'write each figure as a file')
    .addHelpText(
      'after',
      `
Every network is measured in the same rounds as the baseline: the standard network of an architecture, the first of several files. The
baseline runs in two ways, with products added up in order and with Winograd's filtering; the table shows the speed-up against both beside the
one that is promised by the multiply-accumulates. ≈ marks differences within the noise, which two copies of the baseline show; ~ noisy times.

Examples:
  $ hetconv bench
  $ hetconv bench resnet20-cifar10 vgg16-cifar10 --kind hetconv,dwpw,gwpw --part 4,8 --html report.html
  $ hetconv bench resnet18-imagenet --variant simd,relaxed --accuracy direct --size 160 --csv times.csv
  $ hetconv bench vgg16-cifar10 --kind hetconv,dwpw --html report.html --svg figures
  $ hetconv bench standard.onnx hetconv.safetensors --data cifar10 --json times.json`,
    )
    .action(bench);
  addTimingOptions(command);
}

async function bench(operands: string[], options: Options): Promise<void> {
  const { accuracy, html, svg, csv, json, layers } = options;
  await requireWritable([json, csv, html]);
  if (svg !== undefined) await makeFolder(svg);
  const networks = await networksOf(operands, options);
  const progress = startProgress(1000, 'measuring {network} {bar} {percentage} %, {left} left', String, {
    network: '',
    left: '?',
  });
  let record: BenchRecord;
  try {
    record = await measureNetworks(networks, {
      host,
      clock: nodeClock,
      environment: nodeEnvironment(),
      variants: options.variant ?? ['auto'],
      accuracies: accuracy,
      ...measureOptions(options),
      onProgress: ({ done, secondsLeft, network }) =>
        progress.update(Math.round(1000 * done), { network, left: formatSeconds(secondsLeft) }),
    });
  } finally {
    progress.stop();
  }
  if (typeof json === 'string') await writeResult(json, formatJson(record));
  if (csv !== undefined) await writeResult(csv, benchCsv(record));
  if (html !== undefined || svg !== undefined) {
    const { writeFigures, writeReport } = await import('./reports.js');
    if (html !== undefined) await writeReport(html, record);
    if (svg !== undefined) await writeFigures(svg, record);
  }
  if (json === true) process.stdout.write(formatJson(record));
  else {
    console.log(benchTables(record));
    if (layers) console.log(`\n${layerTables(record)}`);
    for (const path of [json, csv, html, svg]) if (path !== undefined) console.log(`\nwritten to ${path}`);
  }
}

async function networksOf(operands: readonly string[], options: Options): Promise<Network[]> {
  const names = operands.length > 0 ? operands : [DEFAULT_NETWORK];
  const isArchitecture = (name: string): boolean => Object.hasOwn(architectures, name);
  const files = names.filter((name) => !isArchitecture(name));
  if (files.length === 0 && options.data) throw new UsageError('--data goes with model files: architectures have random weights');
  if (options.limit !== undefined && !options.data) throw new UsageError('--limit goes with --data');
  const kinds = kindsOf(options.kind, options.part, options.groups);
  const networks = names.filter(isArchitecture).map((name) => architectureNetwork(name, kinds, options.size));
  if (files.length === 0) return networks;
  const entries = [];
  for (const file of files) {
    const { optimised: _, trained, ...source } = await networkSource(file);
    if (!options.data || !trained) entries.push(source);
    else {
      const model = await about(file, () => loadModel(file));
      const { accuracy: percent, pictures } = await evaluateOnCifar10(file, model, options.limit);
      model.dispose();
      entries.push({ ...source, top1: { data: options.data, percent, pictures } });
    }
  }
  return [...networks, { name: files.length === 1 ? files[0]! : 'files', entries }];
}

/** As a bar shows the time left. */
function formatSeconds(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
