// `hetconv graph`: an architecture as JSON for a trainer, or its cost.
import { type Command, Option } from 'commander';
import { architecture, architectures, type UniformKind } from '../architectures/index.js';
import { bareGraphToJson } from '../graph/graphJson.js';
import { costOf } from '../ops/cost.js';
import { detectHetConv } from '../passes/detectHetConv.js';
import { positiveInteger } from './arguments.js';
import { UsageError } from './reportError.js';
import { formatCount, formatMillions, formatShape, formatTable } from './table.js';

interface Options {
  readonly kind: UniformKind['kind'];
  readonly part?: number;
  readonly groups?: number;
  readonly cost?: true;
  readonly json?: true;
}

const KINDS = ['standard', 'hetconv', 'dwpw', 'gwpw', 'pw'] satisfies UniformKind['kind'][];

export function addGraph(program: Command): void {
  program
    .command('graph')
    .description('print the graph of an architecture as JSON, for training; without a name, list the architectures')
    .argument('[name]', 'architecture')
    .addOption(new Option('-k, --kind <kind>', 'what stands for its convolutions').choices(KINDS).default('standard'))
    .option('-p, --part <P>', 'P of kind hetconv', positiveInteger)
    .option('-g, --groups <G>', 'groups of kind gwpw', positiveInteger)
    .option('--cost', 'print a table of multiply-accumulates and parameters instead')
    .option('--json', 'with --cost or without a name: print JSON')
    .addHelpText(
      'after',
      `
Kinds: standard; hetconv (K×K on 1/P of the channels, 1×1 on the others); dwpw (depthwise, then pointwise);
gwpw (groupwise, then pointwise); pw (pointwise alone).

Examples:
  $ hetconv graph
  $ hetconv graph vgg16-cifar10 --kind hetconv --part 4 > vgg16-p4.json
  $ hetconv graph resnet56-cifar10 --kind hetconv --part 8 --cost`,
    )
    .action(graph);
}

function graph(name: string | undefined, options: Options): void {
  if (name === undefined) {
    const names = Object.keys(architectures);
    console.log(options.json ? JSON.stringify(names) : names.join('\n'));
    return;
  }
  const built = architecture(name, convolutionKind(options));
  if (!options.cost) {
    console.log(JSON.stringify(bareGraphToJson(built), null, 1));
    return;
  }
  const { layers, total } = costOf(detectHetConv(built));
  if (options.json) {
    console.log(JSON.stringify({ name: built.name, layers, total: { ...total, paperFlops: total.macs + total.adds } }, null, 2));
    return;
  }
  const rows = layers
    .filter(({ macs, parameters }) => macs > 0 || parameters > 0)
    .map(({ name, op, outputShape, part, macs, parameters }) => {
      return [name, op, formatShape(outputShape), String(part ?? ''), formatCount(macs), formatCount(parameters)];
    });
  const header = ['layer', 'op', 'output', 'P', 'MACs', 'parameters'];
  const sums = ['total', '', '', '', formatCount(total.macs), formatCount(total.parameters)];
  console.log(`${built.name}\n`);
  console.log(formatTable([header, ...rows, sums], ['left', 'left', 'left', 'right', 'right', 'right']));
  const totals = [
    ['convolution MACs', formatMillions(total.convolutionMacs)],
    ["paper's FLOPs", `${formatMillions(total.macs + total.adds)} (one per MAC, one more per convolution output)`],
    ['parameters', formatMillions(total.parameters, 2)],
  ];
  console.log(`\n${formatTable(totals, ['left', 'left'])}`);
}

function convolutionKind({ kind, part, groups }: Options): UniformKind {
  if (part !== undefined && kind !== 'hetconv') throw new UsageError('--part goes with --kind hetconv');
  if (groups !== undefined && kind !== 'gwpw') throw new UsageError('--groups goes with --kind gwpw');
  if (kind === 'hetconv') {
    if (part === undefined) throw new UsageError('--kind hetconv needs --part');
    return { kind, part };
  }
  if (kind === 'gwpw') {
    if (groups === undefined) throw new UsageError('--kind gwpw needs --groups');
    return { kind, groups };
  }
  return { kind };
}
