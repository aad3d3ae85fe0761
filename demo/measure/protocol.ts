// What the page and its measuring worker say to each other.
import type { ConvolutionKind } from '../../src/architectures/index.js';
import type { BenchRecord, Environment, Point, ProfileRecord } from '../../src/bench/record.js';
import type { ErrorCode } from '../../src/graph/error.js';
import type { Accuracy } from '../../src/ops/op.js';

export interface Timing {
  readonly rounds: number;
  readonly runs: number;
  readonly warmUpMs: number;
}

/** An architecture with the standard convolution and others, as `architectureNetwork` takes them. */
export interface Networks {
  readonly architecture: string;
  readonly kinds: readonly ConvolutionKind[];
  /** Absent: the architecture's own. */
  readonly size?: number;
}

interface Common {
  readonly environment: Environment;
  readonly timing: Timing;
}

export interface BenchJob extends Common {
  readonly kind: 'bench';
  readonly networks: Networks;
  readonly accuracies: readonly Accuracy[];
}

export interface ProfileJob extends Common {
  readonly kind: 'profile';
  /** An address, or the file itself. */
  readonly model: string | Blob;
}

export type Job = BenchJob | ProfileJob;

export interface Results {
  readonly bench: BenchRecord;
  readonly profile: ProfileRecord;
}

export interface Progress {
  /** A share. */
  readonly done: number;
  readonly secondsLeft: number;
}

export type FromWorker =
  | ({ readonly what: 'progress' } & Progress)
  | { readonly what: 'points'; readonly points: readonly Point[] }
  | { readonly what: 'result'; readonly result: Results[Job['kind']] }
  | { readonly what: 'failure'; readonly code?: ErrorCode; readonly message: string };
