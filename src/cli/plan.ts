// `hetconv plan`: which HetConv each layer of an architecture becomes, so that it stays within a latency on this machine or another.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ArchitectureName, architecture, architectures, type ConvolutionKind } from '../architectures/index.js';
import { bench } from '../bench/bench.js';
import { architectureNetwork, kindsOf, publishedCost } from '../bench/entries.js';
import { type LatencyTable, latencyTable, sameMachine, timedNetworks } from '../bench/latencyTable.js';
import { planParts, predict } from '../bench/partPlan.js';
import { type BenchRecord, type PlannedLayer, type PlanRecord, RECORD_VERSION } from '../bench/record.js';
import type { Graph } from '../graph/graph.js';
import { bareGraphToJson } from '../graph/graphJson.js';
import { costOf } from '../ops/cost.js';
import type { Accuracy } from '../ops/op.js';
import { detectHetConv } from '../passes/detectHetConv.js';
import { host } from '../platform/node/host.js';
import { HetConvError, type Variant } from '../platform/node/index.js';
import {
  accuracyOption,
  addTimingOptions,
  formatJson,
  integers,
  measureOptions,
  requireWritable,
  type TimingOptions,
  VARIANTS,
  writeResult,
} from './benchOptions.js';
import { type LatencyFile, readLatencyFile } from './latencyFile.js';
import { nodeClock, nodeEnvironment } from './nodeClock.js';
import { planText } from './planText.js';
import { startProgress } from './progressBar.js';
import { UsageError } from './reportError.js';

interface Options extends TimingOptions {
  readonly arch: ArchitectureName;
  readonly budget: number;
  readonly part: number[];
  readonly table?: string[];
  readonly variant?: Variant;
  readonly accuracy: Accuracy;
  readonly out?: string;
  readonly json?: string | true;
  readonly html?: string;
}

export function addPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('choose P for each layer, to keep most multiply-accumulates within a latency')
    .addOption(
      new Option('-a, --arch <name>', 'architecture, or the beginning of its name')
        .argParser(architectureNamed)
        .makeOptionMandatory(),
    )
    .addOption(new Option('-b, --budget <time>', 'of a run, as in 2ms or 800us').argParser(milliseconds).makeOptionMandatory())
    .addOption(
      new Option('-p, --part <list>', 'P that layers may have, where it divides their channels, beside the standard convolution')
        .argParser(integers)
        .default([2, 4, 8, 16, 32, 64], '2,4,8,16,32,64'),
    )
    .option('-t, --table <files...>', 'choose by these times, JSON of hetconv bench, profile or a page, instead of measuring')
    .addOption(
      new Option('--variant <name>', 'binary (default: the best that runs here, or that of the times)').choices(VARIANTS),
    )
    .addOption(accuracyOption())
    .option('-o, --out <file>', 'write the graph, for models/train/train.py')
    .option('--json [file]', 'print or write JSON (docs/bench-schema.json describes it)')
    .option('--html <file>', 'write a report with figures, one file that loads nothing')
    .addHelpText(
      'after',
      `
The times of a layer are its shares of whole runs, of networks with one P throughout. Of all combinations of P the one that keeps most
multiply-accumulates within the budget is found by dynamic programming; then the network is measured, with random weights. Times of another
machine choose for that machine: its network is not measured here.

Examples:
  $ hetconv plan --arch resnet20 --budget 0.6ms
  $ hetconv plan --arch vgg16-cifar10 --budget 4ms --part 4,8,16 --out graph.json --html plan.html
  $ hetconv bench resnet20-cifar10 --part 2,4,8,16,32,64 --json phone.json    # there, or in a page on the phone
  $ hetconv plan --arch resnet20 --budget 2ms --table phone.json --json`,
    )
    .action(plan);
  addTimingOptions(command);
}

async function plan(options: Options): Promise<void> {
  const { arch, budget, accuracy, out, json, html } = options;
  await requireWritable([out, json, html]);
  const here = nodeEnvironment();
  const progress = startProgress(1000, '{what} {bar} {percentage} %', String, { what: 'measuring' });
  const measure = async (what: string, kinds: readonly ConvolutionKind[], variant: Variant | 'auto'): Promise<BenchRecord> =>
    bench([architectureNetwork(arch, kinds)], {
      host,
      clock: nodeClock,
      environment: here,
      variants: [variant],
      accuracies: [accuracy],
      ...measureOptions(options),
      onProgress: ({ done }) => progress.update(Math.round(1000 * done), { what }),
    });
  let record: PlanRecord;
  try {
    const times = await timesFor(options, (variant) =>
      measure('measuring layers', kindsOf(['hetconv'], options.part, []), variant),
    );
    const { variant, timedOn } = times;
    const table = allowed(latencyTable(times.networks, { architecture: arch, variant, accuracy }), options.part);
    const { layers, predictedMs } = planParts(table, budget);
    const kind: ConvolutionKind = { kind: 'mixed', parts: new Map(layers.map(({ name, part }) => [name, part])) };
    const graph = architecture(arch, kind);
    requireFit(layers, graph, options.table);
    const standard = table.layers.map(({ options }) => options[0]!);
    record = {
      format: 'hetconv-plan',
      version: RECORD_VERSION,
      environment: here,
      timedOn,
      network: arch,
      variant,
      accuracy,
      budgetMs: budget,
      layers: layers.map((layer, i) => ({ ...layer, options: table.layers[i]!.options })),
      fixedMs: table.fixedMs,
      predictedMs,
      cost: publishedCost(graph),
      standard: { cost: publishedCost(architecture(arch, { kind: 'standard' })), ms: predict(table, standard) },
      ...(sameMachine(here, timedOn) && {
        measured: measuredOf(await measure('measuring the choice', [{ kind: 'standard' }, kind], variant), accuracy),
      }),
    };
    if (out !== undefined) await writeResult(out, formatJson(bareGraphToJson(graph)));
  } finally {
    progress.stop();
  }
  if (typeof json === 'string') await writeResult(json, formatJson(record));
  if (html !== undefined) await (await import('./reports.js')).writeReport(html, record);
  if (json === true) process.stdout.write(formatJson(record));
  else {
    console.log(planText(record));
    for (const path of [json, html, out]) if (path !== undefined) console.log(`\nwritten to ${path}`);
  }
}

interface Times extends Pick<LatencyFile, 'networks'> {
  readonly variant: Variant;
  readonly timedOn: LatencyFile['environment'];
}

/** From files, or by `measure`. */
async function timesFor(
  { table: paths, variant, arch, accuracy }: Options,
  measure: (variant: Variant | 'auto') => Promise<BenchRecord>,
): Promise<Times> {
  if (!paths) {
    const record = await measure(variant ?? 'auto');
    return { networks: timedNetworks(record), variant: record.networks[0]!.rows[0]!.variant, timedOn: record.environment };
  }
  const files = await Promise.all(paths.map(readLatencyFile));
  const [first] = files as [LatencyFile];
  const other = files.findIndex(({ environment }) => !sameMachine(environment, first.environment));
  if (other >= 0) {
    throw new UsageError(`${paths[0]} and ${paths[other]} were measured on different machines, or by different engines`);
  }
  const networks = files.flatMap((file) => file.networks);
  const fitting = networks.filter((network) => network.architecture === arch && network.accuracy === accuracy);
  const variants = [...new Set(fitting.map((network) => network.variant))];
  if (variant === undefined && variants.length > 1)
    throw new UsageError(`the times are of ${variants.join(' and ')}: choose one by --variant`);
  return { networks, variant: variant ?? variants[0] ?? 'simd', timedOn: first.environment };
}

/** Throws `bad-file` where times from files are of layers or parts that the architecture does not have. */
function requireFit(planned: readonly PlannedLayer[], graph: Graph, paths: readonly string[] | undefined): void {
  const parts = new Map(costOf(detectHetConv(graph)).layers.map(({ name, part = 1 }) => [name, part]));
  const strange = planned.find(({ name, part }) => parts.get(name) !== part);
  if (!strange) return;
  const has = parts.has(strange.name) ? `cannot have part ${strange.part}` : 'is not in the network';
  throw new HetConvError('bad-file', `${paths}: layer "${strange.name}" ${has}; was it measured by another release?`);
}

/** The table with only those parts: a layer whose channels one does not divide has the largest divisor that they share. */
function allowed(table: LatencyTable, parts: readonly number[]): LatencyTable {
  const within = (part: number): boolean => part === 1 || parts.some((wanted) => wanted % part === 0);
  return {
    ...table,
    layers: table.layers.map(({ name, options }) => ({ name, options: options.filter(({ part }) => within(part)) })),
  };
}

function measuredOf({ networks }: BenchRecord, wanted: Accuracy): NonNullable<PlanRecord['measured']> {
  const [standard, chosen] = networks[0]!.rows.filter(({ accuracy }) => accuracy === wanted);
  return { latency: chosen!.latency, standard: standard!.latency };
}

function architectureNamed(text: string): ArchitectureName {
  const names = Object.keys(architectures) as ArchitectureName[];
  const matches = names.filter((name) => name === text || name.startsWith(`${text}-`));
  if (matches.length === 1) return matches[0]!;
  const among = matches.length > 1 ? `which of ${matches.join(', ')}?` : `known are ${names.join(', ')}.`;
  throw new InvalidArgumentError(`"${text}" names no architecture: ${among}`);
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, '': 1 };

function milliseconds(text: string): number {
  const [, number, unit] = text.match(/^(\d+(?:\.\d+)?)\s*(us|µs|ms|s|)$/) ?? [];
  const ms = Number(number) * UNITS[unit ?? '']!;
  if (number === undefined || !(ms > 0)) throw new InvalidArgumentError('It must be a time, as in 2ms, 1.5ms or 800us.');
  return ms;
}
