// `hetconv eval`: accuracy of a classifier on a whole test set, computed by this runtime.
import { type Command, Option } from 'commander';
import { HetConvError, loadModel, type Model } from '../platform/node/index.js';
import { positiveInteger } from './arguments.js';
import { CIFAR10_CLASSES, type LabelledPictures, loadCifar10Test } from './cifar10.js';
import { startProgress } from './progressBar.js';
import { about } from './reportError.js';
import { formatCount, formatTable } from './table.js';

interface Options {
  readonly data: string;
  readonly limit?: number;
  readonly json?: true;
}

/** How often pictures of one class were taken for another. */
interface Confusion {
  readonly truth: string;
  readonly answer: string;
  readonly count: number;
}

interface Evaluation {
  readonly pictures: number;
  readonly correct: number;
  /** Percent. */
  readonly accuracy: number;
  readonly picturesPerSecond: number;
  readonly classes: readonly { readonly label: string; readonly pictures: number; readonly correct: number }[];
  /** Most frequent first. */
  readonly confusions: readonly Confusion[];
}

const SHOWN_CONFUSIONS = 5;
const PICTURES_PER_UPDATE = 50;

export function addEvaluate(program: Command): void {
  program
    .command('eval')
    .description('measure the accuracy of a classifier on a test set')
    .argument('<model>', 'model file (.safetensors)')
    .addOption(
      new Option('-d, --data <set>', 'test set, fetched into the cache when first used (139 MB)')
        .choices(['cifar10'])
        .makeOptionMandatory(),
    )
    .option('-l, --limit <N>', 'only the first N pictures', positiveInteger)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Pictures are fitted and normalised as the model file says. The cache is \${XDG_CACHE_HOME:-~/.cache}/hetconv.

Examples:
  $ hetconv eval net.safetensors --data cifar10
  $ hetconv eval net.safetensors --data cifar10 --limit 500 --json`,
    )
    .action(evaluate);
}

async function evaluate(file: string, { limit, json }: Options): Promise<void> {
  const model = await about(file, () => loadModel(file));
  const { answers: _, ...evaluation } = await evaluateOnCifar10(file, model, limit);
  if (json) console.log(JSON.stringify({ model: model.name, variant: model.variant, data: 'cifar10', ...evaluation }, null, 2));
  else print(`${model.name} (${model.variant})`, evaluation);
}

/** Of the model in `file`, on the first `limit` test pictures. Throws `bad-option` for a network that tells other classes apart. */
export async function evaluateOnCifar10(
  file: string,
  model: Model,
  limit?: number,
): Promise<Evaluation & { answers: readonly string[] }> {
  const classes = model.outputs[0]!.shape.at(-1);
  if (classes !== CIFAR10_CLASSES.length || model.labels?.some((label) => !CIFAR10_CLASSES.includes(label))) {
    throw new HetConvError(
      'bad-option',
      `${file} does not tell the ten classes of CIFAR-10 apart: ${CIFAR10_CLASSES.join(', ')}`,
    );
  }
  const set = await loadCifar10Test();
  const labels = model.labels ?? CIFAR10_CLASSES;
  const answers: string[] = [];
  const answerOf = async (i: number) => {
    const answer = labels[(await model.classify(set.picture(i), { topK: 1 }))[0]!.index]!;
    answers.push(answer);
    return answer;
  };
  return { ...(await tally(set, Math.min(limit ?? set.count, set.count), answerOf)), answers };
}

async function tally(set: LabelledPictures, count: number, answerOf: (i: number) => Promise<string>): Promise<Evaluation> {
  const progress = startProgress(count, 'classifying {bar} {value} of {total}, {eta} s left');
  const counts = new Map<string, Confusion>();
  const start = performance.now();
  try {
    for (let i = 0; i < count; i++) {
      const truth = CIFAR10_CLASSES[set.labels[i]!]!;
      const answer = await answerOf(i);
      const key = `${truth} ${answer}`;
      counts.set(key, { truth, answer, count: (counts.get(key)?.count ?? 0) + 1 });
      if (i % PICTURES_PER_UPDATE === 0) progress.update(i);
    }
  } finally {
    progress.stop();
  }
  const seconds = (performance.now() - start) / 1000;
  const all = [...counts.values()];
  const sum = (cells: readonly Confusion[]) => cells.reduce((total, cell) => total + cell.count, 0);
  const correct = sum(all.filter(({ truth, answer }) => truth === answer));
  return {
    pictures: count,
    correct,
    accuracy: (100 * correct) / count,
    picturesPerSecond: count / seconds,
    classes: CIFAR10_CLASSES.map((label) => {
      const own = all.filter(({ truth }) => truth === label);
      return { label, pictures: sum(own), correct: sum(own.filter(({ answer }) => answer === label)) };
    }),
    confusions: all.filter(({ truth, answer }) => truth !== answer).sort((a, b) => b.count - a.count),
  };
}

function print(model: string, { pictures, correct, accuracy, picturesPerSecond, classes, confusions }: Evaluation): void {
  console.log(
    `${model}: ${accuracy.toFixed(2)} % of ${formatCount(pictures)} CIFAR-10 test pictures (${formatCount(correct)} right)`,
  );
  console.log(`${picturesPerSecond.toFixed(1)} pictures/s\n`);
  const share = (right: number, of: number) => (of === 0 ? '-' : `${((100 * right) / of).toFixed(1)} %`);
  const worst = [...classes]
    .filter(({ pictures }) => pictures > 0)
    .sort((a, b) => a.correct / a.pictures - b.correct / b.pictures);
  const rows = worst.map(({ label, pictures, correct }) => [label, share(correct, pictures)]);
  console.log(formatTable([['class', 'right'], ...rows], ['left', 'right']));
  const mistakes = confusions.slice(0, SHOWN_CONFUSIONS).map(({ truth, answer, count }) => [truth, answer, String(count)]);
  if (mistakes.length === 0) return;
  console.log(`\n${formatTable([['most often mistaken:', 'taken for', 'times'], ...mistakes], ['left', 'left', 'right'])}`);
}
