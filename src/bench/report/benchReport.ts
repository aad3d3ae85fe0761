// The report of `hetconv bench`: for each network and binary its limits, a table and figures.
import type { Variant } from '../../runtime/variants.js';
import type { BenchRecord, NetworkRecord, Row } from '../record.js';
import { formatSpeedUp, variantsOf } from '../words.js';
import { benchFigures } from './benchFigures.js';
import { type Canvas, plain, wordOf } from './figure.js';
import { aboutEnvironment, aboutMethod, escaped, figureHtml, page, table } from './page.js';

export function benchHtml(record: BenchRecord, canvas: Canvas): string {
  const sections = record.networks.flatMap((network) => [
    `<h2>${escaped(network.name)}</h2>`,
    ...variantsOf(network).flatMap((variant) => [
      `<h3>Binary ${variant}</h3>`,
      `<p>${escaped(limits(network, variant))}</p>`,
      benchTable(network, variant),
      ...benchFigures(network, variant).map((figure) => figureHtml(figure, canvas)),
    ]),
  ]);
  const names = record.networks.map(({ name }) => name).join(', ');
  const about = [aboutEnvironment(record.environment), aboutMethod(record.method)];
  return page(`Latency against FLOPs: ${names}`, about, sections, record);
}

function limits({ ceilings, noiseFloor, baseline }: NetworkRecord, variant: Variant): string {
  const { gflops, memoryGBs, cacheGBs } = ceilings[variant]!;
  return `Ceilings in the same run: ${plain(gflops)} GFLOP/s, ${plain(memoryGBs)} GB/s in memory, ${plain(cacheGBs)} GB/s in the cache. Two copies of ${baseline} differ by up to ${(100 * noiseFloor[variant]!).toFixed(1)} %.`;
}

function benchTable({ rows }: NetworkRecord, variant: Variant): string {
  const cells = ({ entry, accuracy, cost, latency, gflops, versusDirect, versusWinograd, top1 }: Row): string[] => [
    entry,
    wordOf(accuracy),
    plain(cost.macs / 1e6),
    plain(cost.parameters / 1e6),
    `${latency.noisy ? '~' : ''}${plain(latency.medianMs)}`,
    latency.interval.map(plain).join('–'),
    String(latency.dropped),
    gflops.toFixed(1),
    `${versusDirect.promised.toFixed(2)}×`,
    formatSpeedUp(versusDirect),
    formatSpeedUp(versusWinograd),
    top1 ? `${top1.percent.toFixed(2)} %` : '',
  ];
  const head = [
    'network',
    'computed',
    'M MACs',
    'M weights',
    'ms',
    '95 %',
    'dropped',
    'GFLOP/s',
    'promised',
    'to direct',
    'to Winograd',
    'right',
  ];
  return table(head, rows.filter((row) => row.variant === variant).map(cells), 2);
}
