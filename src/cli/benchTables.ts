// What `hetconv bench` prints.
import type { BenchRecord, NetworkRecord, Row } from '../bench/record.js';
import { formatSpeedUp, variantsOf } from '../bench/words.js';
import type { Variant } from '../platform/node/index.js';
import { type Align, formatBytes, formatTable } from './table.js';

const ROW_ALIGNS: readonly Align[] = ['left', 'left', ...Array<Align>(9).fill('right')];

export function benchTables({ environment, networks }: BenchRecord): string {
  const tables = networks.flatMap((network) =>
    variantsOf(network).map((variant) => `${titleOf(network, variant)}\n\n${rowTable(network, variant)}`),
  );
  return [`${environment.device}, ${environment.engine}`, ...tables].join('\n\n');
}

function titleOf({ name, baseline, ceilings, noiseFloor }: NetworkRecord, variant: Variant): string {
  const { gflops, memoryGBs } = ceilings[variant]!;
  const limits = `at most ${gflops.toFixed(1)} GFLOP/s and ${memoryGBs.toFixed(1)} GB/s`;
  return `${name} (${variant}): ${limits}; two copies of ${baseline} differ by up to ${(100 * noiseFloor[variant]!).toFixed(1)} %`;
}

function rowTable({ rows }: NetworkRecord, variant: Variant): string {
  const own = rows.filter((row) => row.variant === variant);
  const withTop1 = own.some(({ top1 }) => top1);
  const header = [
    'network',
    'accuracy',
    'M MACs',
    'ms',
    '95 %',
    'dropped',
    'GFLOP/s',
    'promised',
    'to direct',
    'to Winograd',
    'memory',
  ];
  const lines = own.map(({ entry, accuracy, cost, latency, gflops, versusDirect, versusWinograd, memoryBytes }) => [
    entry,
    accuracy,
    (cost.macs / 1e6).toFixed(2),
    `${latency.noisy ? '~' : ''}${latency.medianMs.toFixed(3)}`,
    latency.interval.map((ms) => ms.toFixed(3)).join('–'),
    String(latency.dropped),
    gflops.toFixed(1),
    `${versusDirect.promised.toFixed(2)}×`,
    formatSpeedUp(versusDirect),
    formatSpeedUp(versusWinograd),
    formatBytes(memoryBytes),
  ]);
  if (!withTop1) return formatTable([header, ...lines], ROW_ALIGNS);
  const right = own.map(({ top1 }) => (top1 ? `${top1.percent.toFixed(2)} %` : ''));
  const all = [[...header, 'right'], ...lines.map((line, i) => [...line, right[i]!])];
  return formatTable(all, [...ROW_ALIGNS, 'right']);
}

/** Each layer of each row, with the speed-up of those that stand for one of the baseline. */
export function layerTables({ networks }: BenchRecord): string {
  return networks
    .flatMap(({ name, rows }) => rows.map((row) => `${name}, ${row.entry} (${row.variant}, ${row.accuracy})\n${layerTable(row)}`))
    .join('\n\n');
}

function layerTable({ layers, speedUps }: Row): string {
  const header = ['layer', 'op', 'ms', 'share', 'GFLOP/s', 'of ceiling', 'promised', 'to direct', 'kernels'];
  const lines = layers.map(({ name, op, latency, share, gflops, ofCeiling, kernels }) => {
    const speedUp = speedUps.find(({ layer }) => layer === name);
    return [
      name || '(inputs and outputs)',
      op,
      latency.medianMs.toFixed(4),
      `${(100 * share).toFixed(1)} %`,
      gflops.toFixed(1),
      `${(100 * ofCeiling).toFixed(0)} %`,
      speedUp ? `${speedUp.promised.toFixed(2)}×` : '',
      speedUp ? formatSpeedUp(speedUp) : '',
      kernels.join(' '),
    ];
  });
  return formatTable([header, ...lines], ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'left']);
}
