// Where HetConv keeps its promise: the share of it that each layer keeps, by how many filters a class has.
import * as Plot from '@observablehq/plot';
import type { Row } from '../record.js';
import { colorOf, draw, type Figure } from './figure.js';

/** A HetConv layer against the direct one that it stands for. */
export interface ClassLayer {
  readonly entry: string;
  readonly layer: string;
  /** Filters that share their K×K channels: N/P. */
  readonly width: number;
  /** Pixels of the output. */
  readonly pixels: number;
  readonly promised: number;
  readonly speedUp: number;
}

export function classLayers(rows: readonly Row[]): ClassLayer[] {
  return rows
    .filter(({ accuracy }) => accuracy === 'direct')
    .flatMap(({ entry, layers, speedUps }) =>
      speedUps.flatMap(({ layer, promised, speedUp }) => {
        const { part, outputShape = [] } = layers.find(({ name }) => name === layer) ?? {};
        const [, filters, height, width] = outputShape;
        if (part === undefined || width === undefined) return [];
        return [{ entry, layer, width: filters! / part, pixels: height! * width, promised, speedUp }];
      }),
    );
}

/** Percent of the promise that the figure has room for. */
const MOST = 130;
/** Dots of one width stand side by side, by their maps. */
const SPREAD = 0.1;

export function promiseByWidth(rows: readonly Row[]): Figure | undefined {
  const dots = classLayers(rows);
  if (dots.length === 0) return undefined;
  type Dot = (typeof dots)[number];
  const maps = [...new Set(dots.map(({ pixels }) => pixels))].sort((a, b) => b - a);
  const widths = [...new Set(dots.map(({ width }) => width))].sort((a, b) => a - b);
  const share = ({ speedUp, promised }: Dot): number => (100 * speedUp) / promised;
  const x = ({ width, pixels }: Dot): number => width * 2 ** (SPREAD * (maps.indexOf(pixels) - (maps.length - 1) / 2));
  return {
    title: 'Promise kept, by width of the classes',
    caption:
      'Each dot is a HetConv layer: what share its speed-up over the direct convolution is of the multiply-accumulates that it saves. To the right are layers whose classes are wide: many filters share their K×K channels, and a vector of filters can work on each of them.',
    legend: maps.map((pixels, i) => ({ label: `${pixels.toLocaleString('en-US')} pixels`, color: colorOf(i) })),
    draw: (canvas, width) =>
      draw(canvas, {
        width,
        height: Math.min(340, width),
        marginLeft: 48,
        marginRight: 20,
        x: { type: 'log', base: 2, label: 'filters of a class, N/P →', ticks: widths, tickFormat: String, inset: 16 },
        // What noise lifts above the top lies on it.
        y: { label: '↑ % of the promise', grid: true, domain: [0, MOST], clamp: true },
        marks: [
          Plot.ruleY([100], { stroke: 'currentColor', strokeDasharray: '5 4', strokeOpacity: 0.7 }),
          Plot.dot(dots, {
            x,
            y: share,
            r: 3.5,
            fill: ({ pixels }: Dot) => colorOf(maps.indexOf(pixels)),
            fillOpacity: 0.75,
            title: (dot: Dot) => `${dot.layer}, ${dot.entry}: ${share(dot).toFixed(0)} % of ${dot.promised.toFixed(2)}×`,
          }),
        ],
      }),
  };
}
