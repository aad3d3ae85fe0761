// The report of `hetconv profile`: where the time of one network goes.
import type { LayerRecord, ProfileRecord } from '../record.js';
import { type Canvas, plain } from './figure.js';
import { aboutEnvironment, aboutMethod, escaped, figureHtml, page, table } from './page.js';
import { profileFigures } from './profileFigures.js';

export function profileHtml(record: ProfileRecord, canvas: Canvas): string {
  const { network, variant, accuracy, latency, total, ceilings, environment, method } = record;
  const words = `One run takes ${plain(latency.medianMs)} ms (95 % interval ${latency.interval.map(plain).join('–')}) for ${plain(total.macs / 1e6)} M multiply-accumulates: ${plain((2 * total.macs) / latency.medianMs / 1e6)} GFLOP/s. Binary ${variant}, accuracy ${accuracy}. Ceilings: ${plain(ceilings.gflops)} GFLOP/s, ${plain(ceilings.memoryGBs)} GB/s in memory, ${plain(ceilings.cacheGBs)} GB/s in the cache.`;
  const sections = [
    `<p>${escaped(words)}</p>`,
    ...profileFigures(record).map((figure) => figureHtml(figure, canvas)),
    profileTable(record.layers),
  ];
  return page(`Profile of ${network}`, [aboutEnvironment(environment), aboutMethod(method)], sections, record);
}

function profileTable(layers: readonly LayerRecord[]): string {
  const head = ['layer', 'op', 'kernels', 'ms', 'share', 'M MACs', 'MB moved', 'GFLOP/s', 'of ceiling', 'bound by'];
  const cells = layers.map(({ name, op, kernels, latency, share, macs, bytes, gflops, ofCeiling, bound }) => [
    name || 'inputs and outputs',
    op,
    kernels.join(' '),
    `${latency.noisy ? '~' : ''}${latency.medianMs.toFixed(3)}`,
    `${(100 * share).toFixed(1)} %`,
    (macs / 1e6).toFixed(2),
    (bytes / 1e6).toFixed(2),
    gflops.toFixed(1),
    `${(100 * ofCeiling).toFixed(0)} %`,
    bound,
  ]);
  return table(head, cells, 3);
}
