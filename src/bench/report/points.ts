// Entries as points of a figure: a colour for each, filled or hollow by how products are computed.
import type { Point } from '../record.js';
import { colorOf, type LegendEntry, plain, wordOf } from './figure.js';

export function entriesOf(points: readonly Point[]): LegendEntry[] {
  return [...new Set(points.map(({ entry }) => entry))].map((label, i) => ({ label, color: colorOf(i) }));
}

/** Filled where products are added up in order, hollow with Winograd's filtering. */
export const fillOf = ({ accuracy }: Point, color: string): string => (accuracy === 'direct' ? color : 'var(--page)');

export const titleOf = ({ entry, accuracy, latency, cost }: Point): string =>
  `${entry}, ${wordOf(accuracy)}: ${plain(latency.medianMs)} ms (${latency.interval.map(plain).join('–')}), ${plain(cost.macs / 1e6)} M MACs`;

/** The colour that the legend gives an entry. */
export function colorsOf(legend: readonly LegendEntry[]): (point: Point) => string {
  return ({ entry }) => legend.find(({ label }) => label === entry)!.color;
}
