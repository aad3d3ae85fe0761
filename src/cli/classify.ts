// `hetconv classify`: what is in each picture. One that fails does not stop the others.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { decodePicture } from '../image/decode.js';
import { host } from '../platform/node/host.js';
import { type Classification, HetConvError, loadModel, type Model } from '../platform/node/index.js';
import { positiveInteger } from './arguments.js';
import { DEFAULT_MODEL, SAMPLES } from './packageRoot.js';
import { about, describeError } from './reportError.js';
import { formatMilliseconds, formatRow } from './table.js';

interface Options {
  readonly model: string;
  readonly top: number;
  readonly json?: true;
}

interface Result {
  readonly picture: string;
  readonly classes?: readonly Classification[];
  /** Fitting the decoded picture and running the network. */
  readonly ms?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

export function addClassify(program: Command): void {
  program
    .command('classify')
    .description('name what is in pictures (JPEG, PNG or WebP of any size); without pictures, in the bundled samples')
    .argument('[pictures...]', 'picture files')
    .option('-m, --model <file>', 'model file', DEFAULT_MODEL)
    .option('-t, --top <k>', 'classes to show for each picture', positiveInteger, 1)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ hetconv classify                      the bundled samples
  $ hetconv classify cat.jpg dog.webp
  $ hetconv classify --top 3 --json cat.jpg
  $ hetconv classify --model net.safetensors cat.jpg

Exit code 1 if a picture could not be classified.`,
    )
    .action(classify);
}

async function classify(pictures: string[], options: Options): Promise<void> {
  const files = pictures.length > 0 ? pictures : samples();
  const start = performance.now();
  const model = await about(options.model, () => loadModel(options.model));
  const loaded = performance.now() - start;
  const say = options.json ? () => {} : printer(files, model);
  if (!options.json) console.log(`${model.name} (${model.variant}), loaded in ${formatMilliseconds(loaded)}\n`);
  const results: Result[] = [];
  for (const picture of files) {
    const result = await classifyOne(model, picture, options.top);
    results.push(result);
    say(result);
  }
  if (options.json) console.log(JSON.stringify({ model: model.name, variant: model.variant, results }, null, 2));
  if (results.some(({ error }) => error)) process.exitCode = 1;
}

async function classifyOne(model: Model, file: string, topK: number): Promise<Result> {
  try {
    return await about(file, async () => {
      const decoded = await decodePicture(await host.read(file, {}), host.module);
      const start = performance.now();
      const classes = await model.classify(decoded, { topK });
      return { picture: file, classes, ms: performance.now() - start };
    });
  } catch (error) {
    if (!(error instanceof HetConvError)) throw error;
    return { picture: file, error: describeError(error) };
  }
}

/** Prints a result at once, in columns that fit every picture's name and every label. */
function printer(files: readonly string[], model: Model): (result: Result) => void {
  const longest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const widths = [longest(files), longest(model.labels ?? ['0000']), 7, 9];
  const aligns = ['left', 'left', 'right', 'right'] as const;
  return ({ picture, classes, ms, error }) => {
    if (error) console.error(`hetconv: ${error.message}`);
    for (const [rank, { label, probability }] of (classes ?? []).entries()) {
      const percent = `${(100 * probability).toFixed(1)} %`;
      const cells = rank === 0 ? [picture, label, percent, formatMilliseconds(ms!)] : ['', label, percent, ''];
      console.log(formatRow(cells, widths, aligns));
    }
  };
}

function samples(): string[] {
  if (!existsSync(SAMPLES)) throw new HetConvError('not-found', `the bundled samples are missing (${SAMPLES}); name a picture`);
  return readdirSync(SAMPLES)
    .filter((name) => /\.(png|jpg|webp)$/.test(name))
    .sort()
    .map((name) => relative('.', join(SAMPLES, name)));
}
