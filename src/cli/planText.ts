// What `hetconv plan` prints.
import type { PlanRecord } from '../bench/record.js';
import { formatPart, formatShare } from '../bench/words.js';
import { formatTable } from './table.js';

export function planText(record: PlanRecord): string {
  const { network, variant, accuracy, budgetMs, timedOn, layers, fixedMs, predictedMs, cost, standard } = record;
  const header = ['layer', 'P', 'M MACs', 'ms', 'of standard'];
  const lines = layers.map(({ name, part, macs, ms, options }) => [
    name,
    formatPart(part),
    (macs / 1e6).toFixed(2),
    ms.toFixed(4),
    formatShare(ms / options[0]!.ms),
  ]);
  const rest = ['(all else)', '', '', fixedMs.toFixed(4), ''];
  const kept = `${millions(cost.macs)} of ${millions(standard.cost.macs)} multiply-accumulates (${formatShare(cost.macs / standard.cost.macs)})`;
  return [
    `${network} within ${ms(budgetMs)} (${variant}, ${accuracy})`,
    `by times of ${timedOn.device}, ${timedOn.engine}, ${timedOn.date.slice(0, 10)}\n`,
    formatTable([header, ...lines, rest], ['left', 'left', 'right', 'right', 'right']),
    `\nkeeps      ${kept}`,
    `predicted  ${ms(predictedMs)}, where the standard network takes ${ms(standard.ms)}`,
    measuredText(record),
  ].join('\n');
}

function measuredText({ measured, predictedMs, standard }: PlanRecord): string {
  if (!measured) return 'not measured: the times are of another machine or engine';
  const { latency } = measured;
  const off = (value: number, expected: number): string => `${(100 * Math.abs(value / expected - 1)).toFixed(1)} %`;
  const interval = latency.interval.map((value) => value.toFixed(3)).join('–');
  return [
    `measured   ${latency.noisy ? '~' : ''}${ms(latency.medianMs)} (95 %: ${interval}), ${off(latency.medianMs, predictedMs)} from the prediction;`,
    `           the standard network again: ${ms(measured.standard.medianMs)}, ${off(measured.standard.medianMs, standard.ms)} from its time before`,
  ].join('\n');
}

const ms = (value: number): string => `${value.toFixed(3)} ms`;
const millions = (count: number): string => `${(count / 1e6).toFixed(2)} M`;
