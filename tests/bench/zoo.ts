// `npm run zoo`: the table and the figures of docs/zoo.md, of the models that there are. Accuracy on the test pictures of CIFAR-10 and latency
// come from the built command line on the newest Node, which has both binaries.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { BenchRecord } from '../../src/bench/record.js';
import { figureSvg } from '../../src/bench/report/svg.js';
import { positiveInteger } from '../../src/cli/arguments.js';
import { xmlCanvas } from '../../src/cli/xmlCanvas.js';
import type { Variant } from '../../src/runtime/variants.js';
import { writeBetweenMarks } from '../support/markdown.js';
import { testModule } from '../support/testModule.js';
import { accuracyAgainstLatency, accuracyAgainstMacs } from './zooFigures.js';
import { type PlannedNetwork, speciesOf, type ZooModel, zooText } from './zooTable.js';

interface Options {
  readonly docs: string;
  readonly limit?: number;
  readonly rounds?: number;
}

const program = new Command('npm run zoo --')
  .description('measures the published networks, and writes the table and the figures of docs/zoo.md')
  .option('--docs <folder>', 'where zoo.md is, with the folder figures', 'docs')
  .option('--limit <n>', 'test pictures (default: all)', positiveInteger)
  .option('--rounds <n>', 'turns of each network', positiveInteger);
program.parse();
const { docs, limit, rounds } = program.opts<Options>();

const { newerNodes } = await testModule('platform/nodes.mjs');
const { modelNames, modelPath, metadataOf } = await testModule('support/modelFiles.mjs');
const node: string = newerNodes().at(-1)?.path ?? process.execPath;
const scratch = mkdtempSync(join(tmpdir(), 'hetconv-zoo-'));

try {
  const record = measure(modelNames.map(modelPath));
  const models = (modelNames as string[]).map((name) => modelOf(name, record));
  writeBetweenMarks(join(docs, 'zoo.md'), 'zoo', zooText(models, planned(), record.environment));
  const figures = {
    'zoo-accuracy-against-latency.svg': accuracyAgainstLatency,
    'zoo-accuracy-against-macs.svg': accuracyAgainstMacs,
  };
  mkdirSync(join(docs, 'figures'), { recursive: true });
  for (const [name, figure] of Object.entries(figures))
    writeFileSync(join(docs, 'figures', name), figureSvg(figure(speciesOf(models)), xmlCanvas()));
  console.log(`written to ${docs}`);
} finally {
  rmSync(scratch, { recursive: true });
}

function hetconv(...args: readonly string[]): string {
  return execFileSync(node, ['dist/cli.js', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 28,
  });
}

/** All of them in the same rounds. */
function measure(paths: readonly string[]): BenchRecord {
  const json = join(scratch, 'bench.json');
  const less = [...(limit ? ['--limit', String(limit)] : []), ...(rounds ? ['--rounds', String(rounds)] : [])];
  const how = ['--data', 'cifar10', '--variant', 'simd,relaxed', '--accuracy', 'standard', ...less, '--json', json];
  hetconv('bench', ...paths, ...how);
  return JSON.parse(readFileSync(json, 'utf8'));
}

function modelOf(name: string, { networks }: BenchRecord): ZooModel {
  const path = modelPath(name);
  const { graph, provenance } = metadataOf(path);
  const rows = networks[0]!.rows.filter(({ entry, accuracy }) => entry === path && accuracy === 'standard');
  const [{ top1, cost, fileBytes }] = rows as [BenchRecord['networks'][number]['rows'][number]];
  return {
    name,
    network: JSON.parse(graph).name,
    epochs: JSON.parse(provenance).epochs,
    accuracy: top1!.percent,
    pictures: top1!.pictures,
    macs: cost.macs,
    parameters: cost.parameters,
    bytes: fileBytes!,
    latencies: Object.fromEntries(rows.map(({ variant, latency }): [Variant, typeof latency] => [variant, latency])),
  };
}

/** Of zoo.json. */
function planned(): PlannedNetwork[] {
  const zoo: { networks: { architecture: string; kind: string; part?: number; groups?: number }[] } = JSON.parse(
    readFileSync('models/train/zoo.json', 'utf8'),
  );
  const networks = new Map<string, PlannedNetwork>();
  for (const { architecture, kind, part, groups } of zoo.networks) {
    const number = [...(part ? ['--part', String(part)] : []), ...(groups ? ['--groups', String(groups)] : [])];
    const command = ['graph', architecture, '--kind', kind, ...number];
    const { name } = JSON.parse(hetconv(...command));
    const seeds = (networks.get(name)?.seeds ?? 0) + 1;
    networks.set(name, { network: name, macs: JSON.parse(hetconv(...command, '--cost', '--json')).total.macs, seeds });
  }
  return [...networks.values()];
}
