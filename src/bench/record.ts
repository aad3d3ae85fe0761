// What a measurement leaves behind. docs/bench-schema.json describes the JSON of these types.
import type { Shape } from '../graph/graph.js';
import type { TotalCost } from '../ops/cost.js';
import type { Accuracy } from '../ops/op.js';
import type { Variant } from '../runtime/variants.js';
import type { Bound, Ceilings } from './ceilings.js';
import type { Ratio, Summary } from './statistics.js';

/** Where and by what something was measured. */
export interface Environment {
  /** ISO 8601. */
  readonly date: string;
  /** As in 'AMD EPYC, 2 cores, linux x64' or a browser's own words. */
  readonly device: string;
  /** As in 'Node 20.20.2 (V8 11.3)'. */
  readonly engine: string;
  /** Version of this package. */
  readonly hetconv: string;
}

/** How it was measured. */
export interface Method {
  readonly rounds: number;
  readonly runs: number;
  readonly warmUpMs: number;
  readonly seed: string;
  readonly clockResolutionMs: number;
  /** 'cpu': runs with less processor time than time were dropped; 'outliers': runs far above the median. */
  readonly dropped: 'cpu' | 'outliers';
}

/** Bumped when a reader of the last version would misunderstand. */
export const RECORD_VERSION = 1;

export interface BenchRecord {
  readonly format: 'hetconv-bench';
  readonly version: typeof RECORD_VERSION;
  readonly environment: Environment;
  readonly method: Method;
  readonly networks: readonly NetworkRecord[];
}

export interface NetworkRecord {
  readonly name: string;
  readonly inputs: readonly Shape[];
  /** Name of the entry that all others are compared with. */
  readonly baseline: string;
  /** By variant: the best that was seen while this network was measured. */
  readonly ceilings: Readonly<Partial<Record<Variant, Ceilings>>>;
  /** By variant: the relative difference between two copies of the baseline, below which differences are ties. */
  readonly noiseFloor: Readonly<Partial<Record<Variant, number>>>;
  readonly rows: readonly Row[];
}

/** How long an entry takes on one binary with one accuracy. */
export interface Point {
  /** As in 'hetconv P4', or the name of a file. */
  readonly entry: string;
  readonly variant: Variant;
  readonly accuracy: Accuracy;
  readonly cost: TotalCost;
  /** Inputs in, run, outputs out. */
  readonly latency: Summary;
}

export interface Row extends Point {
  /** P of a HetConv, groups of a groupwise convolution. */
  readonly part?: number;
  readonly groups?: number;
  readonly fileBytes?: number;
  readonly memoryBytes: number;
  /** Measured on a test set. */
  readonly top1?: Top1;
  readonly gflops: number;
  /** Against the baseline with products added up in order, and with Winograd's filtering where that is faster. */
  readonly versusDirect: Comparison;
  readonly versusWinograd: Comparison;
  readonly layers: readonly LayerRecord[];
  /** Layers that are not the baseline's, against its direct ones. */
  readonly speedUps: readonly LayerSpeedUp[];
}

export interface Top1 {
  readonly data: string;
  readonly percent: number;
  readonly pictures: number;
}

export interface Comparison extends Ratio {
  /** Multiply-accumulates of the baseline over those of this. */
  readonly promised: number;
}

export interface LayerSpeedUp extends Comparison {
  /** Of the baseline; what stands in its place may be several. */
  readonly layer: string;
}

export interface LayerRecord {
  /** '' moves inputs in and outputs out. */
  readonly name: string;
  readonly op: string;
  readonly part?: number;
  readonly outputShape: Shape;
  readonly kernels: readonly string[];
  readonly macs: number;
  /** Read and written once, in f32. */
  readonly bytes: number;
  readonly latency: Summary;
  /** Of the sum over layers. */
  readonly share: number;
  readonly gflops: number;
  /** Multiply-accumulates for each byte. */
  readonly intensity: number;
  /** Of the time that the ceilings leave at least. */
  readonly ofCeiling: number;
  readonly bound: Bound;
}

export interface ProfileRecord {
  readonly format: 'hetconv-profile';
  readonly version: typeof RECORD_VERSION;
  readonly environment: Environment;
  readonly method: Method;
  readonly network: string;
  readonly variant: Variant;
  readonly accuracy: Accuracy;
  readonly ceilings: Ceilings;
  readonly latency: Summary;
  readonly total: TotalCost;
  readonly layers: readonly LayerRecord[];
}

/** A network whose parts were chosen to stay within a latency. */
export interface PlanRecord {
  readonly format: 'hetconv-plan';
  readonly version: typeof RECORD_VERSION;
  /** Of the choice, and of `measured`. */
  readonly environment: Environment;
  /** Of the times that it was chosen by. */
  readonly timedOn: Environment;
  readonly network: string;
  readonly variant: Variant;
  readonly accuracy: Accuracy;
  readonly budgetMs: number;
  /** Those that have a choice, in the order of the network, with all that there was to choose from. */
  readonly layers: readonly (PlannedLayer & { readonly options: readonly PlannedPart[] })[];
  /** All the rest of a run. */
  readonly fixedMs: number;
  readonly predictedMs: number;
  readonly cost: TotalCost;
  /** Of the standard network: its time is that of the table. */
  readonly standard: { readonly cost: TotalCost; readonly ms: number };
  /** The chosen network on this machine, and the standard one again; where the times are of another machine, neither. */
  readonly measured?: { readonly latency: Summary; readonly standard: Summary };
}

/** A layer as a convolution of one part; 1 is the standard one. */
export interface PlannedPart {
  readonly part: number;
  readonly macs: number;
  readonly ms: number;
}

export interface PlannedLayer extends PlannedPart {
  readonly name: string;
}
