// A figure of a report: drawn by Observable Plot into any document, at the width that it is given.
import * as Plot from '@observablehq/plot';
import type { Accuracy } from '../../ops/op.js';

/** Where figures are drawn: a page's own document, or one that only knows XML. */
export interface Canvas {
  readonly document: Document;
  /** The markup of an element. */
  serialize(element: Element): string;
}

export interface Figure {
  readonly title: string;
  /** What is to be seen, in words. */
  readonly caption: string;
  /** Names of the colours that it uses. */
  readonly legend: readonly LegendEntry[];
  /** An SVG of so many pixels across. */
  draw(canvas: Canvas, width: number): Element;
}

export interface LegendEntry {
  readonly label: string;
  readonly color: string;
}

/** Colours by position; the report's style sheet gives them a value for light and for dark pages. */
export const COLORS = Array.from({ length: 10 }, (_, i) => `var(--series-${i + 1})`);

export const colorOf = (i: number): string => COLORS[i % COLORS.length]!;

const FONT_SIZE = 12;

export function draw({ document }: Canvas, options: Plot.PlotOptions): Element {
  return Plot.plot({
    document,
    style: `font-size:${FONT_SIZE}px;overflow:visible`,
    color: { type: 'identity' },
    // The name of an axis keeps clear of its ticks.
    marginBottom: 40,
    ...options,
  }) as unknown as Element;
}

export interface LogLog {
  readonly x: Plot.ScaleOptions;
  readonly y: Plot.ScaleOptions;
  readonly marks: Plot.Markish[];
}

/** Both axes are logarithmic; as high as wide, up to a limit. */
export function drawLogLog(canvas: Canvas, width: number, { x, y, marks }: LogLog): Element {
  return draw(canvas, {
    width,
    height: Math.min(420, width),
    marginLeft: 48,
    marginRight: 20,
    grid: true,
    x: { type: 'log', tickFormat: plain, ticks: Math.max(3, width / 110), ...x },
    y: { type: 'log', tickFormat: plain, ticks: 6, ...y },
    marks,
  });
}

export interface Bars {
  /** From top to bottom. */
  readonly names: readonly string[];
  /** Pixels of a bar with what parts it from the next. */
  readonly pitch: number;
  readonly marginLeft: number;
  readonly marginRight: number;
  readonly x: Plot.ScaleOptions;
  readonly y?: Plot.ScaleOptions;
  readonly marks: Plot.Markish[];
}

/** Named bars from left to right, from zero. */
export function drawBars(canvas: Canvas, width: number, { names, pitch, x, y, marks, ...margins }: Bars): Element {
  return draw(canvas, {
    width,
    height: 60 + pitch * names.length,
    ...margins,
    x: { grid: true, ticks: Math.max(3, width / 110), ...x },
    y: { label: null, domain: names, padding: 0.2, ...y },
    marks: [...marks, Plot.ruleX([0])],
  });
}

/** What an accuracy means to the convolutions of a network, in a word. */
export const wordOf = (accuracy: Accuracy): string => (accuracy === 'standard' ? 'Winograd' : accuracy);

/** Numbers as axes show them, without a unit. */
export const plain = (value: number): string => (value >= 1000 ? value.toLocaleString('en-US') : String(+value.toPrecision(3)));

const LONGEST = 18;

/** Names of layers as axes show them. */
export const shortened = (name: string): string => (name.length > LONGEST ? `…${name.slice(1 - LONGEST)}` : name);
