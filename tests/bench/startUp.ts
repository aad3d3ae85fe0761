// `npm run bench:start`: from the import of the package to the first results of a model whose file is in memory, every start in a process of
// its own.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { takeTurns } from '../../src/bench/measure.js';
import { median, medianInterval } from '../../src/bench/statistics.js';
import { positiveInteger } from '../../src/cli/arguments.js';
import { nodeEnvironment } from '../../src/cli/nodeClock.js';
import { startProgress } from '../../src/cli/progressBar.js';
import { markdownTable, writeBetweenMarks } from '../support/markdown.js';
import { DOCS } from './peers/words.js';

const GUEST = 'tests/bench/startUp/guest.mjs';
const MODEL = 'models/vgg16-cifar10-p4/model.safetensors';
const ENTRY = 'dist/node.js';

/** Of a start, in the guest's words. */
const PARTS = {
  imported: 'import',
  read: 'read, optimise; compile meanwhile',
  planned: 'plan, pack the weights',
  first: 'first inference',
} as const;
const SECOND = { second: 'second inference' } as const;

interface Used {
  readonly ms: number;
  readonly processorMs: number;
  readonly faults: number;
}

interface Start {
  readonly parts: Readonly<Record<keyof typeof PARTS | keyof typeof SECOND, Used>>;
  /** Records, tables and packed weights. */
  readonly weightBytes: number;
  /** Of the process, the file and Node included. */
  readonly peakBytes: number;
  /** Of touching 4 KiB of fresh memory. */
  readonly pageMs: number;
}

interface Contestant {
  readonly entry: string;
  readonly starts: Start[];
}

interface Options {
  readonly entry: readonly string[];
  readonly model: string;
  readonly starts: number;
  readonly table?: true;
  readonly json?: string;
}

const program = new Command('npm run bench:start --')
  .description('times starts: import, plan and first inference, each in a process of its own, in turn, in random order')
  .option('--entry <files...>', 'builds to compare', [ENTRY])
  .option('--model <file>', 'what they load', MODEL)
  .option('--starts <n>', 'of each', positiveInteger, 30)
  .option('--table', `write the table of ${DOCS}`)
  .option('--json <file>', 'write every start')
  .addHelpText('after', '\nExample:\n  $ npm run bench:start -- --entry dist/node.js ../other/dist/node.js\n');
program.parse();
const { entry: entries, model, starts, table, json } = program.opts<Options>();

const contestants = entries.map((entry): Contestant => ({ entry, starts: [] }));
const progress = startProgress(starts, '{bar} {value} of {total} starts, {eta} s left');
await takeTurns(
  contestants,
  async ({ entry, starts }) => {
    const { stdout } = await promisify(execFile)(process.execPath, [GUEST, entry, model]);
    starts.push(JSON.parse(stdout));
  },
  { rounds: starts, onRound: (done) => progress.update(done) },
);
progress.stop();

const environment = nodeEnvironment();
const text = contestants.map((contestant) => tableOf(contestant)).join('\n\n');
console.log(`${environment.device}, ${environment.engine}, ${environment.date}\n\n${text}`);
if (json) writeFileSync(json, `${JSON.stringify({ environment, model, contestants }, null, 1)}\n`);
if (table) {
  const engine = `${environment.device}; ${environment.engine}; ${environment.date.slice(0, 10)}; ${starts} starts.`;
  writeBetweenMarks(DOCS, 'start-up', `${engine}\n\n${text}`);
}

/** Medians, of sums as well: they need not add up. */
function tableOf({ entry, starts }: Contestant): string {
  const names = Object.keys(PARTS) as (keyof typeof PARTS)[];
  const row = (title: string, of: (start: Start) => readonly Used[]): string[] => {
    const sums = (what: keyof Used) => starts.map((start) => of(start).reduce((sum, used) => sum + used[what], 0));
    const [low, high] = medianInterval(sums('ms'), title).map((ms) => ms.toFixed(1));
    const times = [sums('ms'), sums('processorMs')].map((values) => median(values).toFixed(1));
    return [title, times[0]!, `${low}–${high}`, times[1]!, median(sums('faults')).toFixed(0)];
  };
  const lines = [
    ...names.map((name) => row(PARTS[name], ({ parts }) => [parts[name]])),
    row('**until the first result**', ({ parts }) => names.map((name) => parts[name])),
    row(SECOND.second, ({ parts }) => [parts.second]),
  ];
  const [{ weightBytes }] = starts as [Start];
  const middle = (of: (start: Start) => number): number => median(starts.map(of));
  const faults = middle(({ parts }) => names.reduce((sum, name) => sum + parts[name].faults, 0));
  const rate = weightBytes / 1e6 / middle(({ parts }) => parts.planned.ms);
  const pageMs = middle((start) => start.pageMs);
  const facts = [
    `${(weightBytes / 1e6).toFixed(1)} MB of packed weights and tables at ${rate.toFixed(2)} GB/s`,
    `peak of the process ${(middle(({ peakBytes }) => peakBytes) / 1e6).toFixed(0)} MB`,
    `4 KiB of fresh memory take ${(1000 * pageMs).toFixed(1)} µs here, all page faults so ${(pageMs * faults).toFixed(0)} ms`,
  ];
  const header = [entry === ENTRY ? '' : entry, 'ms', '95 %', 'CPU ms', 'page faults'];
  return `${markdownTable(header, lines)}\n\n${facts.join('; ')}.`;
}
