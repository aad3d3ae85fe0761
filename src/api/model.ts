// A loaded model as its user sees it.
import type { ModelFile } from '../formats/modelFile.js';
import { type Graph, withoutValues } from '../graph/graph.js';
import type { Preprocessing } from '../graph/preprocessing.js';
import type { LayerCost, TotalCost } from '../ops/cost.js';
import type { Finding } from '../passes/finding.js';
import type { Plan, Port } from '../plan/plan.js';
import type { Host } from '../runtime/host.js';
import type { CallOptions, Inputs, Outputs, RunOptions, Session } from '../runtime/session.js';
import type { Tuning } from '../runtime/tuning.js';
import type { Binary, Variant } from '../runtime/variants.js';
import type { Classification } from './classification.js';
import { type DescribedParts, describePlan, type ModelDescription } from './description.js';
import type { Detection, DetectOptions } from './detection.js';
import type { PictureSource } from './pictureSource.js';
import type { PreparedPicture } from './preparation.js';
import type { LayerProfile } from './profile.js';
import type { Segmentation } from './segmentation.js';
import type { Vision, VisionParts } from './vision.js';

/** An input or output: row-major, pictures as [N, C, H, W]. */
export interface PortInfo {
  readonly name: string;
  readonly shape: readonly number[];
  readonly layout: 'NCHW' | 'row-major';
  readonly dtype: 'f32' | 'i32';
}

export interface ModelParts {
  readonly host: Host;
  readonly file: ModelFile;
  /** The optimised graph. */
  readonly graph: Graph;
  readonly findings: readonly Finding[];
  readonly plan: Plan;
  readonly session: Session;
  readonly binary: Binary;
  readonly memoryBytes: number;
  readonly maxPixels?: number | undefined;
  readonly tuning?: Tuning | undefined;
  /** Nodes whose kernels `tuning` chose. */
  readonly measured: ReadonlySet<string>;
}

export class LocalModel {
  readonly name: string;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly variant: Variant;
  readonly labels: readonly string[] | undefined;
  readonly preprocessing: Preprocessing | undefined;
  readonly provenance: ModelFile['provenance'];
  readonly license: string | undefined;
  /** What `tune` measured or found usable: plain data that `loadModel` takes back as `tune`. */
  readonly tuning: Tuning | undefined;
  readonly #host: Host;
  readonly #session: Session;
  readonly #described: DescribedParts;
  #description: ModelDescription | undefined;
  readonly #visionParts: VisionParts;
  #openVision: Promise<Vision> | undefined;

  /** Made by `loadModel`. */
  constructor({ host, file, graph, findings, plan, session, binary, memoryBytes, maxPixels, tuning, measured }: ModelParts) {
    this.name = graph.name;
    this.inputs = plan.inputs.map(describePort);
    this.outputs = plan.outputs.map(describePort);
    this.variant = binary.variant;
    this.labels = file.labels;
    this.preprocessing = file.preprocessing;
    this.provenance = file.provenance;
    this.license = file.license;
    this.tuning = tuning;
    this.#host = host;
    this.#session = session;
    const { choices, activationBytes, largestLiveSet } = plan;
    this.#described = {
      graph: withoutValues(graph),
      variant: binary.variant,
      plan: { choices, activationBytes, largestLiveSet },
      memoryBytes,
      findings,
      measured,
    };
    const lastOp = graph.nodes.find(({ outputs }) => outputs[0] === graph.outputs[0])?.op;
    this.#visionParts = { host, module: binary.module, session, lastOp, maxPixels };
  }

  /**
   * Runs the network on row-major tensors by input name. Where the model file describes how to feed it pictures, the first input may be
   * one, as `prepare` takes it. Several runs may be in flight: each is one synchronous section. The results are the caller's own unless
   * `into` names arrays to fill. Throws `bad-input` or `disposed`, and for pictures what `prepare` throws.
   */
  async run(inputs: Readonly<Record<string, Inputs[string] | PictureSource>>, options?: RunOptions): Promise<Outputs> {
    options?.signal?.throwIfAborted();
    const { name } = this.inputs[0]!;
    const given = this.preprocessing && inputs?.[name];
    const prepared = isPicture(given) ? { ...inputs, [name]: (await this.prepare(given)).tensor } : inputs;
    return this.#session.run(prepared as Inputs, options);
  }

  /** `run` without a promise, of tensors alone. Throws `bad-option` where the model runs in a worker. */
  runSync(inputs: Inputs, options?: RunOptions): Outputs {
    return this.#session.run(inputs, options);
  }

  /**
   * A picture as the tensor of the first input, and the way from its pixels back to the picture's. The picture is RGBA pixels as
   * ImageData has them, the bytes of a JPEG, PNG or WebP (an array, buffer, Blob or File), or in browsers an image, video, canvas,
   * ImageBitmap or VideoFrame. It is fitted and normalised as the model file says: the same pixels
   * give the same tensor, to the last bit, on every runtime. Throws `bad-image`, `too-large`, `disposed`, or `bad-option` where the
   * model file says nothing of pictures.
   */
  async prepare(image: PictureSource, { signal }: CallOptions = {}): Promise<PreparedPicture> {
    signal?.throwIfAborted();
    return (await this.#vision()).prepare(image);
  }

  /** The likeliest classes of a picture, as `prepare` takes it. Throws what `prepare` throws, and `bad-input`. */
  async classify(image: PictureSource, { topK = 5, signal }: { topK?: number } & CallOptions = {}): Promise<Classification[]> {
    signal?.throwIfAborted();
    return (await this.#vision()).classify(image, topK);
  }

  /** What is where in a picture, best first: a detector's boxes. Throws as `classify`, and `bad-option` for other networks. */
  async detect(image: PictureSource, options: DetectOptions = {}): Promise<Detection[]> {
    options.signal?.throwIfAborted();
    return (await this.#vision()).detect(image, options);
  }

  /** The class of every pixel of a picture. Throws as `classify`, and `bad-option` where the network is no segmenter. */
  async segment(image: PictureSource, { signal }: CallOptions = {}): Promise<Segmentation> {
    signal?.throwIfAborted();
    return (await this.#vision()).segment(image);
  }

  #vision(): Promise<Vision> {
    this.#openVision ??= import('./vision.js').then(({ Vision }) => new Vision(this, this.#visionParts));
    return this.#openVision;
  }

  /** MACs, the paper's FLOPs (`macs + adds`), parameters and traffic, per layer and in total. */
  cost(): { layers: readonly LayerCost[]; total: TotalCost } {
    const { layers, total } = this.describe();
    return { layers, total };
  }

  /** What was planned: layers with their kernels, totals, memory. */
  describe(): ModelDescription {
    this.#description ??= describePlan(this.#described);
    return this.#description;
  }

  /** Median time of each node over `runs` runs, the first three (tier-up) not counted. */
  async profile(inputs: Inputs, { runs = 50, signal }: { runs?: number } & CallOptions = {}): Promise<LayerProfile[]> {
    signal?.throwIfAborted();
    const { profileSession } = await import('./profile.js');
    const macs = new Map(this.describe().layers.map((layer) => [layer.name, layer.macs]));
    return profileSession(this.#session, inputs, runs, macs, () => this.#host.now());
  }

  /** Gives the memory back. The model cannot run any more. */
  dispose(): void {
    this.#session.dispose();
    this.#openVision = undefined;
  }
}

/** A loaded model, here or in a worker. */
export type Model = Pick<LocalModel, keyof LocalModel>;

/** Whether an input is neither a tensor nor an array that should have been one. */
export function isPicture(given: unknown): given is PictureSource {
  if (typeof given !== 'object' || given === null || 'shape' in given || Array.isArray(given)) return false;
  return given instanceof Uint8Array || !ArrayBuffer.isView(given);
}

function describePort({ name, shape, type }: Port): PortInfo {
  return { name, shape, layout: shape.length === 4 ? 'NCHW' : 'row-major', dtype: type };
}
