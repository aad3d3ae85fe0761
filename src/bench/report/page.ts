// A report as one HTML file that loads nothing: figures drawn for wide and for narrow pages, tables, and the record itself.
import type { Environment, Method } from '../record.js';
import { type Canvas, type Figure, plain } from './figure.js';
import { STYLE } from './style.js';

const WIDE = 980;
const NARROW = 328;

/** `about` are lines below the title; `sections` are markup; the record is what all of it is made from. */
export function page(title: string, about: readonly string[], sections: readonly string[], record: object): string {
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
${about.map((line) => `<p class="about">${escaped(line)}</p>`).join('\n')}
${sections.join('\n')}
</main>
<script type="application/json" id="record">${JSON.stringify(record).replaceAll('<', '\\u003c')}</script>
</body>
</html>
`;
}

export function aboutEnvironment({ device, engine, hetconv, date }: Environment): string {
  return `${device}; ${engine}; hetconv ${hetconv}; ${date}`;
}

export function aboutMethod({ rounds, runs, dropped, clockResolutionMs }: Method): string {
  return `${rounds} rounds, each contestant in turn with ${runs} timings; medians with 95 % bootstrap intervals; ${dropped === 'cpu' ? 'runs that the system preempted' : 'outliers'} dropped and counted; clock step ${plain(1000 * clockResolutionMs)} µs. ~ marks times that are noisy, ≈ differences within the noise of two copies of one network.`;
}

export function figureHtml(figure: Figure, canvas: Canvas): string {
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

/** The first `words` columns are words, the others numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], words: number): string {
  const row = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell, i) => `<${tag}${i < words ? '' : ' class="number"'}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const body = rows.map((cells) => row(cells, 'td')).join('\n');
  return `<div class="scroll"><table><thead>${row(head, 'th')}</thead><tbody>\n${body}\n</tbody></table></div>`;
}

/** Names come from model files: nothing in them is markup. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
