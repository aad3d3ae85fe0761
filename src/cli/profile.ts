// `hetconv profile`: where the time of a network goes, layer by layer, and how much better it could be.
import { type Command, Option } from 'commander';
import { profile as profileGraph } from '../bench/profile.js';
import type { ProfileRecord } from '../bench/record.js';
import { DEFAULT_MAX_MEMORY } from '../formats/format.js';
import type { Accuracy } from '../ops/op.js';
import { host } from '../platform/node/host.js';
import type { Variant } from '../platform/node/index.js';
import {
  accuracyOption,
  addTimingOptions,
  formatJson,
  measureOptions,
  requireWritable,
  type TimingOptions,
  VARIANTS,
  writeResult,
} from './benchOptions.js';
import { networkSource } from './networkSource.js';
import { nodeClock, nodeEnvironment } from './nodeClock.js';
import { DEFAULT_MODEL } from './packageRoot.js';
import { startProgress } from './progressBar.js';
import { formatTable } from './table.js';

interface Options extends TimingOptions {
  readonly variant?: Variant;
  readonly accuracy: Accuracy;
  readonly json?: string | true;
  readonly html?: string;
  readonly trace?: string;
}

export function addProfile(program: Command): void {
  const command = program
    .command('profile')
    .description('time each layer of a network, beside the least that the ceilings of this core allow')
    .argument('[model]', 'model file, or architecture such as vgg16-cifar10-hetconv-p4', DEFAULT_MODEL)
    .addOption(new Option('--variant <name>', 'binary (default: the best that runs here)').choices(VARIANTS))
    .addOption(accuracyOption())
    .option('--json [file]', 'print or write JSON')
    .option('--html <file>', 'write a report with figures, one file that loads nothing')
    .option('--trace <file>', 'write every call of three runs, as chrome://tracing and ui.perfetto.dev open it')
    .addHelpText(
      'after',
      `
The ceilings are multiply-adds on registers alone and a copy in memory, measured in the same rounds. A layer is bound by whichever would
take longer at its ceiling; "of ceiling" is that least time by the measured one. Bytes are inputs, weights and outputs once, in f32.

Examples:
  $ hetconv profile net.safetensors
  $ hetconv profile resnet20-cifar10-hetconv-p4 --html profile.html --trace trace.json`,
    )
    .action(profile);
  addTimingOptions(command);
}

async function profile(operand: string, options: Options): Promise<void> {
  const { variant = 'auto', accuracy, json, html, trace: traceFile } = options;
  await requireWritable([json, html, traceFile]);
  const { optimised } = await networkSource(operand);
  const progress = startProgress(options.rounds, 'measuring {bar} {value} of {total} rounds, {eta} s left');
  let result: Awaited<ReturnType<typeof profileGraph>>;
  try {
    result = await profileGraph(optimised, {
      host,
      clock: nodeClock,
      environment: nodeEnvironment(),
      variant,
      accuracy,
      maxMemory: DEFAULT_MAX_MEMORY,
      ...measureOptions(options),
      onRound: (done) => progress.update(done),
    });
  } finally {
    progress.stop();
  }
  const { record, trace } = result;
  if (typeof json === 'string') await writeResult(json, formatJson(record));
  if (traceFile !== undefined) await writeResult(traceFile, formatJson(trace));
  if (html !== undefined) await (await import('./reports.js')).writeReport(html, record);
  if (json === true) process.stdout.write(formatJson(record));
  else {
    console.log(profileTable(record));
    for (const path of [json, html, traceFile]) if (path !== undefined) console.log(`\nwritten to ${path}`);
  }
}

function profileTable({ network, variant, accuracy, latency, ceilings, layers, environment }: ProfileRecord): string {
  const header = ['layer', 'op', 'ms', 'share', 'GFLOP/s', 'of ceiling', 'bound by', 'MB moved', 'kernels'];
  const lines = layers.map(({ name, op, latency, share, macs, gflops, ofCeiling, bound, bytes, kernels }) => [
    name || '(inputs and outputs)',
    op,
    `${latency.noisy ? '~' : ''}${latency.medianMs.toFixed(4)}`,
    `${(100 * share).toFixed(1)} %`,
    macs > 0 ? gflops.toFixed(1) : '',
    `${(100 * ofCeiling).toFixed(0)} %`,
    bound,
    (bytes / 1e6).toFixed(3),
    kernels.join(' '),
  ]);
  const table = formatTable([header, ...lines], ['left', 'left', 'right', 'right', 'right', 'right', 'left', 'right', 'left']);
  const interval = latency.interval.map((ms) => ms.toFixed(3)).join('–');
  const limits = `at most ${ceilings.gflops.toFixed(1)} GFLOP/s, ${ceilings.memoryGBs.toFixed(1)} GB/s in memory, ${ceilings.cacheGBs.toFixed(1)} GB/s in the cache`;
  return [
    `${network} (${variant}, ${accuracy}): ${latency.medianMs.toFixed(3)} ms a run (95 %: ${interval}; ${latency.dropped} dropped)`,
    `${environment.device}, ${environment.engine}: ${limits}\n`,
    table,
  ].join('\n');
}
