// The table of docs/zoo.md: published networks by architecture and cost, seeds of one network together, and what is still missing.
import { architecture } from '../../src/architectures/index.js';
import type { Environment } from '../../src/bench/record.js';
import type { Summary } from '../../src/bench/statistics.js';
import type { Variant } from '../../src/runtime/variants.js';
import { markdownTable } from '../support/markdown.js';

export interface ZooModel {
  /** Its folder in models/. */
  readonly name: string;
  /** As its graph is called, such as 'resnet20-cifar10-hetconv-p4': the same for all seeds. */
  readonly network: string;
  readonly epochs: number;
  /** Percent of the test pictures. */
  readonly accuracy: number;
  readonly pictures: number;
  readonly macs: number;
  readonly parameters: number;
  readonly bytes: number;
  readonly latencies: Readonly<Partial<Record<Variant, Summary>>>;
}

/** A network that the zoo is to have, with as many seeds. */
export interface PlannedNetwork {
  readonly network: string;
  readonly macs: number;
  readonly seeds: number;
}

/** Published networks that differ in their seed. */
export interface Species {
  readonly network: string;
  readonly models: readonly ZooModel[];
  readonly accuracy: { readonly mean: number; readonly least: number; readonly most: number };
}

export const architectureOf = (network: string): string => network.match(/^.*-cifar10/)![0];

const KINDS = { standard: 'standard', dwpw: 'DW+PW', pw: 'PW', 'hetconv-p': 'HetConv P', 'gwpw-g': 'GW+PW G' } as const;

/** As in 'HetConv P4'. An architecture's own kind is not in the name of its graph. */
export function kindOf(network: string): string {
  const name = architectureOf(network);
  const own = architecture(name, { kind: 'standard' }).name === name ? 'standard' : 'dwpw';
  const [, kind, number] = network.slice(name.length + 1).match(/^(.*?)(\d*)$/)!;
  return `${KINDS[(kind || own) as keyof typeof KINDS]}${number}`;
}

const isHetConv = ({ network }: Species): boolean => kindOf(network).startsWith('HetConv');

export function speciesOf(models: readonly ZooModel[]): Species[] {
  return [...new Set(models.map(({ network }) => network))].map((network) => {
    const own = models.filter((model) => model.network === network);
    const accuracies = own.map(({ accuracy }) => accuracy);
    const mean = accuracies.reduce((sum, each) => sum + each, 0) / own.length;
    return { network, models: own, accuracy: { mean, least: Math.min(...accuracies), most: Math.max(...accuracies) } };
  });
}

export function zooText(models: readonly ZooModel[], planned: readonly PlannedNetwork[], environment: Environment): string {
  const species = speciesOf(models);
  const { device, engine, date } = environment;
  const pictures = Math.min(...models.map((model) => model.pictures)).toLocaleString('en-US');
  const seeds = planned.reduce((sum, network) => sum + network.seeds, 0);
  const published = planned.reduce((sum, { network }) => sum + seedsOf(species, network), 0);
  return [
    `${device}; ${engine}; ${date.slice(0, 10)}. Accuracy on ${pictures} test pictures, with several seeds their mean and range; ~ marks noisy times.`,
    zooTable(species, planned),
    published < seeds
      ? `${published} of ${seeds} trainings of the zoo are published; the others are rows without accuracy, or seeds that lack.`
      : `All ${seeds} trainings of the zoo are published.`,
    comparisons(species),
  ].join('\n\n');
}

function seedsOf(species: readonly Species[], network: string): number {
  return species.find((each) => each.network === network)?.models.length ?? 0;
}

function zooTable(species: readonly Species[], planned: readonly PlannedNetwork[]): string {
  const wanted = (network: string): number => planned.find((each) => each.network === network)?.seeds ?? 1;
  const trained = species.map((each) => {
    const [{ name, epochs, macs, parameters, bytes, latencies }] = each.models as [ZooModel];
    const ms = (variant: Variant): string => {
      const latency = latencies[variant];
      return latency ? `${latency.noisy ? '~' : ''}${latency.medianMs.toFixed(3)}` : '';
    };
    const cells = [
      architectureOf(each.network),
      `[${kindOf(each.network)}](../models/${name}/README.md)`,
      accuracyOf(each),
      `${each.models.length} of ${wanted(each.network)}`,
      String(epochs),
      (macs / 1e6).toFixed(2),
      parameters.toLocaleString('en-US'),
      Math.round(bytes / 1e3).toLocaleString('en-US'),
      ms('simd'),
      ms('relaxed'),
      (each.accuracy.mean / latencies.simd!.medianMs).toFixed(0),
    ];
    return { network: each.network, macs, cells };
  });
  const missing = planned
    .filter(({ network }) => seedsOf(species, network) === 0)
    .map(({ network, macs, seeds }) => ({
      network,
      macs,
      cells: [
        architectureOf(network),
        kindOf(network),
        'not trained yet',
        `0 of ${seeds}`,
        '',
        (macs / 1e6).toFixed(2),
        '',
        '',
        '',
        '',
        '',
      ],
    }));
  const lines = [...trained, ...missing].sort(
    (a, b) => architectureOf(a.network).localeCompare(architectureOf(b.network)) || b.macs - a.macs,
  );
  const head = [
    'network',
    'convolutions',
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
  return markdownTable(
    head,
    lines.map(({ cells }) => cells),
  );
}

function accuracyOf({ models, accuracy: { mean, least, most } }: Species): string {
  return models.length === 1 ? mean.toFixed(2) : `${mean.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

/** HetConv beside the other kinds of its architecture, in words: what it gains or loses in accuracy, and at which cost. */
function comparisons(species: readonly Species[]): string {
  const alike = (one: Species, other: Species): boolean =>
    architectureOf(one.network) === architectureOf(other.network) && one.models[0]!.epochs === other.models[0]!.epochs;
  const lines = species.filter(isHetConv).flatMap((own) =>
    species
      .filter((other) => !isHetConv(other) && alike(own, other))
      .map((other) => {
        const points = own.accuracy.mean - other.accuracy.mean;
        const [a, b] = [own.models[0]!, other.models[0]!];
        const time = a.latencies.simd!.medianMs / b.latencies.simd!.medianMs;
        return `- ${architectureOf(own.network)}, ${kindOf(own.network)} beside ${kindOf(other.network)}: ${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)} points of accuracy, ${(a.macs / b.macs).toFixed(2)} times the multiply-accumulates, ${time.toFixed(2)} times the time (simd).`;
      }),
  );
  if (lines.length === 0)
    return 'HetConv cannot be compared with other kinds yet: that takes two of one architecture with the same epochs.';
  return lines.join('\n');
}
