// `hetconv run`: tensors in .npy files or a picture in; tensors, boxes or a mask out.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readNpy, writeNpy } from '../formats/npy.js';
import { decodePicture } from '../image/decode.js';
import type { Picture } from '../image/picture.js';
import { host } from '../platform/node/host.js';
import { type Detection, HetConvError, loadModel, type Model, type Outputs, type Tensor } from '../platform/node/index.js';
import { maskPng } from './maskPng.js';
import { about, UsageError } from './reportError.js';
import { formatMilliseconds, formatShape, formatTable } from './table.js';

interface Options {
  readonly input: readonly string[];
  readonly image?: string;
  readonly output?: string;
  readonly boxes?: true;
  readonly mask?: string;
  readonly json?: true;
}

interface WrittenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'f32' | 'i32';
  readonly file: string;
}

interface WrittenMask {
  readonly file: string;
  /** Share of the picture's pixels, largest first. */
  readonly classes: readonly { readonly index: number; readonly label: string; readonly share: number }[];
}

/** What a run gave, as far as it was asked for. */
interface Results {
  readonly model: string;
  readonly variant: string;
  /** Running the network; with a picture also fitting it. */
  readonly ms: number;
  readonly outputs?: readonly WrittenTensor[];
  readonly boxes?: readonly Detection[];
  readonly mask?: WrittenMask;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .description('run a model on tensors in .npy files or on a picture')
    .argument('<model>', 'model file (.safetensors or .onnx)')
    .addOption(
      new Option('-i, --input <name=file.npy>', 'an input of the model; repeat for several')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--image <picture>', 'a JPEG, PNG or WebP as the only input, prepared as the model file says')
    .option('-o, --output <folder>', 'where <output name>.npy is written')
    .option('--boxes', 'print what a detector found in the picture')
    .option('--mask <file.png>', 'where the map of classes that a segmenter gives is written')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Tensors of pictures are [N, C, H, W]; other numeric types are converted to float32.

Examples:
  $ hetconv run net.safetensors --input input=x.npy --output out
  $ hetconv run detector.safetensors --image street.jpg --boxes
  $ hetconv run segmenter.safetensors --image dog.jpg --mask mask.png`,
    )
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const { input, image, output, boxes, mask, json } = options;
  if (input.length > 0 === (image !== undefined)) throw new UsageError('give either --input name=file.npy or --image picture');
  if (output === undefined && !boxes && mask === undefined) throw new UsageError('say what to make: --output, --boxes or --mask');
  if ((boxes || mask !== undefined) && image === undefined) throw new UsageError('--boxes and --mask need a picture: --image');
  const given = input.map(splitInput);
  const model = await about(file, () => loadModel(file));
  const picture =
    image === undefined ? undefined : await about(image, async () => decodePicture(await host.read(image, {}), host.module));
  const inputs = picture ? undefined : await readInputs(given);
  const start = performance.now();
  const outputs = model.runSync(inputs ?? { [model.inputs[0]!.name]: (await model.prepare(picture!)).tensor });
  const ms = performance.now() - start;
  const results: Results = {
    model: model.name,
    variant: model.variant,
    ms,
    ...(output !== undefined && { outputs: await writeOutputs(outputs, output) }),
    ...(boxes && { boxes: await model.detect(picture!) }),
    ...(mask !== undefined && { mask: await writeMask(model, picture!, mask) }),
  };
  if (json) console.log(JSON.stringify(results, null, 2));
  else print(results);
}

async function readInputs(given: readonly (readonly [string, string])[]): Promise<Record<string, Tensor<Float32Array>>> {
  const inputs: Record<string, Tensor<Float32Array>> = Object.create(null);
  for (const [name, path] of given) {
    if (name in inputs) throw new UsageError(`--input ${name} is given twice`);
    inputs[name] = await about(path, async () => readNpy(await host.read(path, {})));
  }
  return inputs;
}

async function writeOutputs(outputs: Outputs, folder: string): Promise<WrittenTensor[]> {
  const written: WrittenTensor[] = [];
  for (const [name, { shape, data }] of Object.entries(outputs)) {
    const file = join(folder, `${name.replace(/[^\w.-]+/g, '_')}.npy`);
    await writing(file, async () => {
      await mkdir(folder, { recursive: true });
      await writeFile(file, writeNpy({ shape, data }));
    });
    written.push({ name, shape, dtype: data instanceof Int32Array ? 'i32' : 'f32', file });
  }
  return written;
}

async function writeMask(model: Model, picture: Picture, file: string): Promise<WrittenMask> {
  const segmentation = await model.segment(picture);
  await writing(file, () => writeFile(file, maskPng(segmentation)));
  const counts = new Map<number, number>();
  for (const index of segmentation.classes) counts.set(index, (counts.get(index) ?? 0) + 1);
  const pixels = segmentation.classes.length;
  const classes = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([index, count]) => ({ index, label: model.labels?.[index] ?? String(index), share: count / pixels }));
  return { file, classes };
}

function print({ model, variant, ms, outputs, boxes, mask }: Results): void {
  console.log(`${model} (${variant}) ran in ${formatMilliseconds(ms)}`);
  if (outputs) {
    const rows = outputs.map(({ name, shape, dtype, file }) => [name, formatShape(shape), dtype, file]);
    console.log(formatTable(rows, ['left', 'left', 'left', 'left']));
  }
  if (boxes) {
    const rows = boxes.map(({ label, score, box: { left, top, right, bottom } }) => [
      label,
      score.toFixed(2),
      ...[left, top, right, bottom].map((edge) => edge.toFixed(1)),
    ]);
    console.log(
      formatTable(
        [['what', 'score', 'left', 'top', 'right', 'bottom'], ...rows],
        ['left', 'right', 'right', 'right', 'right', 'right'],
      ),
    );
  }
  if (mask) {
    const rows = mask.classes.map(({ label, share }) => [label, `${(100 * share).toFixed(1)} %`]);
    console.log(`${formatTable(rows, ['left', 'right'])}\n${mask.file}`);
  }
}

function splitInput(text: string): [name: string, path: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new UsageError(`--input takes name=file.npy, not "${text}"`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** The values of an option that may be repeated. */
function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new HetConvError('bad-option', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}
