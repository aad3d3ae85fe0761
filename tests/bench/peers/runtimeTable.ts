// What was measured on runtimes and browsers, as a table of docs/benchmarks.md.
import { markdownTable } from '../../support/markdown.js';
import { fastest, isHetConv, wins } from './comparison.js';
import type { RuntimeRecord } from './runtimes.js';
import { absences, beside, milliseconds } from './words.js';

const PEERS = ['LiteRT.js', 'onnxruntime-web'];

export function runtimeTable(records: readonly RuntimeRecord[]): string {
  const lines = records.map(({ platform, entrants }) => {
    const own = entrants.find(({ entrant }) => isHetConv(entrant))!;
    const [low, high] = own.latency.interval;
    return [
      platform,
      milliseconds(own.latency),
      `${low.toFixed(2)}–${high.toFixed(2)}`,
      ...PEERS.map((peer) => beside(fastest(entrants, peer))),
    ];
  });
  const won = records.flatMap(({ platform, entrants }) =>
    entrants.filter(wins).map(({ entrant }) => `${entrant.contestant} on ${platform}`),
  );
  const verdict = won.length === 0 ? 'No peer is faster than hetconv.' : `Faster than hetconv: ${won.join('; ')}.`;
  return [markdownTable(['', 'hetconv', '95 %', ...PEERS], lines), `${verdict} ${absences(records)}`.trim()].join('\n\n');
}
