// `npm run bench:plan`: how far the latencies that `hetconv plan` predicts are from measured ones, on random choices of P. The networks
// that predictions are made from and those that they are about are measured in the same rounds: what is left is the method's own error.
import { Command, Option } from 'commander';
import { architecture, architectures, type ConvolutionKind } from '../../src/architectures/index.js';
import { bench } from '../../src/bench/bench.js';
import { architectureNetwork, kindsOf } from '../../src/bench/entries.js';
import { latencyTable, timedNetworks } from '../../src/bench/latencyTable.js';
import { predict } from '../../src/bench/partPlan.js';
import { seededRandom } from '../../src/bench/random.js';
import { median } from '../../src/bench/statistics.js';
import { positiveInteger } from '../../src/cli/arguments.js';
import {
  accuracyOption,
  addTimingOptions,
  formatJson,
  measureOptions,
  type TimingOptions,
  VARIANTS,
  writeResult,
} from '../../src/cli/benchOptions.js';
import { nodeClock, nodeEnvironment } from '../../src/cli/nodeClock.js';
import { startProgress } from '../../src/cli/progressBar.js';
import { formatTable } from '../../src/cli/table.js';
import { costOf } from '../../src/ops/cost.js';
import { loadRareOps } from '../../src/ops/index.js';
import type { Accuracy } from '../../src/ops/op.js';
import { detectHetConv } from '../../src/passes/detectHetConv.js';
import { selectBinary, type Variant } from '../../src/runtime/variants.js';
import { host } from '../support/builtHost.js';

/** Half of the predictions may be further off than this. */
const TOLERATED = 0.1;
const PARTS = [2, 4, 8, 16, 32, 64];

interface Options extends TimingOptions {
  readonly count: number;
  readonly seed: string;
  readonly variant?: Variant;
  readonly accuracy: Accuracy;
  readonly json?: string;
}

type Mixed = Extract<ConvolutionKind, { kind: 'mixed' }>;

const program = new Command('npm run bench:plan --')
  .description(
    `predicts and measures networks with random P in each layer; exit code 1 if the median error is above ${100 * TOLERATED} %`,
  )
  .argument('[architecture]', `one of ${Object.keys(architectures).join(', ')}`, 'resnet20-cifar10')
  .option('--count <n>', 'networks', positiveInteger, 12)
  .option('--seed <text>', 'of the choices', 'plan')
  .addOption(new Option('--variant <name>', 'binary (default: the best that runs here)').choices(VARIANTS))
  .addOption(accuracyOption())
  .option('--json <file>', 'write everything that was measured');
addTimingOptions(program);
program.parse();
const options = program.opts<Options>();
const [name] = program.processedArgs as [string];
const { count, seed, accuracy, json } = options;

await loadRareOps();
const { variant } = await selectBinary(host, options.variant ?? 'auto');
const random = seededRandom(seed);
const choices = Array.from({ length: count }, () => randomParts(name));
const progress = startProgress(1000, 'measuring {bar} {percentage} %');
const record = await bench([architectureNetwork(name, [...kindsOf(['hetconv'], PARTS, []), ...choices])], {
  host,
  clock: nodeClock,
  environment: nodeEnvironment(),
  variants: [variant],
  accuracies: [accuracy],
  ...measureOptions(options),
  onProgress: ({ done }) => progress.update(Math.round(1000 * done)),
});
progress.stop();
if (json !== undefined) await writeResult(json, formatJson(record));

const table = latencyTable(timedNetworks(record), { architecture: name, variant, accuracy });
const rows = record.networks[0]!.rows.filter(({ entry }) => entry.startsWith('mixed'));
const checks = choices.map(({ parts }, i) => {
  const { latency, cost } = rows[i]!;
  const chosen = table.layers.map(({ name, options }) => options.find(({ part }) => part === parts.get(name))!);
  const predictedMs = predict(table, chosen);
  return { parts, macs: cost.macs, predictedMs, latency, error: predictedMs / latency.medianMs - 1 };
});
const middle = median(checks.map(({ error }) => Math.abs(error)));

const { device, engine, date } = record.environment;
console.log(`${name} (${variant}, ${accuracy}); ${device}, ${engine}, ${date}; seed "${seed}"\n`);
const lines = checks.map(({ parts, macs, predictedMs, latency, error }) => [
  [...parts.values()].join(' '),
  (macs / 1e6).toFixed(2),
  predictedMs.toFixed(4),
  `${latency.noisy ? '~' : ''}${latency.medianMs.toFixed(4)}`,
  `${(100 * error).toFixed(1)} %`,
]);
console.log(
  formatTable(
    [['P of the layers', 'M MACs', 'predicted ms', 'measured ms', 'error'], ...lines],
    ['left', 'right', 'right', 'right', 'right'],
  ),
);
console.log(`\nmedian error: ${(100 * middle).toFixed(1)} % of ${count} networks`);
if (middle > TOLERATED) process.exitCode = 1;

/** For each layer that may be HetConv, the standard convolution or one of its parts, drawn alike. */
function randomParts(network: string): Mixed {
  const possible = new Map<string, Set<number>>();
  for (const part of PARTS) {
    for (const layer of costOf(detectHetConv(architecture(network, { kind: 'hetconv', part }))).layers) {
      if (layer.part !== undefined) possible.set(layer.name, (possible.get(layer.name) ?? new Set([1])).add(layer.part));
    }
  }
  const draw = (parts: ReadonlySet<number>): number => [...parts][Math.floor(random() * parts.size)]!;
  return { kind: 'mixed', parts: new Map([...possible].map(([layer, parts]) => [layer, draw(parts)])) };
}
