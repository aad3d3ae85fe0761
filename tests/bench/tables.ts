// What `npm run bench` shows: each row of a case, the planner's choices, and the table of docs/benchmarks.md.
import type { Comparison, Environment } from '../../src/bench/record.js';
import { formatTable } from '../../src/cli/table.js';
import { markdownTable } from '../support/markdown.js';
import type { CaseRecord, ChoiceRecord, RowRecord } from './kernels.js';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const times = ({ speedUp, tie }: Comparison): string => `${tie ? '≈' : ''}${speedUp.toFixed(2)}×`;
const microseconds = (ms: number): string => (1000 * ms).toFixed(1);
/** The accuracies that the tables show: one without, one with Winograd's filtering. */
const SHOWN = ['direct', 'standard'] as const;

export function caseTable({ name, variant, macs, ceilings, noiseFloor, rows, choices }: CaseRecord): string {
  const marks = (row: RowRecord): string => SHOWN.filter((accuracy) => choices[accuracy].planned === row.kernels).join(', ');
  const header = [
    'kernels',
    'µs',
    '95 %',
    'min',
    'MAD',
    'dropped',
    'GFLOP/s',
    'of ceiling',
    'direct',
    'Winograd',
    'FLOPs',
    'planned',
  ];
  const lines = rows.map((row) => {
    const { medianMs, interval, minMs, madMs, dropped, noisy } = row.latency;
    return [
      row.kernels,
      `${noisy ? '~' : ''}${microseconds(medianMs)}`,
      interval.map(microseconds).join('–'),
      microseconds(minMs),
      microseconds(madMs),
      String(dropped),
      row.gflops.toFixed(1),
      percent(row.ofCeiling),
      times(row.versusDirect),
      times(row.versusWinograd),
      `${row.versusDirect.promised.toFixed(2)}×`,
      marks(row),
    ];
  });
  const aligns = header.map((_, i) => (i === 0 || i === header.length - 1 ? 'left' : 'right'));
  const title = `${name} (${variant}): ${(macs / 1e6).toFixed(2)} M MACs; ceiling ${ceilings.gflops.toFixed(1)} GFLOP/s, copy ${ceilings.memoryGBs.toFixed(1)} GB/s; noise ${percent(noiseFloor)}`;
  return `${title}\n${formatTable([header, ...lines], aligns)}`;
}

export function choicesTable(records: readonly CaseRecord[]): string {
  const lines = records.flatMap(({ name, variant, choices }) =>
    SHOWN.map((accuracy) => {
      const { planned, best, loss, interval } = choices[accuracy];
      return [name, variant, accuracy, percent(loss), interval.map(percent).join('–'), planned, planned === best ? '' : best];
    }),
  );
  const header = ['case', 'binary', 'accuracy', 'loss', '95 %', 'planned', 'best, if another'];
  return formatTable([header, ...lines], ['left', 'left', 'left', 'right', 'right', 'left', 'left']);
}

/** The greatest loss as it was measured, and the greatest that noise does not explain. */
export function worstChoice(records: readonly CaseRecord[]): { text: string; surely: number } {
  const all = records.flatMap(({ name, variant, choices }) =>
    SHOWN.map((accuracy) => ({ of: `${name}, ${variant}, ${accuracy}`, choice: choices[accuracy] as ChoiceRecord })),
  );
  const greatest = all.reduce((a, b) => (b.choice.loss > a.choice.loss ? b : a));
  const { loss, interval, planned, best } = greatest.choice;
  return {
    text: `${percent(loss)} (${interval.map(percent).join('–')}) at ${greatest.of}: ${planned} instead of ${best}`,
    surely: Math.max(...all.map(({ choice }) => choice.interval[0])),
  };
}

/** A line for each case: what the planner takes for 'direct' and 'standard', by the dense layer computed in both ways. */
export function kernelTables(records: readonly CaseRecord[], { device, engine, date }: Environment): string {
  const head = [
    'layer',
    'M MACs',
    ...SHOWN.flatMap((accuracy) => [`${accuracy} µs`, 'GFLOP/s', 'of ceiling']),
    'FLOPs',
    'direct to dense direct',
    'standard to dense Winograd',
  ];
  const tables = [...new Set(records.map(({ variant }) => variant))].map((variant) => {
    const lines = records
      .filter((record) => record.variant === variant)
      .map(({ name, macs, rows, choices }) => {
        const [direct, standard] = SHOWN.map((accuracy) => rows.find(({ kernels }) => kernels === choices[accuracy].planned)!);
        const cells = [direct!, standard!].flatMap(({ latency, gflops, ofCeiling }) => [
          `${microseconds(latency.medianMs)}${latency.noisy ? ' (noisy)' : ''}`,
          gflops.toFixed(1),
          percent(ofCeiling),
        ]);
        const { promised } = direct!.versusDirect;
        const ratios = [`${promised.toFixed(2)}×`, times(direct!.versusDirect), times(standard!.versusWinograd)];
        return [name, (macs / 1e6).toFixed(2), ...cells, ...ratios];
      });
    return `Binary \`${variant}\`:\n\n${markdownTable(head, lines)}`;
  });
  const words = `${device}; ${engine}; ${date.slice(0, 10)}. One layer with batch norm and ReLU, weights hot; medians of interleaved rounds, ≈ where two copies of one layer differ as much. GFLOP/s count two for each multiply-accumulate of the layer, which Winograd's filtering makes fewer of.`;
  return [words, ...tables].join('\n\n');
}
