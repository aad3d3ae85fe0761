// `hetconv agree`: whether two benchmarks of the same networks found the same speed-ups, within what each says of its own noise.
import type { Command } from 'commander';
import { type Agreement, agreements, type RatioNetwork, type Share, shareOf } from '../bench/agreement.js';
import { sameMachine } from '../bench/latencyTable.js';
import type { Environment } from '../bench/record.js';
import type { Interval, Ratio } from '../bench/statistics.js';
import { dictionary, fail, list, name, oneOf, positive } from '../formats/schema.js';
import { ACCURACIES } from '../ops/op.js';
import { HetConvError } from '../platform/node/index.js';
import { formatJson, VARIANTS } from './benchOptions.js';
import { readRecordFile } from './recordFile.js';
import { formatTable } from './table.js';

/** The share of networks whose intervals have to meet. */
const WANTED = 0.95;

interface Options {
  readonly json?: true;
}

export function addAgree(program: Command): void {
  program
    .command('agree')
    .description('compare the speed-ups over the direct baseline that two benchmarks of the same networks found')
    .argument('<first>', 'JSON of hetconv bench')
    .argument('<second>', 'JSON of the same networks, measured later or on another machine')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Two speed-ups agree where their 95 % intervals meet, each widened by the noise that its own run found between two copies of the baseline.
Prints those that do not, and the share that do; exit code 1 if that is below ${100 * WANTED} %. Layers are counted apart.

Examples:
  $ hetconv bench --json morning.json
  $ hetconv bench --json evening.json
  $ hetconv agree morning.json evening.json`,
    )
    .action(agree);
}

async function agree(first: string, second: string, { json }: Options): Promise<void> {
  const [one, other] = [await readRatios(first), await readRatios(second)];
  const all = agreements(one.networks, other.networks);
  const whole = all.filter(({ layer }) => layer === undefined);
  if (whole.length === 0) throw new HetConvError('bad-option', `${first} and ${second} have no network in common`);
  const networks = shareOf(whole);
  const layers = shareOf(all.filter(({ layer }) => layer !== undefined));
  if (json) process.stdout.write(formatJson({ networks, layers, ratios: all }));
  else {
    for (const [path, { environment }] of [
      [first, one],
      [second, other],
    ] as const)
      console.log(`${path}: ${environment.device}, ${environment.engine}, ${environment.date}`);
    if (!sameMachine(one.environment, other.environment)) console.log('These are different machines, or different engines.');
    const differing = whole.filter(({ agrees }) => !agrees);
    if (differing.length > 0) console.log(`\n${differences(differing)}`);
    console.log(`\nnetworks: ${formatShare(networks)}; the second is ${changes(whole)}`);
    if (layers.of > 0) console.log(`layers:   ${formatShare(layers)}`);
  }
  if (networks.agree < WANTED * networks.of) process.exitCode = 1;
}

function differences(agreements: readonly Agreement[]): string {
  const header = ['network', 'entry', 'binary', 'accuracy', 'first', '95 %', 'second', '95 %', 'change'];
  const cells = ({ speedUp, interval }: Ratio): string[] => [
    `${speedUp.toFixed(2)}×`,
    interval.map((value) => value.toFixed(2)).join('–'),
  ];
  const lines = agreements.map(({ network, entry, variant, accuracy, first, second, change }) => [
    network,
    entry,
    variant,
    accuracy,
    ...cells(first),
    ...cells(second),
    `${(100 * change).toFixed(1)} %`,
  ]);
  return formatTable([header, ...lines], ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'right', 'right']);
}

const formatShare = ({ agree, of }: Share): string =>
  `${agree} of ${of} speed-ups agree within their intervals (${((100 * agree) / of).toFixed(1)} %)`;

function changes(agreements: readonly Agreement[]): string {
  const shares = agreements.map(({ change }) => 100 * change);
  return `between ${Math.min(...shares).toFixed(1)} % and ${Math.max(...shares).toFixed(1)} % larger`;
}

async function readRatios(path: string): Promise<{ environment: Environment; networks: readonly RatioNetwork[] }> {
  const { environment, fields } = await readRecordFile(path, ['hetconv-bench']);
  return { environment, networks: list(fields.networks, `${path}: networks`, checkNetwork) };
}

function checkNetwork(value: unknown, path: string): RatioNetwork {
  const network = dictionary(value, path);
  return {
    name: name(network.name, `${path}.name`),
    baseline: name(network.baseline, `${path}.baseline`),
    rows: list(network.rows, `${path}.rows`, (row, at) => {
      const { entry, variant, accuracy, versusDirect, speedUps } = dictionary(row, at);
      return {
        entry: name(entry, `${at}.entry`),
        variant: oneOf(variant, `${at}.variant`, VARIANTS),
        accuracy: oneOf(accuracy, `${at}.accuracy`, ACCURACIES),
        versusDirect: checkRatio(versusDirect, `${at}.versusDirect`),
        speedUps: list(speedUps, `${at}.speedUps`, (layer, inside) => ({
          layer: name(dictionary(layer, inside).layer, `${inside}.layer`),
          ...checkRatio(layer, inside),
        })),
      };
    }),
  };
}

function checkRatio(value: unknown, path: string): Ratio {
  const { speedUp, interval, tie } = dictionary(value, path);
  if (typeof tie !== 'boolean') fail(`${path}.tie`, 'must be true or false');
  return { speedUp: positive(speedUp, `${path}.speedUp`), interval: checkInterval(interval, `${path}.interval`), tie };
}

function checkInterval(value: unknown, path: string): Interval {
  const [low, high, ...rest] = list(value, path, positive);
  if (low === undefined || high === undefined || rest.length > 0 || low > high)
    fail(path, 'must be two numbers, the lower one first');
  return [low, high];
}
