// The figure that a benchmark is for: time beside multiply-accumulates, and the line that it promises.
import * as Plot from '@observablehq/plot';
import type { Point } from '../record.js';
import { drawLogLog, type Figure } from './figure.js';
import { colorsOf, entriesOf, fillOf, titleOf } from './points.js';

/** The baseline's `direct` point is among the points. */
export function latencyAgainstMacs(baseline: string, points: readonly Point[]): Figure {
  const legend = entriesOf(points);
  const color = colorsOf(legend);
  const reference = points.find(({ entry, accuracy }) => entry === baseline && accuracy === 'direct')!;
  const perMac = reference.latency.medianMs / reference.cost.macs;
  const macs = points.map(({ cost }) => cost.macs / 1e6);
  const ideal = [0.8 * Math.min(...macs), 1.2 * Math.max(...macs)].map((million) => ({ million, ms: million * 1e6 * perMac }));
  return {
    title: 'Latency against multiply-accumulates',
    caption: `On the line a network takes as much less time than ${baseline} (direct) as it has fewer multiply-accumulates; below it, it is faster than that, above it slower. Filled: products added up in order; hollow: Winograd's filtering where it is faster. Bars: 95 % intervals. Both axes are logarithmic.`,
    legend,
    draw: (canvas, width) =>
      drawLogLog(canvas, width, {
        x: { label: 'M multiply-accumulates →' },
        y: { label: '↑ milliseconds' },
        marks: [
          Plot.line(ideal, { x: 'million', y: 'ms', stroke: 'currentColor', strokeDasharray: '5 4', strokeOpacity: 0.7 }),
          Plot.ruleX(points, {
            x: ({ cost }: Point) => cost.macs / 1e6,
            y1: ({ latency }: Point) => latency.interval[0],
            y2: ({ latency }: Point) => latency.interval[1],
            stroke: color,
            strokeOpacity: 0.6,
          }),
          Plot.dot(points, {
            x: ({ cost }: Point) => cost.macs / 1e6,
            y: ({ latency }: Point) => latency.medianMs,
            r: 5,
            stroke: color,
            strokeWidth: 2,
            fill: (point: Point) => fillOf(point, color(point)),
            title: titleOf,
          }),
        ],
      }),
  };
}
