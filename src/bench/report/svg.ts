// A figure as an SVG file of its own, for documents: with its title and the names of its colours, in the colours of a light page.
import type { Canvas, Figure, LegendEntry } from './figure.js';
import { escaped } from './page.js';
import { LIGHT, LIGHT_PAGE, LIGHT_TEXT } from './style.js';

const WIDTH = 760;
const MARGIN = 20;
const TITLE = 24;
const LINE = 20;
const SWATCH = 10;
/** Pixels of characters of a legend, which nothing here can measure. */
const SMALL = 6.2;
const LARGE = 9.5;

const widthOf = (text: string): number => [...text].reduce((sum, one) => sum + (/[a-z ]/.test(one) ? SMALL : LARGE), 0);

/** `title` in place of the figure's own, where that needs to say more. */
export function figureSvg(figure: Figure, canvas: Canvas, title = figure.title): string {
  const inside = WIDTH - 2 * MARGIN;
  const drawing = figure.draw(canvas, inside);
  const keys = keysOf(figure.legend, inside);
  const top = MARGIN + TITLE + LINE * (keys.lines + 1);
  const height = top + Number(drawing.getAttribute('height')) + MARGIN;
  drawing.setAttribute('x', String(MARGIN));
  drawing.setAttribute('y', String(top));
  const markup = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}" color="${LIGHT_TEXT}" fill="${LIGHT_TEXT}" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" fill="${LIGHT_PAGE}"/>
<text x="${MARGIN}" y="${MARGIN + TITLE / 2}" font-size="16" font-weight="600">${escaped(title)}</text>
${keys.markup}
${canvas.serialize(drawing)}
</svg>
`;
  return markup
    .replaceAll(/var\(--series-(\d+)\)/g, (_, position: string) => LIGHT[Number(position) - 1]!)
    .replaceAll('var(--page)', LIGHT_PAGE);
}

/** From left to right, on as many lines as it takes. */
function keysOf(legend: readonly LegendEntry[], width: number): { lines: number; markup: string } {
  let [left, line] = [0, 0];
  const markup = legend.map(({ label, color }) => {
    const room = SWATCH + 5 + widthOf(label) + 14;
    if (left > 0 && left + room > width) [left, line] = [0, line + 1];
    const [x, y] = [MARGIN + left, MARGIN + TITLE + LINE * line];
    left += room;
    return `<rect x="${x}" y="${y}" width="${SWATCH}" height="${SWATCH}" rx="2" fill="${color}"/><text x="${x + SWATCH + 5}" y="${y + SWATCH - 1}">${escaped(label)}</text>`;
  });
  return { lines: legend.length > 0 ? line + 1 : 0, markup: markup.join('\n') };
}
