// One look at a picture: prepared and run one after the other, so that each is timed by itself.
import { type Classification, rank, softmax } from '../../src/api/classification.js';
import { HetConvError, type Model, type PictureSource, type Tensor } from '../../src/platform/browser/index.js';

export interface Look {
  readonly classes: readonly Classification[];
  /** The picture as the network's input. */
  readonly tensor: Tensor<Float32Array>;
  /** Milliseconds, as this page sees them: decoded, resized and normalised; run, to the worker and back. */
  readonly prepareMs: number;
  readonly runMs: number;
}

/** Classes that are shown. */
const TOP = 5;

/** Throws what `prepare` and `run` throw, and `bad-option` where the network is no classifier. */
export async function lookAt(model: Model, picture: PictureSource): Promise<Look> {
  const begin = performance.now();
  const { tensor } = await model.prepare(picture);
  const prepareMs = performance.now() - begin;
  const { outputs, ms: runMs } = await timedRun(model, tensor);
  const { shape, data } = outputs[model.outputs[0]!.name]!;
  const classes = shape[1] ?? 0;
  if (classes < 2 || data.length !== classes) {
    throw new HetConvError(
      'bad-option',
      `"${model.name}" does not score classes: its output is [${shape}]. Its layers and its card are below; here only classifiers answer`,
    );
  }
  const isSoftmax = model.describe().layers.at(-1)?.op === 'softmax';
  return { classes: rank(isSoftmax ? data : softmax(data), model.labels, TOP), tensor, prepareMs, runMs };
}

export async function timedRun(model: Model, tensor: Tensor<Float32Array>) {
  const begin = performance.now();
  const outputs = await model.run({ [model.inputs[0]!.name]: tensor });
  return { outputs, ms: performance.now() - begin };
}
