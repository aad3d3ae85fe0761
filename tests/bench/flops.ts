// `npm run bench:flops`: what docs/latency-vs-flops.md rests on. Measures the networks by the built command line on the newest Node, which has
// both binaries, keeps the records beside the document, and writes its tables and figures from them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { BenchRecord } from '../../src/bench/record.js';
import { benchSvgs } from '../../src/bench/report/benchSvg.js';
import { xmlCanvas } from '../../src/cli/xmlCanvas.js';
import { writeBetweenMarks } from '../support/markdown.js';
import { testModule } from '../support/testModule.js';
import { flopsTables } from './flopsTables.js';

/** The first is the one that the document is mostly about. */
const NETWORKS = ['vgg16-cifar10', 'resnet20-cifar10', 'mobilenet-v1-cifar10', 'resnet18-imagenet'];
const KINDS = ['--kind', 'hetconv,dwpw,gwpw', '--part', '2,4,8,16,32', '--groups', '4'];
const FIGURE = /\]\(figures\/([\w-]+\.svg)\)/g;

interface Options {
  readonly again?: true;
  readonly write?: true;
  readonly docs: string;
  readonly network: string[];
}

const program = new Command('npm run bench:flops --')
  .description('measures latency against FLOPs, and writes the tables and figures of docs/latency-vs-flops.md')
  .option('--again', 'keep what was measured and repeat it: the document says how far the two agree')
  .option('--write', 'measure nothing, only write')
  .option('--docs <folder>', 'where latency-vs-flops.md is, with the folders data and figures', 'docs')
  .option('--network <names...>', 'architectures', NETWORKS)
  .argument('[options...]', 'behind --: for hetconv bench, such as --rounds 30')
  .addHelpText(
    'after',
    `\nExamples:
  $ npm run bench:flops                   # some minutes on an idle core
  $ npm run bench:flops -- --again        # an hour later
  $ npm run bench:flops -- --write
`,
  );
program.parse();
const { again, write, docs, network } = program.opts<Options>();
const file = join(docs, 'latency-vs-flops.md');
const first = join(docs, 'data', 'latency-vs-flops.json');
const second = join(docs, 'data', 'latency-vs-flops-again.json');

if (again && !existsSync(first)) program.error(`there is no ${first} to repeat`);
if (!write) {
  const measured = await measure();
  // What repeated an older measurement says nothing of this one.
  if (!again) rmSync(second, { force: true });
  writeFileSync(again ? second : first, measured);
}
const record = read(first);
const repeated = existsSync(second) ? read(second) : undefined;
for (const [name, text] of flopsTables(record, repeated)) writeBetweenMarks(file, name, text);
writeFigures();
console.log(`written to ${file}`);

async function measure(): Promise<string> {
  const { newerNodes } = await testModule('platform/nodes.mjs');
  const node: string = newerNodes().at(-1)?.path ?? process.execPath;
  mkdirSync(join(docs, 'data'), { recursive: true });
  const json = join(docs, 'data', 'measuring.json');
  const command = ['dist/cli.js', 'bench', ...network, ...KINDS, '--variant', 'simd,relaxed', ...program.args, '--json', json];
  try {
    execFileSync(node, command, { stdio: 'inherit' });
    return `${JSON.stringify(read(json), shortened)}\n`;
  } finally {
    rmSync(json, { force: true });
  }
}

/** Six digits are more than any measurement has. */
function shortened(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

function read(path: string): BenchRecord {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Those that the document shows. */
function writeFigures(): void {
  const drawn = benchSvgs(record, xmlCanvas());
  mkdirSync(join(docs, 'figures'), { recursive: true });
  for (const [, name] of readFileSync(file, 'utf8').matchAll(FIGURE)) {
    const text = drawn.get(name!);
    if (text === undefined) throw new Error(`${file} shows ${name}; there are ${[...drawn.keys()].join(', ')}`);
    writeFileSync(join(docs, 'figures', name!), text);
  }
}
