// Reports as one HTML file that loads nothing: figures drawn for wide and for narrow pages, tables, and the record itself.
import type { Variant } from '../../runtime/variants.js';
import type { BenchRecord, Comparison, Environment, LayerRecord, Method, NetworkRecord, ProfileRecord, Row } from '../record.js';
import { benchFigures } from './benchFigures.js';
import { type Canvas, type Figure, plain, wordOf } from './figure.js';
import { profileFigures } from './profileFigures.js';
import { STYLE } from './style.js';

const WIDE = 980;
const NARROW = 328;

export function benchHtml(record: BenchRecord, canvas: Canvas): string {
  const sections = record.networks.flatMap((network) => [
    `<h2>${escaped(network.name)}</h2>`,
    ...variantsOf(network).flatMap((variant) => [
      `<h3>Binary ${variant}</h3>`,
      `<p>${escaped(limits(network, variant))}</p>`,
      benchTable(network, variant),
      ...benchFigures(network, variant).map((figure) => figureHtml(figure, canvas)),
    ]),
  ]);
  const names = record.networks.map(({ name }) => name).join(', ');
  return page(`Latency against FLOPs: ${names}`, record, sections);
}

export function profileHtml(record: ProfileRecord, canvas: Canvas): string {
  const { network, variant, accuracy, latency, total, ceilings } = record;
  const words = `One run takes ${plain(latency.medianMs)} ms (95 % interval ${latency.interval.map(plain).join('–')}) for ${plain(total.macs / 1e6)} M multiply-accumulates: ${plain((2 * total.macs) / latency.medianMs / 1e6)} GFLOP/s. Binary ${variant}, accuracy ${accuracy}. Ceilings: ${plain(ceilings.gflops)} GFLOP/s, ${plain(ceilings.memoryGBs)} GB/s in memory, ${plain(ceilings.cacheGBs)} GB/s in the cache.`;
  return page(`Profile of ${network}`, record, [
    `<p>${escaped(words)}</p>`,
    ...profileFigures(record).map((figure) => figureHtml(figure, canvas)),
    profileTable(record.layers),
  ]);
}

function page(title: string, record: { environment: Environment; method: Method }, sections: readonly string[]): string {
  const { environment, method } = record;
  const about = `${environment.device}; ${environment.engine}; hetconv ${environment.hetconv}; ${environment.date}`;
  const how = `${method.rounds} rounds, each contestant in turn with ${method.runs} timings; medians with 95 % bootstrap intervals; ${method.dropped === 'cpu' ? 'runs that the system preempted' : 'outliers'} dropped and counted; clock step ${plain(1000 * method.clockResolutionMs)} µs. ~ marks times that are noisy, ≈ differences within the noise of two copies of one network.`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="about">${escaped(about)}</p>
<p class="about">${escaped(how)}</p>
${sections.join('\n')}
</main>
<script type="application/json" id="record">${JSON.stringify(record).replaceAll('<', '\\u003c')}</script>
</body>
</html>
`;
}

function figureHtml(figure: Figure, canvas: Canvas): string {
  const legend = figure.legend.map(
    ({ label, color }) => `<span class="key"><span style="background:${color}"></span>${escaped(label)}</span>`,
  );
  const drawn = (name: string, width: number): string =>
    `<div class="${name}">${canvas.serialize(figure.draw(canvas, width))}</div>`;
  return `<figure role="group" aria-label="${escaped(figure.title)}">
<h4>${escaped(figure.title)}</h4>
<p class="legend">${legend.join(' ')}</p>
${drawn('wide', WIDE)}
${drawn('narrow', NARROW)}
<figcaption>${escaped(figure.caption)}</figcaption>
</figure>`;
}

function variantsOf({ ceilings }: NetworkRecord): Variant[] {
  return Object.keys(ceilings) as Variant[];
}

function limits({ ceilings, noiseFloor, baseline }: NetworkRecord, variant: Variant): string {
  const { gflops, memoryGBs, cacheGBs } = ceilings[variant]!;
  return `Ceilings in the same run: ${plain(gflops)} GFLOP/s, ${plain(memoryGBs)} GB/s in memory, ${plain(cacheGBs)} GB/s in the cache. Two copies of ${baseline} differ by up to ${(100 * noiseFloor[variant]!).toFixed(1)} %.`;
}

function benchTable({ rows }: NetworkRecord, variant: Variant): string {
  const times = ({ speedUp, tie }: Comparison): string => `${tie ? '≈' : ''}${speedUp.toFixed(2)}×`;
  const cells = ({ entry, accuracy, cost, latency, gflops, versusDirect, versusWinograd, top1 }: Row): string[] => [
    entry,
    wordOf(accuracy),
    plain(cost.macs / 1e6),
    plain(cost.parameters / 1e6),
    `${latency.noisy ? '~' : ''}${plain(latency.medianMs)}`,
    latency.interval.map(plain).join('–'),
    String(latency.dropped),
    gflops.toFixed(1),
    `${versusDirect.promised.toFixed(2)}×`,
    times(versusDirect),
    times(versusWinograd),
    top1 ? `${top1.percent.toFixed(2)} %` : '',
  ];
  const head = [
    'network',
    'computed',
    'M MACs',
    'M weights',
    'ms',
    '95 %',
    'dropped',
    'GFLOP/s',
    'promised',
    'to direct',
    'to Winograd',
    'right',
  ];
  return table(head, rows.filter((row) => row.variant === variant).map(cells), 2);
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

/** The first `words` columns are words, the others numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[], words: number): string {
  const row = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell, i) => `<${tag}${i < words ? '' : ' class="number"'}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((cells) => row(cells, 'td')).join('\n');
  return `<div class="scroll"><table><thead>${row(head, 'th')}</thead><tbody>\n${body}\n</tbody></table></div>`;
}

/** Names come from model files: nothing in them is markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
