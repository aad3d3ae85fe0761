// The tables of docs/latency-vs-flops.md, from the record of `hetconv bench` and, where there is one, from its repetition.
import { agreements, type Share, shareOf } from '../../src/bench/agreement.js';
import type { BenchRecord, NetworkRecord, Row } from '../../src/bench/record.js';
import { type ClassLayer, classLayers } from '../../src/bench/report/widthFigure.js';
import { median } from '../../src/bench/statistics.js';
import { variantsOf } from '../../src/bench/words.js';
import type { Variant } from '../../src/runtime/variants.js';
import { markdownTable } from '../support/markdown.js';

/** By the name of their place. The record's first network is the one that most of them are about. */
export function flopsTables(record: BenchRecord, repeated: BenchRecord | undefined): Map<string, string> {
  const [main, ...others] = record.networks as [NetworkRecord, ...NetworkRecord[]];
  return new Map([
    ['conditions', conditions(record)],
    [
      'speed-ups',
      variantsOf(main)
        .map((variant) => `Binary \`${variant}\`:\n\n${speedUpTable(main, variant)}`)
        .join('\n\n'),
    ],
    [
      'kept',
      variantsOf(main)
        .map((variant) => `- ${kept(main, variant)}`)
        .join('\n'),
    ],
    ['equal', equalCosts(main)],
    ['classes', classTable(record.networks)],
    ['maps', mapTable(main)],
    ['rest', restTable(main)],
    ['filtered', filtered(main)],
    ['others', othersTable(others)],
    ['repetition', repetition(record, repeated)],
  ]);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const millions = (count: number): string => (count / 1e6).toFixed(2);
const timesOf = (speedUp: number, tie = false): string => `${tie ? '≈' : ''}${speedUp.toFixed(2)}`;
const list = (items: readonly string[]): string => new Intl.ListFormat('en').format(items);
const milliseconds = ({ latency }: Row): string => `${latency.noisy ? '~' : ''}${latency.medianMs.toFixed(3)}`;
const keptBy = ({ versusDirect }: Row): number => versusDirect.speedUp / versusDirect.promised;

const isHetConv = ({ part }: Row): boolean => part !== undefined;

/** The rows of a binary, products added up in order, each with the one that also has Winograd's filtering. */
function pairsOf({ rows }: NetworkRecord, variant: Variant): { direct: Row; winograd: Row }[] {
  const own = rows.filter((row) => row.variant === variant);
  return own
    .filter(({ accuracy }) => accuracy === 'direct')
    .map((direct) => ({
      direct,
      winograd: own.find(({ entry, accuracy }) => entry === direct.entry && accuracy === 'standard')!,
    }));
}

function conditions({ environment, method, networks }: BenchRecord): string {
  const { device, engine, date, hetconv } = environment;
  const rows = networks.flatMap(({ rows }) => rows);
  const timings = rows.reduce((sum, { latency }) => sum + latency.kept + latency.dropped, 0);
  const dropped = rows.reduce((sum, { latency }) => sum + latency.dropped, 0);
  const noisy = rows.filter(({ latency }) => latency.noisy).length;
  const cells = networks.flatMap((network) =>
    variantsOf(network).map((variant) => {
      const { gflops, memoryGBs, cacheGBs } = network.ceilings[variant]!;
      const dense = pairsOf(network, variant).find(({ direct }) => direct.entry === network.baseline)!.direct;
      const numbers = [gflops, memoryGBs, cacheGBs, dense.gflops].map((value) => value.toFixed(1));
      return [`${network.name}, \`${variant}\``, ...numbers, percent(network.noiseFloor[variant]!)];
    }),
  );
  const head = [
    'measured with',
    'GFLOP/s on registers',
    'GB/s in memory',
    'GB/s in the cache',
    'dense direct, GFLOP/s',
    'two copies differ by',
  ];
  return `${device}; ${engine}; hetconv ${hetconv}; ${date.slice(0, 16).replace('T', ' ')} UTC. ${method.rounds} rounds of ${method.runs} timings; ${dropped} of ${timings} timings of whole networks were preempted and dropped; ${noisy} of ${rows.length} times are noisy (~).

${markdownTable(head, cells)}`;
}

function speedUpTable(network: NetworkRecord, variant: Variant): string {
  const head = [
    'network',
    'M MACs',
    'promised, ×',
    'direct, ms',
    '× dense direct',
    '95 %',
    'of the promise',
    'Winograd, ms',
    '× dense Winograd',
    '95 %',
  ];
  const interval = ([low, high]: readonly [number, number]): string => `${low.toFixed(2)}–${high.toFixed(2)}`;
  const lines = pairsOf(network, variant).map(({ direct, winograd }) => {
    const isBaseline = direct.entry === network.baseline;
    const { versusDirect } = direct;
    const { versusWinograd } = winograd;
    return [
      direct.entry,
      millions(direct.cost.macs),
      versusDirect.promised.toFixed(2),
      milliseconds(direct),
      isBaseline ? '1' : timesOf(versusDirect.speedUp, versusDirect.tie),
      isBaseline ? '' : interval(versusDirect.interval),
      isBaseline ? '' : percent(keptBy(direct)),
      milliseconds(winograd),
      isBaseline ? '1' : timesOf(versusWinograd.speedUp, versusWinograd.tie),
      isBaseline ? '' : interval(versusWinograd.interval),
    ];
  });
  return markdownTable(head, lines);
}

/** In words, how much of the promise HetConv keeps beside each of the baselines. */
function kept(network: NetworkRecord, variant: Variant): string {
  const pairs = pairsOf(network, variant);
  const hetConvs = pairs.filter(({ direct }) => isHetConv(direct));
  const least = hetConvs.reduce((a, b) => (keptBy(b.direct) < keptBy(a.direct) ? b : a)).direct;
  const dense = pairs.find(({ direct }) => direct.entry === network.baseline)!;
  const ratios = hetConvs.map(({ direct, winograd }) => {
    const name = direct.entry.replace('HetConv ', '');
    return `${name} ${timesOf(direct.versusDirect.speedUp)}× and ${timesOf(winograd.versusWinograd.speedUp)}×`;
  });
  return `Binary \`${variant}\`: beside the direct baseline HetConv keeps ${percent(keptBy(least))} of its promise at least (${least.entry}). Winograd's filtering makes the dense network itself ${timesOf(dense.winograd.versusDirect.speedUp)} times faster; so the speed-up over dense direct and over dense Winograd is, in this order: ${list(ratios)}.`;
}

/** Other kinds beside the HetConv whose cost is nearest to theirs. */
function equalCosts(network: NetworkRecord): string {
  const lines = variantsOf(network).flatMap((variant) => {
    const pairs = pairsOf(network, variant);
    const hetConvs = pairs.filter(({ direct }) => isHetConv(direct));
    const distance = (a: Row, b: Row): number => Math.abs(Math.log(a.cost.macs / b.cost.macs));
    return pairs
      .filter(({ direct }) => !isHetConv(direct) && direct.entry !== network.baseline)
      .map(({ direct, winograd }) => {
        const near = hetConvs.reduce((a, b) => (distance(b.direct, direct) < distance(a.direct, direct) ? b : a));
        const cells = [
          [direct, near.direct],
          [winograd, near.winograd],
        ].flatMap((both) => both.map((row) => milliseconds(row!)));
        const costs = [direct, near.direct].map(({ cost }) => millions(cost.macs));
        return [`${direct.entry} and ${near.direct.entry}, \`${variant}\``, ...costs, ...cells];
      });
  });
  const head = ['first and second', 'M MACs, first', 'second', 'direct ms, first', 'second', 'Winograd ms, first', 'second'];
  return markdownTable(head, lines);
}

/** Lower ends of the widths that are put together. */
const WIDTHS = [8, 4, 2, 1] as const;

function classTable(networks: readonly NetworkRecord[]): string {
  const variants = variantsOf(networks[0]!);
  const layersOf = (variant: Variant): ClassLayer[] =>
    networks.flatMap(({ rows }) => classLayers(rows.filter((row) => row.variant === variant)));
  const byVariant = variants.map(layersOf);
  const lines = WIDTHS.map((low, i) => {
    const high = i === 0 ? Number.POSITIVE_INFINITY : WIDTHS[i - 1]!;
    const kept = byVariant.map((layers) =>
      layers.filter(({ width }) => width >= low && width < high).map(({ speedUp, promised }) => speedUp / promised),
    );
    const name = i === 0 ? `${low} or more` : high - low === 1 ? String(low) : `${low} to ${high - 1}`;
    const cells = kept.flatMap((shares) =>
      shares.length > 0 ? [percent(median(shares)), percent(Math.min(...shares))] : ['', ''],
    );
    return [name, String(kept[0]!.length), ...cells];
  });
  return markdownTable(
    ['filters of a class, N/P', 'layers', ...variants.flatMap((variant) => [`kept, median, \`${variant}\``, 'least'])],
    lines.filter(([, count]) => count !== '0'),
  );
}

/** Layers whose classes are wide, by the size of their maps: what is left has to do with the map. */
function mapTable(network: NetworkRecord): string {
  const [variant] = variantsOf(network) as [Variant];
  const rows = network.rows.filter((row) => row.variant === variant && row.accuracy === 'direct');
  const wide = classLayers(rows).filter(({ width }) => width >= WIDTHS[0]);
  const dense = rows.find(({ entry }) => entry === network.baseline)!;
  const lines = [...new Set(wide.map(({ pixels }) => pixels))].map((pixels) => {
    const own = wide.filter((layer) => layer.pixels === pixels);
    const names = new Set(own.map(({ layer }) => layer));
    const gflops = (row: Row | undefined): string => {
      const values = row?.layers.filter(({ name }) => names.has(name)).map(({ gflops }) => gflops) ?? [];
      return values.length > 0 ? median(values).toFixed(1) : '';
    };
    return [
      `${Math.sqrt(pixels)}×${Math.sqrt(pixels)}`,
      String(names.size),
      gflops(dense),
      gflops(rows.find(({ part }) => part === 8)),
      percent(median(own.map(({ speedUp, promised }) => speedUp / promised))),
    ];
  });
  return markdownTable(
    ['output', 'layers', 'dense, GFLOP/s', 'HetConv P8, GFLOP/s', 'promise kept, median of all P with N/P ≥ 8'],
    lines,
  );
}

/** What HetConv leaves as it is takes a larger share, the more the rest shrinks. */
function restTable(network: NetworkRecord): string {
  const [variant] = variantsOf(network) as [Variant];
  const direct = pairsOf(network, variant).map((pair) => pair.direct);
  const replaced = new Set(direct.flatMap(({ speedUps }) => speedUps.map(({ layer }) => layer)));
  const shown = direct.filter((row) => isHetConv(row) || row.entry === network.baseline);
  const lines = shown.map(({ entry, layers }) => {
    const macs = layers.reduce((sum, layer) => sum + layer.macs, 0);
    const share = (wanted: (layer: Row['layers'][number]) => boolean): [string, string] => {
      const chosen = layers.filter(wanted);
      return [
        percent(chosen.reduce((sum, layer) => sum + layer.macs, 0) / macs),
        percent(chosen.reduce((sum, layer) => sum + layer.share, 0)),
      ];
    };
    const first = layers.find(({ op }) => op === 'conv' || op === 'hetConv');
    const rest = share((layer) => layer !== first && !replaced.has(layer.name));
    return [entry, ...share((layer) => layer === first), ...rest];
  });
  return markdownTable(['network', 'first layer, of MACs', 'of time', 'classifier, pooling, moves, of MACs', 'of time'], lines);
}

/** In how many HetConv layers the planner takes Winograd's filtering. */
function filtered(network: NetworkRecord): string {
  const byVariant = variantsOf(network).map((variant) => {
    const counts = pairsOf(network, variant)
      .filter(({ direct }) => isHetConv(direct))
      .map(({ winograd: { entry, layers } }) => {
        const own = layers.filter(({ op }) => op === 'hetConv');
        const count = own.filter(({ kernels }) => kernels.some((kernel) => kernel.includes('winograd'))).length;
        return `${count} of ${own.length} at ${entry.replace('HetConv ', '')}`;
      });
    return `in \`${variant}\` ${list(counts)}`;
  });
  return `HetConv layers that the planner computes by Winograd's filtering: ${byVariant.join('; ')}.`;
}

function othersTable(networks: readonly NetworkRecord[]): string {
  const variants = variantsOf(networks[0] ?? { ceilings: {} });
  const lines = networks.flatMap((network) => {
    const byVariant = variants.map((variant) => pairsOf(network, variant));
    return byVariant[0]!.flatMap(({ direct: { entry, cost, versusDirect } }, i) => {
      const cells = byVariant.flatMap((pairs) => {
        const { direct, winograd } = pairs[i]!;
        if (entry === network.baseline) return [milliseconds(direct), '', milliseconds(winograd)];
        const [toDirect, toWinograd] = [direct.versusDirect, winograd.versusWinograd];
        return [timesOf(toDirect.speedUp, toDirect.tie), percent(keptBy(direct)), timesOf(toWinograd.speedUp, toWinograd.tie)];
      });
      const name = entry === network.baseline ? `**${network.name}**, ${entry}: ms` : entry;
      return [[name, millions(cost.macs), versusDirect.promised.toFixed(2), ...cells]];
    });
  });
  const head = [
    '',
    'M MACs',
    'promised, ×',
    ...variants.flatMap((variant) => [`\`${variant}\`: × dense direct`, 'of the promise', '× dense Winograd']),
  ];
  return markdownTable(head, lines);
}

function repetition(record: BenchRecord, repeated: BenchRecord | undefined): string {
  if (!repeated) return 'Not repeated yet.';
  const all = agreements(record.networks, repeated.networks);
  const whole = all.filter(({ layer }) => layer === undefined);
  const layers = all.filter(({ layer }) => layer !== undefined);
  const share = ({ agree, of }: Share): string => `${agree} of ${of} (${percent(agree / of)})`;
  const minutes = Math.round((Date.parse(repeated.environment.date) - Date.parse(record.environment.date)) / 60_000);
  const changes = whole.map(({ change }) => Math.abs(change));
  const most = whole.reduce((a, b) => (Math.abs(b.change) > Math.abs(a.change) ? b : a));
  return `Repeated ${minutes} minutes later: ${share(shareOf(whole))} of the speed-ups of networks over the direct baseline agree within their intervals, and ${share(shareOf(layers))} of those of layers. Of networks the ratio changed by ${percent(median(changes))} in the median and by ${percent(Math.abs(most.change))} at most (${most.network}, ${most.entry}, \`${most.variant}\`, ${most.accuracy}).`;
}
