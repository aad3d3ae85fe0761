// A loaded model as its user sees it.
import type { ModelFile } from '../formats/modelFile.js';
import { HetConvError } from '../graph/error.js';
import type { Graph } from '../graph/graph.js';
import type { Preprocessing } from '../graph/preprocessing.js';
import { decodePicture } from '../image/decode.js';
import type { Picture } from '../image/picture.js';
import { preprocessPicture } from '../image/preprocess.js';
import { costOf, type LayerCost, type NetworkCost } from '../ops/cost.js';
import type { Plan, Port } from '../plan/plan.js';
import type { Host } from '../runtime/host.js';
import type { Inputs, Outputs, RunOptions, Session } from '../runtime/session.js';
import type { Variant } from '../runtime/variants.js';
import { type Classification, rank, softmax } from './classification.js';

/** An input or output: row-major, pictures as [N, C, H, W]. */
export interface PortInfo {
  readonly name: string;
  readonly shape: readonly number[];
  readonly layout: 'NCHW' | 'row-major';
  readonly dtype: 'f32' | 'i32';
}

export interface MemoryUse {
  /** All of the model's WebAssembly memory, in bytes: activations, records, tables and packed weights. */
  readonly total: number;
  /** Planned for activations (halos counted), and the largest set of them that lives at one time. */
  readonly activations: number;
  readonly largestLiveSet: number;
}

export interface LayerPlan extends LayerCost {
  /** The wasm kernels that compute it; none where it only renames its input. */
  readonly kernels: readonly string[];
}

export interface ModelDescription {
  readonly name: string;
  readonly variant: Variant;
  readonly layers: readonly LayerPlan[];
  readonly total: NetworkCost;
  readonly memory: MemoryUse;
  /** Layers that only reorder channels, because an edge forced them. */
  readonly permutes: number;
}

export interface LayerProfile {
  /** Node name; '' is the moving of inputs and outputs. */
  readonly name: string;
  /** Median over the runs. */
  readonly ms: number;
  readonly share: number;
  /** 2 · MACs / time; absent for layers without multiply-accumulates. */
  readonly gflops?: number;
}

export interface ModelParts {
  readonly host: Host;
  readonly file: ModelFile;
  /** The optimised graph. */
  readonly graph: Graph;
  readonly plan: Plan;
  readonly session: Session;
  readonly variant: Variant;
  readonly memoryBytes: number;
}

export class Model {
  readonly name: string;
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  readonly variant: Variant;
  readonly labels: readonly string[] | undefined;
  readonly preprocessing: Preprocessing | undefined;
  readonly provenance: ModelFile['provenance'];
  readonly license: string | undefined;
  private readonly host: Host;
  private readonly session: Session;
  private readonly description: Pick<ModelDescription, 'layers' | 'total' | 'memory' | 'permutes'>;
  private readonly endsInSoftmax: boolean;

  /** Made by `loadModel`. */
  constructor({ host, file, graph, plan, session, variant, memoryBytes }: ModelParts) {
    this.name = graph.name;
    this.inputs = plan.inputs.map(describePort);
    this.outputs = plan.outputs.map(describePort);
    this.variant = variant;
    this.labels = file.labels;
    this.preprocessing = file.preprocessing;
    this.provenance = file.provenance;
    this.license = file.license;
    this.host = host;
    this.session = session;
    const { layers, total } = costOf(graph);
    this.description = {
      layers: layers.map((layer) => ({ ...layer, kernels: plan.kernels.get(layer.name)! })),
      total,
      memory: { total: memoryBytes, activations: plan.activationBytes, largestLiveSet: plan.largestLiveSet },
      permutes: graph.nodes.filter(({ op }) => op === 'permuteChannels').length,
    };
    this.endsInSoftmax = graph.nodes.some(({ op, outputs }) => op === 'softmax' && outputs[0] === graph.outputs[0]);
  }

  /**
   * Runs the network on row-major tensors by input name. Several runs may be in flight: each is one synchronous section.
   * The results are the caller's own unless `into` names arrays to fill. Throws `bad-input` or `disposed`.
   */
  async run(inputs: Inputs, options?: RunOptions): Promise<Outputs> {
    return this.session.run(inputs, options);
  }

  /** `run` without a promise. */
  runSync(inputs: Inputs, options?: RunOptions): Outputs {
    return this.session.run(inputs, options);
  }

  /**
   * The likeliest classes of a picture: RGBA pixels as ImageData has them, or the bytes of a JPEG, PNG or WebP. It is fitted
   * and normalised as the model file says. Throws `bad-image`, `too-large`, or `bad-option` where the model is no classifier.
   */
  async classify(image: Picture | Uint8Array, { topK = 5 }: { topK?: number } = {}): Promise<Classification[]> {
    const input = this.inputs[0]!;
    if (!this.preprocessing || this.inputs.length !== 1) {
      throw new HetConvError(
        'bad-option',
        `the model "${this.name}" says nothing of how to feed it pictures; prepare its inputs and call run`,
      );
    }
    const picture = image instanceof Uint8Array ? await decodePicture(image, (name) => this.host.codec(name)) : image;
    const outputs = this.session.run({ [input.name]: preprocessPicture(picture, this.preprocessing) });
    const scores = outputs[this.outputs[0]!.name]!.data;
    return rank(this.endsInSoftmax ? scores : softmax(scores), this.labels, topK);
  }

  /** MACs, the paper's FLOPs (`macs + adds`), parameters and traffic, per layer and in total. */
  cost(): { layers: readonly LayerCost[]; total: NetworkCost } {
    return { layers: this.description.layers, total: this.description.total };
  }

  /** What was planned: layers with their kernels, totals, memory. */
  describe(): ModelDescription {
    return { name: this.name, variant: this.variant, ...this.description };
  }

  /** Median time of each node over `runs` runs, the first three (tier-up) not counted. */
  async profile(inputs: Inputs, { runs = 50 }: { runs?: number } = {}): Promise<LayerProfile[]> {
    if (!Number.isInteger(runs) || runs < 1)
      throw new HetConvError('bad-option', `runs must be a positive integer, it is ${runs}`);
    const now = () => this.host.now();
    for (let i = 0; i < 3; i++) this.session.profile(inputs, now);
    const rounds = Array.from({ length: runs }, () => this.session.profile(inputs, now));
    const medians = rounds[0]!.map(({ node }, i) => ({ name: node, ms: median(rounds.map((round) => round[i]!.ms)) }));
    const total = medians.reduce((sum, { ms }) => sum + ms, 0);
    const macs = new Map(this.description.layers.map((layer) => [layer.name, layer.macs]));
    return medians.map(({ name, ms }) => {
      const count = macs.get(name) ?? 0;
      return { name, ms, share: ms / total, ...(count > 0 && { gflops: (2 * count) / ms / 1e6 }) };
    });
  }

  /** Gives the memory back. The model cannot run any more. */
  dispose(): void {
    this.session.dispose();
  }
}

function describePort({ name, shape, type }: Port): PortInfo {
  return { name, shape, layout: shape.length === 4 ? 'NCHW' : 'row-major', dtype: type };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
