// A figure as a picture that stands alone: title, legend, drawing, and where it was measured.
import type { BenchRecord } from '../../src/bench/record.js';
import type { Figure } from '../../src/bench/report/figure.js';
import { drawing } from '../page/figures.js';

const WIDTH = 900;
const MARGIN = 32;
const SCALE = 2;
const SANS = '"Source Sans 3 Variable", system-ui, sans-serif';

/** In the colours that the page has now. */
export async function figurePng(figure: Figure, { environment, networks }: BenchRecord): Promise<Blob> {
  const style = getComputedStyle(document.body);
  const image = await imageOf(drawing(figure, WIDTH - 2 * MARGIN), style);
  const canvas = new OffscreenCanvas(SCALE * WIDTH, SCALE * (image.height + 150));
  const context = canvas.getContext('2d')!;
  context.scale(SCALE, SCALE);
  context.fillStyle = style.getPropertyValue('--page');
  context.fillRect(0, 0, WIDTH, image.height + 150);
  const write = (text: string, y: number, font: string, color: string): void => {
    context.font = `${font} ${SANS}`;
    context.fillStyle = resolved(color, style);
    context.fillText(text, MARGIN, y, WIDTH - 2 * MARGIN);
  };
  write(`${figure.title}: ${networks[0]!.name}`, 44, '600 20px', 'var(--text)');
  let left = MARGIN;
  for (const { label, color } of figure.legend) {
    context.fillStyle = resolved(color, style);
    context.fillRect(left, 62, 10, 10);
    context.font = `13px ${SANS}`;
    context.fillStyle = resolved('var(--text)', style);
    context.fillText(label, left + 15, 72);
    left += 32 + context.measureText(label).width;
  }
  context.drawImage(image, MARGIN, 92);
  write(
    `${environment.date.slice(0, 10)}, hetconv ${environment.hetconv}, ${environment.device}`,
    image.height + 114,
    '12px',
    'var(--soft)',
  );
  write(environment.engine, image.height + 132, '12px', 'var(--soft)');
  return canvas.convertToBlob({ type: 'image/png' });
}

/** A picture of an SVG knows nothing of the page: its variables are resolved before. */
async function imageOf(svg: SVGSVGElement, style: CSSStyleDeclaration): Promise<HTMLImageElement> {
  svg.style.color = style.color;
  svg.style.fontFamily = SANS;
  const markup = resolved(new XMLSerializer().serializeToString(svg), style);
  const image = new Image(Number(svg.getAttribute('width')), Number(svg.getAttribute('height')));
  const url = URL.createObjectURL(new Blob([markup], { type: 'image/svg+xml' }));
  try {
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

const resolved = (text: string, style: CSSStyleDeclaration): string =>
  text.replaceAll(/var\((--[\w-]+)\)/g, (_, name: string) => style.getPropertyValue(name).trim());
