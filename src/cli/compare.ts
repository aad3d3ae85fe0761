// `hetconv compare`: two networks side by side: what they answer, how right they are, what they cost, how long they take.
import { type Command, Option } from 'commander';
import { bench } from '../bench/bench.js';
import { type Difference, differencesOf } from '../bench/difference.js';
import type { Comparison, Row, Top1 } from '../bench/record.js';
import { formatSpeedUp } from '../bench/words.js';
import { DEFAULT_MAX_MEMORY } from '../formats/format.js';
import { host } from '../platform/node/host.js';
import { loadModel, type Variant } from '../platform/node/index.js';
import { positiveInteger } from './arguments.js';
import { addTimingOptions, formatJson, measureOptions, type TimingOptions, VARIANTS } from './benchOptions.js';
import { evaluateOnCifar10 } from './evaluate.js';
import { type NetworkSource, networkSource } from './networkSource.js';
import { nodeClock, nodeEnvironment } from './nodeClock.js';
import { startProgress } from './progressBar.js';
import { about, UsageError } from './reportError.js';
import { formatBytes, formatCount, formatMillions, formatTable } from './table.js';

interface Options extends TimingOptions {
  readonly variant?: Variant;
  readonly accuracy: 'direct' | 'standard';
  readonly data?: 'cifar10';
  readonly limit?: number;
  readonly json?: true;
}

export function addCompare(program: Command): void {
  const command = program
    .command('compare')
    .description('compare two networks on the same input: results, accuracy, cost, size, latency')
    .argument('<a>', 'model file, or architecture such as vgg16-cifar10')
    .argument('<b>', 'model file, or architecture such as vgg16-cifar10-hetconv-p4')
    .addOption(new Option('--variant <name>', 'binary (default: the best that runs here)').choices(VARIANTS))
    .addOption(new Option('--accuracy <name>', 'of convolutions').choices(['direct', 'standard']).default('standard'))
    .addOption(new Option('-d, --data <set>', 'compare accuracy too, on a test set').choices(['cifar10']))
    .option('-l, --limit <N>', 'with --data: only the first N pictures', positiveInteger)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Results are compared where both networks come from files: those of architectures have random weights.

Examples:
  $ hetconv compare net.onnx net.safetensors
  $ hetconv compare standard.safetensors hetconv.safetensors --data cifar10
  $ hetconv compare vgg16-cifar10-hetconv-p4 vgg16-cifar10-hetconv-p8`,
    )
    .action(compare);
  addTimingOptions(command);
}

/** What --data finds: both accuracies, and how often the answers are the same. */
interface Answers {
  readonly top1: readonly [Top1, Top1];
  readonly agreement: number;
}

async function compare(a: string, b: string, options: Options): Promise<void> {
  const { variant = 'auto', accuracy, json } = options;
  if (options.limit !== undefined && !options.data) throw new UsageError('--limit goes with --data');
  const sources = [await networkSource(a), await networkSource(b)] as const;
  const [one, other] = sources;
  const differences = sources.every(({ trained }) => trained)
    ? await differencesOf(one.optimised, other.optimised, { host, variant, accuracy, maxMemory: DEFAULT_MAX_MEMORY })
    : 'an architecture has random weights';
  const answers = options.data && (await answersOf(sources, options.data, options.limit));
  const progress = startProgress(100, 'measuring {bar} {percentage} %');
  let rows: readonly Row[];
  try {
    const network = { name: `${a} and ${b}`, entries: [one, { ...other, name: a === b ? `${b} again` : b }] };
    const { networks } = await bench([network], {
      host,
      clock: nodeClock,
      environment: nodeEnvironment(),
      variants: [variant],
      accuracies: [accuracy],
      ...measureOptions(options),
      onProgress: ({ done }) => progress.update(Math.round(100 * done)),
    });
    rows = networks[0]!.rows.filter((row) => row.accuracy === accuracy);
  } finally {
    progress.stop();
  }
  const speedUp = accuracy === 'direct' ? rows[1]!.versusDirect : rows[1]!.versusWinograd;
  if (json) {
    const described = rows.map(({ cost, latency, memoryBytes, variant }, i) => {
      const { name, fileBytes, trained } = sources[i]!;
      return { name, trained, variant, cost, fileBytes, memoryBytes, latency, top1: answers?.top1[i] };
    });
    process.stdout.write(formatJson({ networks: described, differences, agreement: answers?.agreement, speedUp }));
  } else console.log(comparison(sources, rows, differences, answers, speedUp));
}

async function answersOf(sources: readonly NetworkSource[], data: 'cifar10', limit?: number): Promise<Answers> {
  const evaluations = [];
  for (const { name, trained } of sources) {
    if (!trained) throw new UsageError(`--data goes with model files: ${name} has random weights`);
    const model = await about(name, () => loadModel(name));
    evaluations.push(await evaluateOnCifar10(name, model, limit));
    model.dispose();
  }
  const [first, second] = evaluations as [(typeof evaluations)[number], (typeof evaluations)[number]];
  const same = first.answers.filter((answer, i) => answer === second.answers[i]).length;
  const top1 = (evaluation: typeof first): Top1 => ({ data, percent: evaluation.accuracy, pictures: evaluation.pictures });
  return { top1: [top1(first), top1(second)], agreement: same / first.answers.length };
}

function comparison(
  sources: readonly NetworkSource[],
  rows: readonly Row[],
  differences: readonly Difference[] | string,
  answers: Answers | undefined,
  speedUp: Comparison,
): string {
  const ratio = (of: (i: number) => number): string => (of(1) > 0 ? `${(of(0) / of(1)).toFixed(2)}×` : '');
  const line = (label: string, show: (i: number) => string, change = ''): string[] => [label, show(0), show(1), change];
  const row = (i: number): Row => rows[i]!;
  const lines = [
    line('', (i) => sources[i]!.name),
    line(
      'MACs',
      (i) => formatMillions(row(i).cost.macs),
      ratio((i) => row(i).cost.macs),
    ),
    line(
      "paper's FLOPs",
      (i) => formatMillions(row(i).cost.macs + row(i).cost.adds),
      ratio((i) => row(i).cost.macs + row(i).cost.adds),
    ),
    line(
      'parameters',
      (i) => formatCount(row(i).cost.parameters),
      ratio((i) => row(i).cost.parameters),
    ),
    line(
      'file',
      (i) => (row(i).fileBytes === undefined ? '-' : formatBytes(row(i).fileBytes!)),
      ratio((i) => row(i).fileBytes ?? 0),
    ),
    line(
      'memory',
      (i) => formatBytes(row(i).memoryBytes),
      ratio((i) => row(i).memoryBytes),
    ),
    line(
      'latency',
      (i) => `${row(i).latency.noisy ? '~' : ''}${row(i).latency.medianMs.toFixed(3)} ms`,
      `${formatSpeedUp(speedUp)} (${speedUp.interval.map((value) => value.toFixed(2)).join('–')})`,
    ),
    line(
      '95 %',
      (i) =>
        `${row(i)
          .latency.interval.map((ms) => ms.toFixed(3))
          .join('–')} ms`,
    ),
    ...(answers
      ? [
          line('right', (i) => `${answers.top1[i]!.percent.toFixed(2)} %`),
          line(
            'of pictures',
            (i) => formatCount(answers.top1[i]!.pictures),
            `${(100 * answers.agreement).toFixed(2)} % same answers`,
          ),
        ]
      : []),
  ];
  const results =
    typeof differences === 'string'
      ? `results not compared: ${differences}`
      : differences
          .map(({ output, greatest, mean, scale, sameLargest }) => {
            const place = sameLargest ? 'the largest element is at one place' : 'the largest element is elsewhere';
            return `${output}: differs by up to ${greatest.toPrecision(3)}, on average ${mean.toPrecision(3)}, where values reach ${scale.toPrecision(3)}; ${place}`;
          })
          .join('\n');
  return `${formatTable(lines, ['left', 'right', 'right', 'right'])}\n\n${results}`;
}
