// `hetconv convert`: any readable model, with HetConv found and batch norm folded, to a native file or to ONNX.
import { rename, rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { readModel } from '../formats/index.js';
import { type WritableFormat, writers } from '../formats/writers.js';
import type { Graph } from '../graph/graph.js';
import { canonicalise } from '../passes/canonicalise.js';
import type { Finding } from '../passes/finding.js';
import { permuteChannels } from '../passes/permuteChannels.js';
import { host } from '../platform/node/host.js';
import { HetConvError } from '../platform/node/index.js';
import { addDescriptionOptions, type DescriptionOptions, withDescription } from './descriptionOptions.js';
import { formatFindings } from './formatFindings.js';
import { about, UsageError } from './reportError.js';
import { formatBytes } from './table.js';
import { addNetworkOptions, type NetworkOptions, readTrained } from './trainedWeights.js';

interface Options extends NetworkOptions, DescriptionOptions {
  readonly precision?: 'f16' | 'f32';
  readonly json?: true;
}

export function addConvert(program: Command): void {
  const command = program
    .command('convert')
    .description('convert a model to a native file or to ONNX: HetConv detected, batch norm folded, weights rounded')
    .argument('<in>', 'model file (.safetensors, .onnx), or weights with --arch or --graph (.pt, .pth, .safetensors)')
    .argument('<out>', 'file to write: native (.safetensors) or ONNX (.onnx)')
    .addOption(
      new Option('-p, --precision <type>', 'of weights; biases stay float32 (default: f16, in ONNX f32)').choices(['f16', 'f32']),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
In ONNX, which has no HetConv, each is a grouped and a 1×1 convolution and their sum; read back, it is HetConv again.

Examples:
  $ hetconv convert net.onnx net.safetensors
  $ hetconv convert net.safetensors net.onnx
  $ hetconv convert --precision f32 trained.safetensors net.safetensors
  $ hetconv convert resnet18.pth net.safetensors --arch resnet18-imagenet --preprocessing imagenet --labels classes.txt`,
    )
    .action(convert);
  addDescriptionOptions(addNetworkOptions(command));
}

async function convert(from: string, to: string, options: Options): Promise<void> {
  const { name: format, load } = writableFormat(to);
  const { json, precision = format === 'native' ? 'f16' : 'f32' } = options;
  const write = await load();
  const { findings, before, file, bytes } = await about(from, async () => {
    const read = await host.read(from, {});
    const trained = await readTrained(read, options);
    const model = trained ? { graph: trained } : await readModel(read, { sibling: host.sibling(from, {}) });
    const findings: Finding[] = [];
    const canonical = canonicalise(model.graph, (finding) => findings.push(finding));
    const written = trained ? named(canonical) : canonical;
    // Only neighbouring channels are groups of other runtimes.
    const graph = format === 'native' ? written : permuteChannels(written);
    const file = { ...(await withDescription({ ...model, graph }, options)), canonical: true };
    return { findings, before: { bytes: read.length, nodes: model.graph.nodes.length }, file, bytes: write(file, { precision }) };
  });
  await writeWhole(to, bytes);
  const hetConvs = file.graph.nodes.filter(({ op }) => op === 'hetConv').length;
  const after = { bytes: bytes.length, nodes: file.graph.nodes.length, hetConvs };
  if (json) console.log(JSON.stringify({ name: file.graph.name, precision, before, after, findings, file: to }, null, 2));
  else {
    if (findings.length > 0) console.log(`${formatFindings(findings)}\n`);
    console.log(
      `${file.graph.name}: ${before.nodes} nodes, ${formatBytes(before.bytes)} → ${after.nodes} nodes, ${formatBytes(after.bytes)}`,
    );
    console.log(`${hetConvs} HetConv layers, weights in ${precision}, written to ${to}`);
  }
}

/** The format that the name of a file asks for. */
function writableFormat(path: string): WritableFormat {
  const format = writers.find(({ extension }) => extension === extname(path).toLowerCase());
  if (format) return format;
  throw new UsageError(`the name of the file to write must end in ${writers.map((row) => row.extension).join(' or ')}: ${path}`);
}

/** Weights of an architecture say by themselves what its convolutions are. */
function named(graph: Graph): Graph {
  const parts = new Set(graph.nodes.flatMap(({ op, attributes }) => (op === 'hetConv' ? [attributes.part] : [])));
  if (parts.size === 0) return graph;
  return { ...graph, name: `${graph.name}-hetconv${parts.size === 1 ? `-p${[...parts][0]}` : ''}` };
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
