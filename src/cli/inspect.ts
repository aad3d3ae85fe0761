// `hetconv inspect`: what a model is made of and how it will run, layer by layer.
import type { Command } from 'commander';
import { loadModel } from '../platform/node/index.js';
import { formatFindings } from './formatFindings.js';
import { about } from './reportError.js';
import { formatBytes, formatCount, formatMillions, formatShape, formatTable } from './table.js';

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('show the layers of a model: operation, shape, P, cost and chosen kernel')
    .argument('<model>', 'model file (.safetensors or .onnx)')
    .option('--tune', 'measure which kernels are fastest here, instead of predicting it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
The layers are those that run: batch norms, activations and residual sums are folded into the convolutions.
Chosen: the kernel is the only one allowed, has the shortest predicted or measured time, or is the first of its kind.
A second table shows what was found in another spelling: HetConv, and other sums of convolutions that are one.

Examples:
  $ hetconv inspect net.safetensors
  $ hetconv inspect --json net.onnx | jq .total`,
    )
    .action(inspect);
}

async function inspect(file: string, { json, tune = false }: { json?: true; tune?: boolean }): Promise<void> {
  const { model, fileBytes } = await about(file, async () => {
    let fileBytes = 0;
    const model = await loadModel(file, {
      tune,
      onProgress: (loaded) => {
        fileBytes = loaded;
      },
    });
    return { model, fileBytes };
  });
  const { layers, total, memory, permutes, findings, name, variant } = model.describe();
  const { inputs, outputs, labels, preprocessing, provenance, license } = model;
  const flops = total.macs + total.adds;
  if (json) {
    const about = { name, variant, fileBytes, inputs, outputs, labels, preprocessing, provenance, license };
    console.log(
      JSON.stringify({ ...about, layers, total: { ...total, paperFlops: flops }, memory, permutes, findings }, null, 2),
    );
    return;
  }
  const ports = (list: typeof inputs) => list.map((port) => `${port.name} ${formatShape(port.shape)}`).join(', ');
  console.log(`${name} (${variant}): ${ports(inputs)} → ${ports(outputs)}\n`);
  const rows = layers.map(({ name, op, outputShape, part, macs, parameters, kernels, chosen }) => {
    return [
      name,
      op,
      formatShape(outputShape),
      String(part ?? ''),
      formatCount(macs),
      formatCount(parameters),
      kernels.join(' ') || '-',
      chosen,
    ];
  });
  const header = ['layer', 'op', 'output', 'P', 'MACs', 'parameters', 'kernel', 'chosen'];
  console.log(formatTable([header, ...rows], ['left', 'left', 'left', 'right', 'right', 'right', 'left', 'left']));
  if (findings.length > 0) console.log(`\n${formatFindings(findings)}`);
  const totals = [
    ['MACs', `${formatMillions(total.macs)} (convolutions ${formatMillions(total.convolutionMacs)})`],
    ["paper's FLOPs", `${formatMillions(flops)} (one per MAC, one more per convolution output)`],
    ['parameters', `${formatCount(total.parameters)} (${formatMillions(total.parameters, 2)})`],
    ['file', formatBytes(fileBytes)],
    ['memory', formatBytes(memory.total)],
    ['activations', `${formatBytes(memory.activations)} (largest live set ${formatBytes(memory.largestLiveSet)})`],
    ['permutes', String(permutes)],
  ];
  console.log(`\n${formatTable(totals, ['left', 'left'])}`);
}
