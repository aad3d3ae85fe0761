// The report of `hetconv plan`: which P each layer got, what it keeps, and how far the prediction was from the measurement.
import type { PlanRecord } from '../record.js';
import { formatPart, formatShare } from '../words.js';
import { type Canvas, plain } from './figure.js';
import { aboutEnvironment, escaped, figureHtml, page, table } from './page.js';
import { planFigures } from './planFigures.js';

export function planHtml(record: PlanRecord, canvas: Canvas): string {
  const { network, budgetMs, environment, timedOn, measured } = record;
  const sections = [
    `<p>${escaped(outcome(record))}</p>`,
    ...planFigures(record).map((figure) => figureHtml(figure, canvas)),
    layerTable(record),
  ];
  const about = [
    `Chosen by times of ${aboutEnvironment(timedOn)}`,
    measured
      ? `Measured on ${aboutEnvironment(environment)}; medians with 95 % bootstrap intervals`
      : 'Not measured: the times are of another machine or engine',
  ];
  return page(`${network} within ${plain(budgetMs)} ms`, about, sections, record);
}

function outcome({ cost, standard, predictedMs, budgetMs, measured, variant, accuracy }: PlanRecord): string {
  const kept = `It keeps ${millions(cost.macs)} of ${millions(standard.cost.macs)} million multiply-accumulates (${formatShare(cost.macs / standard.cost.macs)}) and ${millions(cost.parameters)} of ${millions(standard.cost.parameters)} million parameters`;
  const predicted = `predicted are ${plain(predictedMs)} ms of a budget of ${plain(budgetMs)} ms, where the standard network takes ${plain(standard.ms)} ms`;
  const found = measured
    ? ` Measured are ${measured.latency.noisy ? '~' : ''}${plain(measured.latency.medianMs)} ms (95 % interval ${measured.latency.interval.map(plain).join('–')}): ${formatShare(Math.abs(measured.latency.medianMs / predictedMs - 1), 1)} from the prediction.`
    : '';
  return `${kept}; ${predicted}.${found} Binary ${variant}, accuracy ${accuracy}; random weights.`;
}

function layerTable({ layers, fixedMs }: PlanRecord): string {
  const head = ['layer', 'P', 'M MACs', 'of standard', 'predicted ms', 'of standard'];
  const rows = layers.map(({ name, part, macs, ms, options: [standard] }) => [
    name,
    formatPart(part),
    millions(macs),
    formatShare(macs / standard!.macs),
    ms.toFixed(4),
    formatShare(ms / standard!.ms),
  ]);
  return table(head, [...rows, ['all else', '', '', '', fixedMs.toFixed(4), '']], 2);
}

const millions = (count: number): string => (count / 1e6).toFixed(2);
