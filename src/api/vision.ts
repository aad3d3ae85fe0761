// What a model does with pictures, loaded when it is given its first one.
import { HetConvError } from '../graph/error.js';
import { type PictureKernels, Preprocessor } from '../image/preprocess.js';
import type { Host } from '../runtime/host.js';
import type { Outputs, Session } from '../runtime/session.js';
import { type Classification, rank, softmax } from './classification.js';
import type { Detection, DetectOptions } from './detection.js';
import type { Model } from './model.js';
import { readPicture } from './pictureSource.js';
import { type PreparedPicture, preparePicture } from './preparation.js';
import type { Segmentation } from './segmentation.js';

export interface VisionParts {
  readonly host: Host;
  /** The binary that the model runs on. */
  readonly module: WebAssembly.Module;
  readonly session: Session;
  /** What computes the first output. */
  readonly lastOp: string | undefined;
  /** The most that a picture may have. */
  readonly maxPixels: number | undefined;
}

export class Vision {
  readonly #model: Model;
  readonly #parts: VisionParts;
  #preprocessor: Promise<Preprocessor> | undefined;

  constructor(model: Model, parts: VisionParts) {
    this.#model = model;
    this.#parts = parts;
  }

  async prepare(image: unknown): Promise<PreparedPicture> {
    const { name, preprocessing } = this.#model;
    this.#parts.session.assertLive();
    if (!preprocessing) {
      throw new HetConvError(
        'bad-option',
        `the model "${name}" says nothing of how to feed it pictures; prepare its inputs and call run`,
      );
    }
    const { host, maxPixels } = this.#parts;
    const [picture, preprocessor] = await Promise.all([readPicture(image, host, maxPixels), this.#open()]);
    return preparePicture(picture, preprocessing, preprocessor);
  }

  async classify(image: unknown, topK: number): Promise<Classification[]> {
    const { outputs } = await this.#look(image);
    const scores = outputs[this.#model.outputs[0]!.name]!.data;
    return rank(this.#parts.lastOp === 'softmax' ? scores : softmax(scores), this.#model.labels, topK);
  }

  async detect(image: unknown, options: DetectOptions): Promise<Detection[]> {
    const { picture, outputs } = await this.#look(image);
    const { detectionsOf } = await import('./detection.js');
    return detectionsOf(outputs, picture, this.#model.labels, options);
  }

  async segment(image: unknown): Promise<Segmentation> {
    const { picture, outputs } = await this.#look(image);
    const { segmentationOf } = await import('./segmentation.js');
    return segmentationOf(outputs[this.#model.outputs[0]!.name]!, picture, this.#parts.lastOp === 'sigmoid' ? 0.5 : 0);
  }

  async #look(image: unknown): Promise<{ picture: PreparedPicture; outputs: Outputs }> {
    const picture = await this.prepare(image);
    return { picture, outputs: this.#parts.session.run({ [this.#model.inputs[0]!.name]: picture.tensor }) };
  }

  /** The model's own memory must not grow while it runs, so pictures have one of theirs. A failure is forgotten. */
  #open(): Promise<Preprocessor> {
    if (!this.#preprocessor) {
      const { host, module } = this.#parts;
      const memory = new WebAssembly.Memory({ initial: 1 });
      this.#preprocessor = host
        .instantiate(module, { env: { memory } })
        .then((exports) => new Preprocessor(exports as PictureKernels, memory));
      this.#preprocessor.catch(() => {
        this.#preprocessor = undefined;
      });
    }
    return this.#preprocessor;
  }
}
