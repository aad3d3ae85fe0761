// What a plan shows: the latency beside the budget, the part and the time of each layer, what it keeps, and what there was to choose from.
import * as Plot from '@observablehq/plot';
import type { PlanRecord } from '../record.js';
import { formatPart, formatShare } from '../words.js';
import { colorOf, draw, drawBars, type Figure, plain, shortened } from './figure.js';

const BAR = 26;
const ROW = 20;
const CELL = 22;
const HEAD = 34;
const FOOT = 4;
/** Narrower figures have no room for every number. */
const ROOMY = 500;

type Layer = PlanRecord['layers'][number];

export function planFigures(record: PlanRecord): Figure[] {
  const { layers } = record;
  const parts = [...new Set(layers.flatMap(({ options }) => options.map(({ part }) => part)))].sort((a, b) => a - b);
  return [latency(record), layerBars(layers, parts, 'ms'), layerBars(layers, parts, 'macs'), choices(layers, parts)];
}

function latency({ budgetMs, predictedMs, standard, measured }: PlanRecord): Figure {
  const bars = [
    { name: 'standard, before', ms: standard.ms, color: colorOf(6) },
    ...(measured
      ? [{ name: 'standard, again', summary: measured.standard, ms: measured.standard.medianMs, color: colorOf(6) }]
      : []),
    { name: 'plan, predicted', ms: predictedMs, color: colorOf(0) },
    ...(measured
      ? [{ name: 'plan, measured', summary: measured.latency, ms: measured.latency.medianMs, color: colorOf(2) }]
      : []),
  ];
  type Bar = (typeof bars)[number];
  /** Where noise makes an interval long, it ends at the edge. */
  const most = 1.15 * Math.max(budgetMs, ...bars.map(({ ms }) => ms));
  const end = (bar: Bar): number => Math.max(bar.ms, 'summary' in bar ? Math.min(most, bar.summary.interval[1]) : 0);
  const intervals = bars.flatMap((bar) => ('summary' in bar ? [{ ...bar, low: bar.summary.interval[0] }] : []));
  return {
    title: 'Latency and budget',
    caption: `The vertical line is the budget. ${
      measured
        ? 'The standard network was measured twice, for the choice and beside the chosen network: what the two differ by, the machine did. Thin lines: 95 % intervals.'
        : 'The times are of another machine or engine: the chosen network was not measured.'
    }`,
    legend: [
      { label: 'standard network', color: colorOf(6) },
      { label: 'plan, predicted', color: colorOf(0) },
      ...(measured ? [{ label: 'plan, measured', color: colorOf(2) }] : []),
      { label: 'budget', color: colorOf(1) },
    ],
    draw: (canvas, width) =>
      drawBars(canvas, width, {
        names: bars.map(({ name }) => name),
        pitch: BAR,
        marginLeft: 116,
        marginRight: 64,
        x: { label: 'milliseconds →', domain: [0, most] },
        marks: [
          Plot.barX(bars, { x: 'ms', y: 'name', fill: 'color', title: ({ name, ms }: Bar) => `${name}: ${plain(ms)} ms` }),
          Plot.ruleY(intervals, { x1: 'low', x2: end, y: 'name', stroke: 'currentColor' }),
          Plot.text(bars, {
            x: end,
            y: 'name',
            text: ({ ms }: Bar) => plain(ms),
            textAnchor: 'start',
            dx: 6,
            fill: 'currentColor',
          }),
          Plot.ruleX([budgetMs], { stroke: colorOf(1), strokeWidth: 2 }),
        ],
      }),
  };
}

/** What the layers have of time or of multiply-accumulates, beside what they have as standard convolutions. */
function layerBars(layers: readonly Layer[], parts: readonly number[], what: 'ms' | 'macs'): Figure {
  const scale = what === 'ms' ? 1 : 1e-6;
  const value = (of: { readonly ms: number; readonly macs: number }): number => scale * of[what];
  const color = ({ part }: Layer): string => colorOf(parts.indexOf(part));
  const end = (layer: Layer): number => Math.max(value(layer), value(layer.options[0]!));
  const words =
    what === 'ms'
      ? {
          title: 'Time of each layer',
          caption: 'Bars: the predicted time of a layer with the P that it got. Marks: its time as a standard convolution.',
          axis: 'milliseconds →',
        }
      : {
          title: 'Multiply-accumulates kept',
          caption:
            'Bars: multiply-accumulates of a layer with the P that it got. Marks: those of a standard convolution; beside them, the share that is kept.',
          axis: 'M multiply-accumulates →',
        };
  const label = (layer: Layer): string =>
    what === 'ms' ? formatPart(layer.part) : `${formatPart(layer.part)}, ${formatShare(layer.macs / layer.options[0]!.macs)}`;
  return {
    title: words.title,
    caption: words.caption,
    legend: [
      ...parts
        .map((part, i) => ({ part, label: formatPart(part), color: colorOf(i) }))
        .filter(({ part }) => layers.some((layer) => layer.part === part)),
      { label: 'as a standard convolution', color: 'currentColor' },
    ],
    draw: (canvas, width) =>
      drawBars(canvas, width, {
        names: layers.map(({ name }) => name),
        pitch: ROW,
        marginLeft: marginOf(layers),
        marginRight: 96,
        x: { label: words.axis },
        y: { tickFormat: shortened },
        marks: [
          Plot.barX(layers, {
            x: value,
            y: 'name',
            fill: color,
            title: (layer: Layer) =>
              `${layer.name}, ${formatPart(layer.part)}: ${plain(layer.ms)} ms, ${plain(layer.macs / 1e6)} M MACs`,
          }),
          Plot.tickX(layers, {
            x: ({ options }: Layer) => value(options[0]!),
            y: 'name',
            stroke: 'currentColor',
            strokeWidth: 2,
          }),
          Plot.text(layers, { x: end, y: 'name', text: label, textAnchor: 'start', dx: 6, fill: 'currentColor' }),
        ],
      }),
  };
}

function choices(layers: readonly Layer[], parts: readonly number[]): Figure {
  const cells = layers.flatMap(({ name, part: chosen, options }) =>
    options.map(({ part, ms, macs }) => ({ name, part, ms, macs, chosen: part === chosen, share: ms / options[0]!.ms })),
  );
  type Cell = (typeof cells)[number];
  return {
    title: 'What there was to choose from',
    caption:
      'The time of each layer with each P, as a share of its time as a standard convolution: the greener, the faster. Outlined: what it got. A layer whose channels a P does not divide has no cell there.',
    legend: [],
    draw: (canvas, width) =>
      draw(canvas, {
        width,
        height: HEAD + FOOT + CELL * layers.length,
        marginTop: HEAD,
        marginBottom: FOOT,
        marginLeft: marginOf(layers),
        marginRight: 4,
        x: { axis: 'top', label: null, domain: parts, tickFormat: (part: number) => `P${part}` },
        y: { label: null, domain: layers.map(({ name }) => name), tickFormat: shortened },
        color: { type: 'linear', domain: [0, 0.5, 1], range: ['#6fbf8b', '#f2d272', '#e2705c'], clamp: true },
        marks: [
          Plot.cell(cells, {
            x: 'part',
            y: 'name',
            fill: 'share',
            inset: 0.5,
            title: ({ name, part, ms, macs }: Cell) =>
              `${name}, ${formatPart(part)}: ${plain(ms)} ms, ${plain(macs / 1e6)} M MACs`,
          }),
          Plot.cell(
            cells.filter(({ chosen }) => chosen),
            { x: 'part', y: 'name', fill: 'none', stroke: 'currentColor', strokeWidth: 2.5, inset: 1.5 },
          ),
          Plot.text(cells, {
            x: 'part',
            y: 'name',
            text: ({ share }: Cell) => (width < ROOMY ? share.toFixed(2).replace(/^0/, '') : formatShare(share)),
            fill: '#111',
          }),
        ],
      }),
  };
}

/** For the names of layers. */
const marginOf = (layers: readonly Layer[]): number => 16 + 7 * Math.max(...layers.map(({ name }) => shortened(name).length));
