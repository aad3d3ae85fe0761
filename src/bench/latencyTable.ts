// What each layer of an architecture takes with each part, from measurements of whole networks that have one part throughout.
import { HetConvError } from '../graph/error.js';
import type { Accuracy } from '../ops/op.js';
import type { Variant } from '../runtime/variants.js';
import type { BenchRecord, Environment, LayerRecord, PlannedPart, ProfileRecord } from './record.js';
import { median } from './statistics.js';

/** What a table needs to know of a measured network, and what a reader of a file must check. */
export interface TimedNetwork {
  readonly architecture: string;
  readonly variant: Variant;
  readonly accuracy: Accuracy;
  /** Of a whole run. */
  readonly ms: number;
  readonly layers: readonly Pick<LayerRecord, 'name' | 'op' | 'part' | 'macs' | 'share'>[];
}

export interface LatencyTable {
  readonly architecture: string;
  readonly variant: Variant;
  readonly accuracy: Accuracy;
  /** Layers that were measured with several parts, in the order of the network. */
  readonly layers: readonly { readonly name: string; readonly options: readonly PlannedPart[] }[];
  /** All that is the same with every part, inputs and outputs too. */
  readonly fixedMs: number;
}

/** The standard and the HetConv networks of a record. */
export function timedNetworks(record: BenchRecord | ProfileRecord): TimedNetwork[] {
  if (record.format === 'hetconv-profile') {
    const { network, variant, accuracy, latency, layers } = record;
    const architecture = network.replace(/-hetconv-p\d+$/, '');
    return [{ architecture, variant, accuracy, ms: latency.medianMs, layers }];
  }
  return record.networks.flatMap(({ name, baseline, rows }) =>
    rows
      .filter(({ entry, part }) => entry === baseline || part !== undefined)
      .map(({ variant, accuracy, latency, layers }) => ({
        architecture: name,
        variant,
        accuracy,
        ms: latency.medianMs,
        layers,
      })),
  );
}

/**
 * A layer's time is its share of the run of the whole network: timed alone, its weights and inputs would be nearer than they are in a run.
 * Throws `bad-option` where there is nothing to choose from, or no standard network.
 */
export function latencyTable(
  networks: readonly TimedNetwork[],
  { architecture, variant, accuracy }: Pick<LatencyTable, 'architecture' | 'variant' | 'accuracy'>,
): LatencyTable {
  const own = networks.filter(
    (network) => network.architecture === architecture && network.variant === variant && network.accuracy === accuracy,
  );
  const timings = own.flatMap(({ ms, layers }) =>
    layers.map(({ name, op, part = 1, macs, share }) => ({ name, op, part, macs, ms: share * ms })),
  );
  const byLayer = groupBy(timings, ({ name }) => name);
  const layers: { name: string; options: PlannedPart[] }[] = [];
  let fixedMs = 0;
  for (const [name, layer] of byLayer) {
    const byPart = groupBy(layer, ({ part }) => part);
    const convolution = layer.every(({ op }) => op === 'conv' || op === 'hetConv');
    if (!convolution || byPart.size === 1) fixedMs += median(layer.map(({ ms }) => ms));
    else {
      const options = [...byPart].map(([part, alike]) => ({
        part,
        macs: alike[0]!.macs,
        ms: median(alike.map(({ ms }) => ms)),
      }));
      layers.push({ name, options: options.sort((a, b) => a.part - b.part) });
    }
  }
  if (layers.length === 0 || layers.some(({ options }) => options[0]!.part !== 1)) {
    const known = [...new Set(networks.map((each) => `${each.architecture} (${each.variant}, ${each.accuracy})`))];
    throw new HetConvError(
      'bad-option',
      `to choose parts takes times of ${architecture} (${variant}, ${accuracy}), standard and with HetConv; there are times of ${known.join(', ') || 'nothing'}`,
    );
  }
  return { architecture, variant, accuracy, layers, fixedMs };
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** Whether times of one say anything of the other. */
export function sameMachine(a: Environment, b: Environment): boolean {
  return a.device === b.device && a.engine === b.engine;
}
