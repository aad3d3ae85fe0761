// What was measured on Node, as tables of docs/benchmarks.md, and in words who wins.
import { markdownTable } from '../../support/markdown.js';
import { type Compared, fastest, isHetConv, wins } from './comparison.js';
import type { CaseRecord, EntrantRecord, PlatformRecord } from './networks.js';
import { absences, beside, milliseconds } from './words.js';

const PEERS = [
  { title: 'LiteRT.js', contestant: 'LiteRT.js', threads: 1 },
  { title: 'onnxruntime-web', contestant: 'onnxruntime-web', threads: 1 },
  { title: 'tfjs-wasm', contestant: 'tfjs-wasm', threads: 1 },
  { title: 'LiteRT.js, 2 threads', contestant: 'LiteRT.js', threads: 2 },
  { title: 'onnxruntime-web, 2 threads', contestant: 'onnxruntime-web', threads: 2 },
];

/** A model on one platform. */
interface Result extends PlatformRecord {
  readonly name: string;
  readonly kind: string | undefined;
}

export const networkTables = (records: readonly CaseRecord[]): string => tablesOf(records, networkTable);

/** Beside the fastest peer with one thread. */
export const layerTables = (records: readonly CaseRecord[]): string => tablesOf(records, layerTable);

function tablesOf(records: readonly CaseRecord[], tableOf: (results: readonly Result[]) => string): string {
  const results = records.flatMap(({ name, kind, platforms }) => platforms.map((record): Result => ({ ...record, name, kind })));
  const platforms = [...new Set(results.map(({ platform }) => platform))];
  const tables = platforms.flatMap((platform) => [
    `${platform}:`,
    tableOf(results.filter((result) => result.platform === platform)),
  ]);
  return [...tables, `${whoWins(results, 1)} ${whoWins(results, 2)}`, absences(results)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function networkTable(results: readonly Result[]): string {
  const lines = results.map(({ name, entrants }) => {
    const latency = (wanted: (one: EntrantRecord) => boolean) => milliseconds(entrants.find(wanted)!.latency);
    const own = latency(({ entrant }) => isHetConv(entrant));
    const direct = latency(({ entrant }) => entrant.accuracy === 'direct');
    const peers = PEERS.map(({ contestant, threads }) => beside(fastest(entrants, contestant, threads)));
    return [name, own, direct, ...peers];
  });
  return markdownTable(['', 'hetconv', '`direct`', ...PEERS.map(({ title }) => title)], lines);
}

function layerTable(results: readonly Result[]): string {
  const kinds = [...new Set(results.map(({ kind }) => kind!))];
  const lines = kinds.map((kind) => {
    const layers = results.filter((result) => result.kind === kind);
    const own = layers.map(({ name, entrants }) => ({ name, ratio: fastestPeer(entrants) }));
    const direct = layers.map(({ name, entrants }) => ({ name, ratio: fastestPeer(entrants) / ofDirect(entrants) }));
    return [kind, String(layers.length), ...columnsOf(own), ...columnsOf(direct)];
  });
  return markdownTable(['3×3 layer', 'shapes', 'geometric mean', 'least', '`direct`: geometric mean', 'least'], lines);
}

const columnsOf = (ratios: readonly { readonly name: string; readonly ratio: number }[]): string[] => {
  const mean = Math.exp(ratios.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / ratios.length);
  const least = ratios.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  return [`${mean.toFixed(2)}×`, `${least.ratio.toFixed(2)}× (${least.name})`];
};

/** How much longer than hetconv the fastest peer with one thread takes, and hetconv itself without Winograd's filtering. */
const fastestPeer = (entrants: readonly EntrantRecord[]): number => {
  const peers = entrants.filter(({ entrant }) => entrant.contestant !== 'hetconv' && entrant.threads === 1);
  return Math.min(...peers.map(({ versus }) => versus.speedUp));
};
const ofDirect = (entrants: readonly EntrantRecord[]): number =>
  entrants.find(({ entrant }) => entrant.accuracy === 'direct')!.versus.speedUp;

/** Where peers with so many threads are faster than hetconv with its one. */
function whoWins(results: readonly Result[], threads: number): string {
  const text = (name: string, platform: string, { entrant, versus }: Compared): string =>
    `${name} on ${platform}: ${entrant.contestant}, ${(1 / versus.speedUp).toFixed(2)}×`;
  const won = results.flatMap(({ name, platform, entrants }) =>
    entrants.filter((one) => one.entrant.threads === threads && wins(one)).map((one) => text(name, platform, one)),
  );
  const who = threads === 1 ? 'one thread' : `${threads} threads`;
  if (won.length === 0) return `No peer with ${who} is faster than hetconv with one.`;
  return `Peers with ${who} that are faster than hetconv with one: ${won.join('; ')}.`;
}
