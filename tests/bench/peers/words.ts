// Numbers and sentences as docs/benchmarks.md writes them.
import type { Environment } from '../../../src/bench/record.js';
import type { Summary } from '../../../src/bench/statistics.js';
import { type Absent, type Compared, describe, wins } from './comparison.js';

export const DOCS = 'docs/benchmarks.md';

/** Three digits, and a mark where the interval is wide. */
export function milliseconds({ medianMs, noisy }: Pick<Summary, 'medianMs' | 'noisy'>): string {
  return `${noisy ? '~' : ''}${threeDigits(medianMs)}`;
}

export const threeDigits = (value: number): string => value.toFixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);

/** A peer's time and how many times faster hetconv is; bold where the peer is faster. */
export function beside(peer: Compared | undefined): string {
  if (!peer) return '–';
  const { speedUp, tie } = peer.versus;
  const cell = `${milliseconds(peer.latency)} (${tie ? '≈' : ''}${speedUp.toFixed(2)}×)`;
  return wins(peer) ? `**${cell}**` : cell;
}

/** What tables say above all of them. */
export function headline({ device, date }: Environment, versions: Readonly<Record<string, string>>): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${device}; ${date.slice(0, 10)}; ${new Intl.ListFormat('en').format(named)}.`;
}

/** Who did not run where, and why, in sentences; once for each reason. */
export function absences(records: readonly { readonly platform: string; readonly absent: readonly Absent[] }[]): string {
  const said = records.flatMap(({ platform, absent }) =>
    absent.map(({ entrant, reason }) => `${describe(entrant)} does not run on ${platform}: “${reason.replace(/\.$/, '')}”.`),
  );
  return [...new Set(said)].join(' ');
}
