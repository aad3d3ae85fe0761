// `hetconv run`: .npy tensors in, .npy tensors out.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readNpy, writeNpy } from '../formats/npy.js';
import { host } from '../platform/node/host.js';
import { HetConvError, loadModel, type Tensor } from '../platform/node/index.js';
import { about, UsageError } from './reportError.js';
import { formatMilliseconds, formatShape, formatTable } from './table.js';

interface Options {
  readonly input: readonly string[];
  readonly output: string;
  readonly json?: true;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .description('run a model on tensors in .npy files')
    .argument('<model>', 'model file (.safetensors or .onnx)')
    .requiredOption('-i, --input <name=file.npy>', 'an input of the model; repeat for several', collect)
    .requiredOption('-o, --output <folder>', 'where <output name>.npy is written')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Pictures are [N, C, H, W]; other numeric types are converted to float32.

Example:
  $ hetconv run net.safetensors --input input=x.npy --output out`,
    )
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const given = options.input.map(splitInput);
  const model = await about(file, () => loadModel(file));
  const inputs: Record<string, Tensor<Float32Array>> = Object.create(null);
  for (const [name, path] of given) {
    if (name in inputs) throw new UsageError(`--input ${name} is given twice`);
    inputs[name] = await about(path, async () => readNpy(await host.read(path, {})));
  }
  const start = performance.now();
  const outputs = model.runSync(inputs);
  const ms = performance.now() - start;
  const written = [];
  for (const [name, { shape, data }] of Object.entries(outputs)) {
    const path = join(options.output, `${name.replace(/[^\w.-]+/g, '_')}.npy`);
    await write(options.output, path, writeNpy({ shape, data }));
    written.push({ name, shape, dtype: data instanceof Int32Array ? 'i32' : 'f32', file: path });
  }
  if (options.json) {
    console.log(JSON.stringify({ model: model.name, variant: model.variant, ms, outputs: written }, null, 2));
    return;
  }
  console.log(`${model.name} (${model.variant}) ran in ${formatMilliseconds(ms)}`);
  const rows = written.map(({ name, shape, dtype, file }) => [name, formatShape(shape), dtype, file]);
  console.log(formatTable(rows, ['left', 'left', 'left', 'left']));
}

function splitInput(text: string): [name: string, path: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new UsageError(`--input takes name=file.npy, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The values of an option that may be repeated. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function write(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, bytes);
  } catch (cause) {
    throw new HetConvError('bad-option', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}
