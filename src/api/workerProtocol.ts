// What crosses between a model in a worker and the thread that loaded it. One call is under way at a time, so answers need no names.
import type { ErrorCode } from '../graph/error.js';
import type { Inputs, Outputs } from '../runtime/session.js';
import type { Tensor } from '../runtime/tensor.js';
import type { Classification } from './classification.js';
import type { ModelDescription } from './description.js';
import type { Detection, DetectOptions } from './detection.js';
import type { Model } from './model.js';
import type { LoadOptions } from './options.js';
import type { PictureSource } from './pictureSource.js';
import type { LayerProfile } from './profile.js';
import type { Segmentation } from './segmentation.js';

/** What a model is, beside what it does: all of it plain data. */
export interface ModelFacts
  extends Pick<
    Model,
    'name' | 'inputs' | 'outputs' | 'variant' | 'labels' | 'preprocessing' | 'provenance' | 'license' | 'tuning'
  > {
  readonly description: ModelDescription;
}

/** Each call: what it sends, and what it answers. */
export interface Calls {
  load: {
    request: { source: Uint8Array | string; options: LoadOptions; progress: boolean; tuning: boolean };
    answer: ModelFacts;
  };
  run: { request: { inputs: Readonly<Record<string, Inputs[string] | PictureSource>> }; answer: Outputs };
  prepare: { request: { image: PictureSource }; answer: { tensor: Tensor<Float32Array>; width: number; height: number } };
  classify: { request: { image: PictureSource; options: { topK?: number } }; answer: Classification[] };
  detect: { request: { image: PictureSource; options: DetectOptions }; answer: Detection[] };
  segment: { request: { image: PictureSource }; answer: Segmentation };
  profile: { request: { inputs: Inputs; options: { runs?: number } }; answer: LayerProfile[] };
}

export type CallName = keyof Calls;
export type Answer = Calls[CallName]['answer'];

export type ToWorker = { [Name in CallName]: { readonly call: Name } & Calls[Name]['request'] }[CallName];

/** Of what went wrong the code where it is a HetConvError. */
export interface Failure {
  readonly kind: 'failure';
  readonly code?: ErrorCode;
  readonly name: string;
  readonly message: string;
}

export type FromWorker =
  | { readonly kind: 'progress'; readonly loaded: number; readonly total: number | undefined }
  | { readonly kind: 'tuning'; readonly done: number; readonly total: number }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | Failure;
