// The measurements as a table: what the figure shows, for whoever cannot see it or wants the numbers.
import type { Comparison, NetworkRecord, Row } from '../../src/bench/record.js';
import { plain, wordOf } from '../../src/bench/report/figure.js';
import { element } from '../page/dom.js';

const HEAD = ['Convolution', 'Computed', 'M MACs', 'ms', '95 % interval', 'Promised', 'To direct', 'To Winograd'];
/** The first columns are words, the others numbers. */
const WORDS = 2;

export function resultTable({ rows, name, baseline }: NetworkRecord): HTMLTableElement {
  const caption = `${name}: how many times faster than ${baseline}, promised by multiply-accumulates and measured. ≈ within noise, ~ noisy.`;
  const head = element('tr', {}, ...HEAD.map((text, i) => cell(text, i, 'th')));
  const body = rows.map((row) => element('tr', {}, ...cellsOf(row).map((text, i) => cell(text, i, i === 0 ? 'th' : 'td'))));
  return element(
    'table',
    {},
    element('caption', { textContent: caption }),
    element('thead', {}, head),
    element('tbody', {}, ...body),
  );
}

function cellsOf({ entry, accuracy, cost, latency, versusDirect, versusWinograd }: Row): string[] {
  const times = ({ speedUp, tie }: Comparison): string => `${tie ? '≈ ' : ''}${speedUp.toFixed(2)} ×`;
  return [
    entry,
    wordOf(accuracy),
    plain(cost.macs / 1e6),
    `${latency.noisy ? '~ ' : ''}${plain(latency.medianMs)}`,
    latency.interval.map(plain).join(' – '),
    `${versusDirect.promised.toFixed(2)} ×`,
    times(versusDirect),
    times(versusWinograd),
  ];
}

function cell(text: string, column: number, tag: 'th' | 'td'): HTMLTableCellElement {
  const made = element(tag, { textContent: text, className: column < WORDS ? '' : 'number' });
  if (tag === 'th') made.scope = column === 0 && text !== HEAD[0] ? 'row' : 'col';
  return made;
}
