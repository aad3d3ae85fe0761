// Layers under the ceilings of the core (Williams, Waterman and Patterson 2009): what they compute for each byte, and how fast.
import * as Plot from '@observablehq/plot';
import type { Ceilings } from '../ceilings.js';
import type { LayerRecord } from '../record.js';
import { drawLogLog, type Figure, plain } from './figure.js';

export interface Series {
  readonly label: string;
  readonly color: string;
  readonly layers: readonly LayerRecord[];
}

export function roofline(series: readonly Series[], { gflops, memoryGBs, cacheGBs }: Ceilings): Figure {
  const dots = series.flatMap(({ label, color, layers }) =>
    layers.filter(({ macs }) => macs > 0).map((layer) => ({ label, color, layer, flopsPerByte: 2 * layer.intensity })),
  );
  type Dot = (typeof dots)[number];
  const spread = [...dots.map(({ flopsPerByte }) => flopsPerByte), gflops / memoryGBs];
  const [low, high] = [0.7 * Math.min(...spread), 1.4 * Math.max(...spread)];
  /** Up the slope of a bandwidth, then along the top. */
  const roof = (GBs: number) =>
    [low, gflops / GBs, high].map((x) => ({ x, y: Math.min(gflops, x * GBs) })).filter(({ x }) => x >= low);
  const floor = 0.7 * Math.min(low * memoryGBs, ...dots.map(({ layer }) => layer.gflops));
  const line = { x: 'x', y: 'y', stroke: 'currentColor' };
  return {
    title: 'Roofline',
    caption: `Each dot is a layer. The flat line is what the core reaches on registers alone (${plain(gflops)} GFLOP/s); the solid slope is copying in memory (${plain(memoryGBs)} GB/s), the dashed one copying in the cache (${plain(cacheGBs)} GB/s). Below the slope, left of its end, a layer waits for memory; under the flat line it computes. Bytes are those of inputs, weights and outputs, once; layers that stay in the cache may rise above the slope, and those with Winograd's filtering, which multiplies less than it is credited with, above the roof.`,
    legend: series.map(({ label, color }) => ({ label, color })),
    draw: (canvas, width) =>
      drawLogLog(canvas, width, {
        x: {
          label: 'FLOP for each byte →',
          domain: [low, high],
        },
        y: {
          label: '↑ GFLOP/s',
          domain: [floor, 1.4 * Math.max(gflops, ...dots.map(({ layer }) => layer.gflops))],
        },
        marks: [
          Plot.line(roof(memoryGBs), { ...line, strokeWidth: 2 }),
          Plot.line(roof(cacheGBs), { ...line, strokeDasharray: '5 4' }),
          Plot.dot(dots, {
            x: 'flopsPerByte',
            y: ({ layer }: Dot) => layer.gflops,
            r: 4,
            fill: ({ color }: Dot) => color,
            fillOpacity: 0.75,
            stroke: 'var(--page)',
            strokeWidth: 0.5,
            title: ({ label, layer }: Dot) =>
              `${label ? `${label}, ` : ''}${layer.name}: ${plain(layer.gflops)} GFLOP/s, ${plain(100 * layer.ofCeiling)} % of its ceiling`,
          }),
        ],
      }),
  };
}
