// Cold starts, as a table of docs/benchmarks.md.
import { markdownTable } from '../../support/markdown.js';
import type { StartRecord } from './start.js';

export function startTable(records: readonly StartRecord[]): string {
  const lines = records.map(({ contestant, start, imported, loaded, done, versus }) => [
    start,
    contestant,
    imported.medianMs.toFixed(0),
    loaded.medianMs.toFixed(0),
    done.medianMs.toFixed(0),
    done.interval.map((ms) => ms.toFixed(0)).join('–'),
    `${versus.speedUp.toFixed(2)}×`,
  ]);
  const sooner = records
    .filter(({ versus }) => versus.speedUp < 1 && !versus.tie)
    .map(({ contestant, start }) => `${contestant} (${start})`);
  const verdict = sooner.length === 0 ? 'No peer starts sooner than hetconv.' : `Sooner than hetconv: ${sooner.join(', ')}.`;
  return [markdownTable(['', '', 'imported', 'loaded', 'first result', '95 %', 'hetconv is sooner'], lines), verdict].join(
    '\n\n',
  );
}
