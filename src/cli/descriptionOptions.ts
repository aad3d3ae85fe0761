// Options that say how a model is fed and read, where its file does not: pictures, classes, name, licence.
import type { Command } from 'commander';
import { readDescription } from '../formats/description.js';
import type { ModelFile } from '../formats/modelFile.js';
import { writeDescription } from '../formats/writeDescription.js';
import type { Shape } from '../graph/graph.js';
import type { Preprocessing } from '../graph/preprocessing.js';
import { inferShapes } from '../ops/inferShapes.js';
import { readText } from './trainedWeights.js';

export interface DescriptionOptions {
  readonly preprocessing?: string;
  readonly labels?: string;
  readonly name?: string;
  readonly license?: string;
}

/** What the usual training recipes do to pictures; their size is that of the network's input. */
const RECIPES: Readonly<Record<string, Omit<Preprocessing, 'size'>>> = {
  imagenet: { fit: 'crop', resize: 'bilinear', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], colorOrder: 'RGB' },
  cifar10: {
    fit: 'stretch',
    resize: 'bilinear',
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.247, 0.2435, 0.2616],
    colorOrder: 'RGB',
  },
};

export function addDescriptionOptions(command: Command): Command {
  return command
    .option('--preprocessing <recipe>', `of pictures: ${Object.keys(RECIPES).join(', ')}, or a JSON file as in docs/format.md`)
    .option('--labels <file>', 'names of the classes: a text file with one a line, or a JSON list')
    .option('--name <name>', 'of the network')
    .option('--license <expression>', 'of the weights, in SPDX form');
}

/** The model with what the options say in place of what its file says. Throws `bad-file` where it does not fit the network. */
export async function withDescription(model: ModelFile, options: DescriptionOptions): Promise<ModelFile> {
  const { preprocessing, labels, name, license } = options;
  const graph = name === undefined ? model.graph : { ...model.graph, name };
  const metadata = writeDescription(model);
  if (preprocessing !== undefined) metadata.set('preprocessing', await preprocessingJson(preprocessing, graph.inputs[0]!.shape));
  if (labels !== undefined) metadata.set('labels', await labelsJson(labels));
  if (license !== undefined) metadata.set('license', license);
  return { graph, ...readDescription(metadata, graph, inferShapes(graph)) };
}

async function preprocessingJson(recipe: string, [, , ...size]: Shape): Promise<string> {
  if (!Object.hasOwn(RECIPES, recipe)) return readText(recipe);
  return JSON.stringify({ size, ...RECIPES[recipe] });
}

async function labelsJson(path: string): Promise<string> {
  const text = await readText(path);
  if (/^\s*\[/.test(text)) return text;
  return JSON.stringify(text.replace(/\r?\n$/, '').split(/\r?\n/));
}
