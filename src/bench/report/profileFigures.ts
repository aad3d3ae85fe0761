// What a profile shows: each layer's time beside what the ceilings leave it at least, and the roofline.
import * as Plot from '@observablehq/plot';
import type { LayerRecord, ProfileRecord } from '../record.js';
import { colorOf, drawBars, type Figure, plain, shortened } from './figure.js';
import { roofline } from './roofline.js';

const BAR = 20;

const nameOf = ({ name }: LayerRecord): string => name || 'inputs and outputs';

export function profileFigures({ layers, ceilings, network }: ProfileRecord): Figure[] {
  const color = ({ bound }: LayerRecord): string => colorOf(bound === 'compute' ? 0 : 1);
  const longest = Math.max(...layers.map((layer) => nameOf(layer).length));
  const times: Figure = {
    title: 'Time of each layer',
    caption:
      "Bars: the median time. Marks: the least that the ceilings of this core allow, all bytes coming from memory once; the nearer the end of the bar, the better the layer uses the core. Layers that stay in the cache, and those with Winograd's filtering, which multiplies less than it is credited with, may be faster.",
    legend: [
      { label: 'bound by compute', color: colorOf(0) },
      { label: 'bound by memory', color: colorOf(1) },
      { label: 'least time', color: 'currentColor' },
    ],
    draw: (canvas, width) =>
      drawBars(canvas, width, {
        names: layers.map(nameOf),
        pitch: BAR,
        marginLeft: Math.min(140, 16 + 7 * longest),
        marginRight: 50,
        x: { label: 'milliseconds →' },
        y: { tickFormat: shortened },
        marks: [
          Plot.barX(layers, {
            x: ({ latency }: LayerRecord) => latency.medianMs,
            y: nameOf,
            fill: color,
            title: (layer: LayerRecord) =>
              `${nameOf(layer)} (${layer.kernels.join(', ')}): ${plain(layer.latency.medianMs)} ms, ${plain(layer.gflops)} GFLOP/s, ${plain(100 * layer.ofCeiling)} % of its ceiling`,
          }),
          Plot.tickX(layers, {
            x: ({ latency, ofCeiling }: LayerRecord) => latency.medianMs * ofCeiling,
            y: nameOf,
            stroke: 'currentColor',
            strokeWidth: 2,
          }),
          Plot.text(layers, {
            x: ({ latency, ofCeiling }: LayerRecord) => latency.medianMs * Math.max(1, ofCeiling),
            y: nameOf,
            text: ({ share }: LayerRecord) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`,
            textAnchor: 'start',
            dx: 6,
            fill: 'currentColor',
          }),
        ],
      }),
  };
  return [times, roofline([{ label: network, color: colorOf(0), layers }], ceilings)];
}
