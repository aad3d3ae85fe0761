// `npm run bench:peers`: this package beside other runtimes on the same models.
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { DEFAULT_ROUNDS, DEFAULT_RUNS, DEFAULT_WARM_UP_MS } from '../../../src/bench/measure.js';
import { positiveInteger } from '../../../src/cli/arguments.js';
import { listOf } from '../../../src/cli/benchOptions.js';
import { nodeEnvironment } from '../../../src/cli/nodeClock.js';
import { startProgress } from '../../../src/cli/progressBar.js';
import { writeBetweenMarks } from '../../support/markdown.js';
import { testModule } from '../../support/testModule.js';
import { layerCases, networkCases, type PeerCase } from './models.js';
import { benchNetworks, type CaseRecord, type NodeVersion } from './networks.js';
import { layerTables, networkTables } from './networkTables.js';
import { makePeerProject, type OnProgress, type PeerProject } from './project.js';
import { benchRuntimes, RUNTIMES } from './runtimes.js';
import { runtimeTable } from './runtimeTable.js';
import { benchStart } from './start.js';
import { startTable } from './startTable.js';
import { DOCS, headline } from './words.js';

interface CommonOptions {
  readonly rounds: number;
  readonly json?: string;
  readonly table?: true;
}

const FORMAT_VERSION = 1;
const START =
  'VGG-16 HetConv P4 for CIFAR-10, the bundled model: milliseconds, medians of visits in turn. From the navigation on, these are the page, the scripts and the wasm, the model’s file (hetconv: F16 as it ships; the others: f32), compiling, planning and one inference; with the file in memory before, all of it but the page and the file. Each round starts two browsers, which is not included, with the profile of earlier ones, whose cache holds every file, and visits the page in each twice, in a tab of its own each time.';
const RUNTIMES_WORDS =
  'VGG-16 HetConv P4 for CIFAR-10, the bundled model, warm, one thread: medians in milliseconds with their 95 % interval; in brackets how many times faster hetconv is, ≈ where two copies of hetconv differ as much, **bold** where the peer is faster. All run in one page, worker or process, in turn, after their logits agreed with PyTorch’s. Pages are isolated; clocks of a millisecond (workerd) time many runs at once.';
const NETWORKS =
  'Medians in milliseconds, batch 1, f32, one thread unless said; in brackets how many times faster hetconv is, ≈ where two copies of hetconv differ as much, **bold** where the peer is faster. `direct` is hetconv without Winograd’s filtering. All outputs agreed before anything was timed.';
const LAYERS =
  'How many times faster hetconv is than the fastest peer with one thread, on layers of 64@32, 128@16, 256@8, 64@56, 256@28 and 512@14 (channels in and out @ pixels along a side), batch 1, f32. `direct` is hetconv without Winograd’s filtering; `masked` are dense weights that are zero where a HetConv has none, which every runtime is given as such. All outputs agreed before anything was timed.';

const program = new Command('npm run bench:peers --').description(
  'times hetconv beside onnxruntime-web, LiteRT.js and tfjs-wasm, in interleaved rounds, after their outputs agreed',
);

/** What all commands take. */
function command(name: string, description: string, rounds: number): Command {
  return program
    .command(name)
    .description(description)
    .option('--rounds <n>', 'turns of each contestant', positiveInteger, rounds)
    .option('--json <file>', 'write everything')
    .option('--table', `write the tables of ${DOCS}`);
}

function timings(command: Command): Command {
  return command
    .option('--runs <n>', 'timings in a turn', positiveInteger, DEFAULT_RUNS)
    .option('--warm-up <ms>', 'time that each contestant runs before', positiveInteger, DEFAULT_WARM_UP_MS);
}

/** Shows how far the work is, on a terminal as a bar. */
async function withProgress<T>(work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const progress = startProgress(1, '{bar} {percentage} %, {eta} s left, {doing}', String, { doing: '' });
  try {
    return await work((done, total, doing) => progress.update(done / total, { doing }));
  } finally {
    progress.stop();
  }
}

/** Shows the tables, and leaves behind what was asked for. */
function conclude(
  name: string,
  versions: PeerProject['versions'],
  record: Readonly<Record<string, unknown>>,
  tables: string,
  { json, table }: CommonOptions,
): void {
  const environment = nodeEnvironment();
  const text = `${headline(environment, versions)} ${tables}`;
  console.log(text);
  const whole = { format: `hetconv-${name}`, version: FORMAT_VERSION, environment, versions, ...record };
  if (json) writeFileSync(json, `${JSON.stringify(whole, null, 1)}\n`);
  if (table) writeBetweenMarks(DOCS, name, text);
}

interface NodeCommandOptions extends CommonOptions {
  readonly cases: RegExp;
  readonly node?: string;
  readonly runs: number;
  readonly warmUp: number;
}

/** Cases on Node, each contestant in a process of its own. */
function onNode(
  name: string,
  what: string,
  all: readonly PeerCase[],
  words: string,
  tables: (records: readonly CaseRecord[]) => string,
): Command {
  return timings(command(name, `${what} on Node, each contestant in a process of its own`, DEFAULT_ROUNDS))
    .option('--cases <regex>', 'only cases whose name matches', (text) => new RegExp(text), /./)
    .addOption(new Option('--node <version>', 'one Node, such as 26 (default: this one and the newest)'))
    .action(async ({ cases: pattern, node, warmUp: warmUpMs, ...options }: NodeCommandOptions) => {
      const cases = all.filter((one) => pattern.test(one.name));
      if (cases.length === 0) program.error(`no case matches ${pattern}; there are ${all.map((one) => one.name).join(', ')}`);
      const { newerNodes } = await testModule('platform/nodes.mjs');
      const known: NodeVersion[] = [{ version: process.versions.node, path: process.execPath }, ...newerNodes()];
      const nodes = node ? known.filter(({ version }) => version.startsWith(`${node}.`)) : [known[0]!, known.at(-1)!];
      if (nodes.length === 0)
        program.error(`there is no Node ${node}; there are ${known.map(({ version }) => version).join(', ')}`);
      const project = await makePeerProject();
      const records = await withProgress((onProgress) =>
        benchNetworks(cases, project, { ...options, warmUpMs, nodes, onProgress }),
      );
      conclude(name, project.versions, { cases: records }, `${words}\n\n${tables(records)}`, options);
    });
}

onNode('networks', 'networks', networkCases, NETWORKS, networkTables).addHelpText(
  'after',
  `\nExamples:
  $ npm run bench:peers -- networks --table
  $ npm run bench:peers -- networks --cases '^VGG' --node 26
`,
);
onNode('layers', 'single layers', layerCases, LAYERS, layerTables).addHelpText(
  'after',
  `\nExamples:
  $ npm run bench:peers -- layers --table
  $ npm run bench:peers -- layers --cases '^64@32' --json layers.json
`,
);

interface RuntimesCommandOptions extends CommonOptions {
  readonly only?: string[];
  readonly runs: number;
  readonly warmUp: number;
}

timings(
  command(
    'runtimes',
    'the bundled VGG-16 P4 on every runtime and browser, one thread, all in one page or process',
    DEFAULT_ROUNDS,
  ),
)
  .addOption(new Option('--only <names>', 'some of them').argParser(listOf(RUNTIMES)))
  .addHelpText(
    'after',
    `\nRuntimes: ${RUNTIMES.join(', ')}; how the browsers are installed is in README.md.

Examples:
  $ npm run bench:peers -- runtimes --table
  $ npm run bench:peers -- runtimes --only chromium,firefox --rounds 5
`,
  )
  .action(async ({ warmUp: warmUpMs, ...options }: RuntimesCommandOptions) => {
    const project = await makePeerProject();
    const records = await withProgress((onProgress) => benchRuntimes(project, { ...options, warmUpMs, onProgress }));
    conclude('runtimes', project.versions, { runtimes: records }, `${RUNTIMES_WORDS}\n\n${runtimeTable(records)}`, options);
  });

command('start', 'cold start of the bundled VGG-16 P4 in Chromium, its files cached', DEFAULT_ROUNDS)
  .addHelpText('after', `\nExample:\n  $ npm run bench:peers -- start --table\n`)
  .action(async (options: CommonOptions) => {
    const project = await makePeerProject();
    const { browser, records } = await withProgress((onProgress) => benchStart(project, { ...options, onProgress }));
    const words = `${browser}. ${START}\n\n${startTable(records)}`;
    conclude('start', project.versions, { browser, starts: records }, words, options);
  });

await program.parseAsync();
