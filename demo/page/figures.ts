// Figures of src/bench on the page: drawn at the width that there is, again when that changes.
import type { Canvas, Figure, LegendEntry } from '../../src/bench/report/figure.js';
import { SERIES_COLORS } from '../../src/bench/report/style.js';
import { element } from './dom.js';

const sheet = new CSSStyleSheet();
sheet.replaceSync(SERIES_COLORS);
document.adoptedStyleSheets.push(sheet);

const canvas: Canvas = { document, serialize: (drawn) => new XMLSerializer().serializeToString(drawn) };

/** The drawing alone. Its own style sheet, which the page's policy forbids, is in style/figures.css. */
export function drawing(figure: Figure, width: number): SVGSVGElement {
  const drawn = figure.draw(canvas, width) as SVGSVGElement;
  for (const style of drawn.querySelectorAll('style')) style.remove();
  // Of the parts, only titles would be read: what they say is in the figure's caption and in tables.
  drawn.setAttribute('role', 'img');
  drawn.setAttribute('aria-label', figure.title);
  for (const part of drawn.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  return drawn;
}

/** In place of what the container held. */
export function showFigures(container: HTMLElement, figures: readonly Figure[]): void {
  for (const old of container.children) observer.unobserve(old.querySelector('.drawing')!);
  container.replaceChildren(...figures.map(figureElement));
}

/** Narrower, a figure has no room for its labels. */
const LEAST_WIDTH = 260;

const drawn = new WeakMap<Element, { readonly figure: Figure; width: number }>();

const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const state = drawn.get(target);
    const width = Math.max(LEAST_WIDTH, Math.floor(contentRect.width));
    if (!state || contentRect.width === 0 || width === state.width) continue;
    state.width = width;
    target.replaceChildren(drawing(state.figure, width));
  }
});

function figureElement(figure: Figure): HTMLElement {
  const place = element('div', { className: 'drawing' });
  drawn.set(place, { figure, width: 0 });
  observer.observe(place);
  return element(
    'figure',
    {},
    element('h3', { textContent: figure.title }),
    element('p', { className: 'legend' }, ...figure.legend.map(key)),
    place,
    element('figcaption', { textContent: figure.caption }),
  );
}

function key({ label, color }: LegendEntry): HTMLElement {
  const swatch = element('span', { className: 'swatch' });
  swatch.style.background = color;
  return element('span', { className: 'key' }, swatch, label);
}
