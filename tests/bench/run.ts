// `npm run bench`: kernels × cases. --choices holds the planner's choice against the best row found by trying all of them.
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { methodOf } from '../../src/bench/bench.js';
import { loadCeilings } from '../../src/bench/ceilings.js';
import { DEFAULT_ROUNDS, DEFAULT_RUNS } from '../../src/bench/measure.js';
import { RECORD_VERSION } from '../../src/bench/record.js';
import { positiveInteger } from '../../src/cli/arguments.js';
import { nodeClock, nodeEnvironment } from '../../src/cli/nodeClock.js';
import { startProgress } from '../../src/cli/progressBar.js';
import { loadRareOps } from '../../src/ops/index.js';
import { selectBinary, type Variant } from '../../src/runtime/variants.js';
import { host } from '../support/builtHost.js';
import { writeBetweenMarks } from '../support/markdown.js';
import { kernelCases } from './cases.js';
import { type CaseRecord, measureCase } from './kernels.js';
import { caseTable, choicesTable, kernelTables, worstChoice } from './tables.js';

/** By the planner, no choice may take more than this longer than the best. */
const TOLERATED_LOSS = 0.05;
const TABLE_FILE = 'docs/benchmarks.md';

interface Options {
  readonly cases: RegExp;
  readonly variant?: Variant;
  readonly rounds: number;
  readonly runs: number;
  readonly warmUp: number;
  readonly choices?: true;
  readonly table?: true;
  readonly json?: string;
}

const program = new Command('npm run bench --')
  .description(
    'times every kernel row on every case, beside the dense layer and the ceilings of this core, in interleaved rounds',
  )
  .option('--cases <regex>', 'only cases whose name matches', (text) => new RegExp(text), /./)
  .addOption(new Option('--variant <name>', 'one binary (default: all that run here)').choices(['simd', 'relaxed']))
  .option('--rounds <n>', 'turns of each contestant', positiveInteger, DEFAULT_ROUNDS)
  .option('--runs <n>', 'timings in a turn', positiveInteger, DEFAULT_RUNS)
  .option(
    '--warm-up <ms>',
    'time that each contestant runs before: less than elsewhere, for all run the same few kernels',
    positiveInteger,
    100,
  )
  .option('--choices', `print what the planner loses by its choice; exit code 1 if more than ${100 * TOLERATED_LOSS} % anywhere`)
  .option('--table', `write the table of ${TABLE_FILE}`)
  .option('--json <file>', 'write everything')
  .addHelpText('after', `\nExamples:\n  $ npm run bench -- --cases '64@32' --variant simd\n  $ npm run bench -- --choices\n`);
program.parse();
const { cases: pattern, variant, rounds, runs, warmUp, choices, table, json } = program.opts<Options>();

await loadRareOps();
const selected = kernelCases.filter(({ name }) => pattern.test(name));
if (selected.length === 0)
  program.error(`no case matches ${pattern}; there are ${kernelCases.map(({ name }) => name).join(', ')}`);
const variants = variant ? [variant] : (['simd', 'relaxed'] as const);
const environment = nodeEnvironment();
console.log(`${environment.device}, ${environment.engine}, ${environment.date}`);

const options = { rounds, runs, warmUpMs: warmUp };
const records: CaseRecord[] = [];
const progress = startProgress(selected.length * variants.length, '{bar} {value} of {total} cases, {eta} s left');
for (const name of variants) {
  const binary = await selectBinary(host, name).catch((error: Error) => {
    if (variant) throw error;
    console.log(`without ${name}: ${error.message}`);
  });
  if (!binary) continue;
  const engine = { host, binary, ceilings: await loadCeilings(host, binary), clock: nodeClock };
  for (const kernelCase of selected) {
    const record = await measureCase(kernelCase, engine, options);
    records.push(record);
    if (!choices) console.log(`\n${caseTable(record)}`);
    progress.update(records.length);
  }
}
progress.stop();

if (json) {
  const method = methodOf(nodeClock, options);
  const record = { format: 'hetconv-kernels', version: RECORD_VERSION, environment, method, cases: records };
  writeFileSync(json, `${JSON.stringify(record, null, 1)}\n`);
}
if (table) writeBetweenMarks(TABLE_FILE, 'kernels', kernelTables(records, environment));
if (choices) {
  console.log(`\n${choicesTable(records)}`);
  const worst = worstChoice(records);
  console.log(`\nworst: ${worst.text}`);
  if (worst.surely > TOLERATED_LOSS) process.exitCode = 1;
}
