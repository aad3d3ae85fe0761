// What a benchmark of one network shows: one binary at a time, each entry a colour.
import * as Plot from '@observablehq/plot';
import type { Variant } from '../../runtime/variants.js';
import type { NetworkRecord, Row } from '../record.js';
import { colorOf, draw, drawBars, type Figure, plain, wordOf } from './figure.js';
import { latencyAgainstMacs } from './latencyFigure.js';
import { colorsOf, entriesOf, fillOf, titleOf } from './points.js';
import { roofline } from './roofline.js';
import { promiseByWidth } from './widthFigure.js';

const BAR = 26;
const CELL = 22;
/** For names of columns, level or aslant. */
const HEAD = 34;
const STEEP_HEAD = 64;
const FOOT = 4;
/** Narrower figures have no room for level names. */
const LEVEL_WIDTH = 500;

export function benchFigures(network: NetworkRecord, variant: Variant): Figure[] {
  const rows = network.rows.filter((row) => row.variant === variant);
  const figures = [
    latencyAgainstMacs(network.baseline, rows),
    speedUps(rows),
    layerSpeedUps(rows),
    promiseByWidth(rows),
    timeByLayer(rows),
  ];
  const ceilings = network.ceilings[variant];
  const direct = rows.filter(({ accuracy }) => accuracy === 'direct');
  if (ceilings) {
    const series = entriesOf(direct).map(({ label, color }) => ({
      label,
      color,
      layers: direct.find(({ entry }) => entry === label)!.layers,
    }));
    figures.push(roofline(series, ceilings));
  }
  figures.push(accuracyAgainstLatency(rows));
  return figures.filter((figure) => figure !== undefined);
}

function speedUps(rows: readonly Row[]): Figure | undefined {
  const direct = rows.filter(({ accuracy, versusDirect }) => accuracy === 'direct' && versusDirect.promised !== 1);
  const standard = rows.filter(({ accuracy, entry }) => accuracy === 'standard' && direct.some((row) => row.entry === entry));
  if (direct.length === 0) return undefined;
  const bars = [
    ...direct.map((row) => ({ row, ratio: row.versusDirect, how: wordOf(row.accuracy), color: colorOf(0) })),
    ...standard.map((row) => ({ row, ratio: row.versusWinograd, how: wordOf(row.accuracy), color: colorOf(1) })),
  ];
  type Bar = (typeof bars)[number];
  /** Where noise makes an interval long, it ends at the edge. */
  const most = 1.15 * Math.max(...bars.map(({ ratio }) => Math.max(ratio.speedUp, ratio.promised)));
  const label = ({ row, how }: Bar): string => `${row.entry} ${how}`;
  const order = direct
    .flatMap(({ entry }) => [`${entry} direct`, `${entry} Winograd`])
    .filter((name) => bars.some((bar) => label(bar) === name));
  return {
    title: 'Speed-up, achieved and promised',
    caption:
      'How many times faster than the baseline a network is. Bars: achieved, each against the baseline computed in the same way; thin lines: 95 % intervals. Marks: promised by the multiply-accumulates that are saved.',
    legend: [
      { label: 'achieved against the direct baseline', color: colorOf(0) },
      { label: 'achieved against the Winograd baseline', color: colorOf(1) },
      { label: 'promised', color: 'currentColor' },
    ],
    draw: (canvas, width) =>
      drawBars(canvas, width, {
        names: order,
        pitch: BAR,
        marginLeft: 140,
        marginRight: 56,
        x: { label: 'times faster →', domain: [0, most] },
        marks: [
          Plot.barX(bars, {
            x: ({ ratio }: Bar) => ratio.speedUp,
            y: label,
            fill: ({ color }: Bar) => color,
            title: (bar: Bar) => `${label(bar)}: ${plain(bar.ratio.speedUp)}× of ${plain(bar.ratio.promised)}×`,
          }),
          Plot.ruleY(bars, {
            x1: ({ ratio }: Bar) => ratio.interval[0],
            x2: ({ ratio }: Bar) => Math.min(most, ratio.interval[1]),
            y: label,
            stroke: 'currentColor',
          }),
          Plot.tickX(bars, { x: ({ ratio }: Bar) => ratio.promised, y: label, stroke: 'currentColor', strokeWidth: 3 }),
          Plot.text(bars, {
            x: ({ ratio }: Bar) => Math.max(Math.min(most, ratio.interval[1]), ratio.promised),
            y: label,
            text: ({ ratio }: Bar) => `${ratio.tie ? '≈' : ''}${ratio.speedUp.toFixed(2)}×`,
            textAnchor: 'start',
            dx: 6,
            fill: 'currentColor',
          }),
        ],
      }),
  };
}

function layerSpeedUps(rows: readonly Row[]): Figure | undefined {
  const cells = rows
    .filter(({ accuracy }) => accuracy === 'direct')
    .flatMap(({ entry, speedUps }) => speedUps.map((speedUp) => ({ entry: entry.replace('HetConv ', ''), ...speedUp })));
  type Cell = (typeof cells)[number];
  if (cells.length === 0) return undefined;
  const layers = [...new Set(cells.map(({ layer }) => layer))];
  const entries = [...new Set(cells.map(({ entry }) => entry))];
  const longest = Math.max(...layers.map(({ length }) => length));
  return {
    title: 'Speed-up of each layer',
    caption:
      'How many times faster a layer is than the direct one that it stands for. The colour says how much of the promise that is: green keeps it, yellow keeps three quarters, red half or less.',
    legend: [],
    draw: (canvas, width) =>
      draw(canvas, {
        width,
        height: FOOT + (width < LEVEL_WIDTH ? STEEP_HEAD : HEAD) + CELL * layers.length,
        marginTop: width < LEVEL_WIDTH ? STEEP_HEAD : HEAD,
        marginLeft: Math.min(130, 16 + 7 * longest),
        marginRight: 4,
        marginBottom: FOOT,
        x: { axis: 'top', label: null, domain: entries, tickRotate: width < LEVEL_WIDTH ? -45 : 0 },
        y: { label: null, domain: layers, tickFormat: (layer: string) => (layer.length > 16 ? `…${layer.slice(-15)}` : layer) },
        color: { type: 'linear', domain: [0.5, 0.75, 1], range: ['#e2705c', '#f2d272', '#6fbf8b'], clamp: true },
        marks: [
          Plot.cell(cells, {
            x: 'entry',
            y: 'layer',
            fill: ({ speedUp, promised }: Cell) => speedUp / promised,
            inset: 0.5,
            title: ({ layer, entry, speedUp, promised }: Cell) => `${layer}, ${entry}: ${plain(speedUp)}× of ${plain(promised)}×`,
          }),
          Plot.text(cells, {
            x: 'entry',
            y: 'layer',
            text: ({ speedUp }: Cell) => speedUp.toFixed(width >= LEVEL_WIDTH && entries.length <= 8 ? 2 : speedUp < 10 ? 1 : 0),
            fill: '#111',
          }),
        ],
      }),
  };
}

/** What layers do, in the order of their colours. */
const WORK = ['convolution', 'HetConv', 'pointwise or linear', 'depthwise', 'pooling', 'moves and the rest'] as const;

function workOf({ op, name, kernels }: Row['layers'][number]): (typeof WORK)[number] {
  if (op === 'hetConv') return 'HetConv';
  if (kernels.some((kernel) => kernel.startsWith('f32_depthwise'))) return 'depthwise';
  if (op === 'linear' || name.endsWith('.pwc')) return 'pointwise or linear';
  if (op === 'conv') return 'convolution';
  return /pool/i.test(op) ? 'pooling' : 'moves and the rest';
}

function timeByLayer(rows: readonly Row[]): Figure {
  const pieces = rows.flatMap(({ entry, accuracy, layers }) => {
    const total = layers.reduce((sum, { latency }) => sum + latency.medianMs, 0);
    return layers.map((layer) => ({
      bar: `${entry} ${wordOf(accuracy)}`,
      work: workOf(layer),
      name: layer.name,
      ms: layer.latency.medianMs,
      total,
    }));
  });
  type Piece = (typeof pieces)[number];
  const bars = [...new Set(pieces.map(({ bar }) => bar))];
  const used = WORK.filter((work) => pieces.some((piece) => piece.work === work));
  const color = ({ work }: Piece): string => colorOf(WORK.indexOf(work));
  return {
    title: 'Where the time goes',
    caption:
      'The layers of each network, one after the other as they run, by what they do. Thin lines part them; each names itself when pointed at.',
    legend: used.map((work) => ({ label: work, color: colorOf(WORK.indexOf(work)) })),
    draw: (canvas, width) =>
      drawBars(canvas, width, {
        names: bars,
        pitch: BAR,
        marginLeft: 140,
        marginRight: 20,
        x: { label: 'milliseconds →' },
        marks: [
          Plot.barX(
            pieces,
            Plot.stackX({
              x: 'ms',
              y: 'bar',
              order: null,
              fill: color,
              insetRight: 0.5,
              title: ({ name, ms, total }: Piece) =>
                `${name || 'inputs and outputs'}: ${plain(ms)} ms, ${((100 * ms) / total).toFixed(1)} %`,
            }),
          ),
        ],
      }),
  };
}

function accuracyAgainstLatency(rows: readonly Row[]): Figure | undefined {
  const known = rows.filter(({ top1 }) => top1);
  if (known.length === 0) return undefined;
  const legend = entriesOf(known);
  const color = colorsOf(legend);
  return {
    title: 'Accuracy against latency',
    caption: `Right answers on ${known[0]!.top1!.data} beside the time of one picture: up and to the left is better. Filled: products added up in order; hollow: with Winograd's filtering.`,
    legend,
    draw: (canvas, width) =>
      draw(canvas, {
        width,
        height: Math.min(360, width),
        marginLeft: 48,
        marginRight: 20,
        grid: true,
        inset: 12,
        x: { label: 'milliseconds →', zero: true, tickFormat: plain, ticks: Math.max(3, width / 110) },
        y: { label: '↑ % right', tickFormat: plain },
        marks: [
          Plot.dot(known, {
            x: ({ latency }: Row) => latency.medianMs,
            y: ({ top1 }: Row) => top1!.percent,
            r: 5,
            stroke: color,
            strokeWidth: 2,
            fill: (row: Row) => fillOf(row, color(row)),
            title: (row: Row) => `${titleOf(row)}, ${row.top1!.percent.toFixed(2)} %`,
          }),
        ],
      }),
  };
}
