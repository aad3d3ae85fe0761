// `hetconv convert`: any readable model to a native file with HetConv found and batch norm folded.
import { rename, rm, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { readModel } from '../formats/index.js';
import { native } from '../formats/native.js';
import { canonicalise } from '../passes/canonicalise.js';
import { host } from '../platform/node/host.js';
import { HetConvError } from '../platform/node/index.js';
import { about } from './reportError.js';
import { formatBytes } from './table.js';

interface Options {
  readonly precision: 'f16' | 'f32';
  readonly json?: true;
}

export function addConvert(program: Command): void {
  program
    .command('convert')
    .description('convert a model to a native file: HetConv detected, batch norm folded, weights rounded')
    .argument('<in>', 'model file (.safetensors or .onnx)')
    .argument('<out>', 'native file to write (.safetensors)')
    .addOption(new Option('-p, --precision <type>', 'of weights; biases stay float32').choices(['f16', 'f32']).default('f16'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ hetconv convert net.onnx net.safetensors
  $ hetconv convert --precision f32 trained.safetensors net.safetensors`,
    )
    .action(convert);
}

async function convert(from: string, to: string, { precision, json }: Options): Promise<void> {
  const { before, file, bytes } = await about(from, async () => {
    const read = await host.read(from, {});
    const model = await readModel(read, { sibling: host.sibling(from) });
    const file = { ...model, graph: canonicalise(model.graph), canonical: true };
    return { before: { bytes: read.length, nodes: model.graph.nodes.length }, file, bytes: native.write!(file, { precision }) };
  });
  await writeWhole(to, bytes);
  const hetConvs = file.graph.nodes.filter(({ op }) => op === 'hetConv').length;
  const after = { bytes: bytes.length, nodes: file.graph.nodes.length, hetConvs };
  if (json) console.log(JSON.stringify({ name: file.graph.name, precision, before, after, file: to }, null, 2));
  else {
    console.log(
      `${file.graph.name}: ${before.nodes} nodes, ${formatBytes(before.bytes)} → ${after.nodes} nodes, ${formatBytes(after.bytes)}`,
    );
    console.log(`${hetConvs} HetConv layers, weights in ${precision}, written to ${to}`);
  }
}

/** A failure leaves whatever `path` was. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  try {
    await writeFile(partial, bytes);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new HetConvError('bad-option', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}
