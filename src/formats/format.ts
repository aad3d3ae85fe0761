// What a format is: a row that recognises its files at no cost and loads its codec only for them.
import type { Shape } from '../graph/graph.js';
import type { Precision } from './encodeWeights.js';
import type { ModelFile } from './modelFile.js';

export interface WriteOptions {
  /** Of weights of rank 2 and more. Default 'f32'. */
  readonly precision?: Precision;
}

/** Bytes that a model may take unless its user says otherwise. */
export const DEFAULT_MAX_MEMORY = 2 ** 31;

/** What a reader may need beyond the bytes. */
export interface ReadContext {
  /** Shapes of inputs by name, where the file leaves sizes open or the user wants others. */
  readonly shapes?: Readonly<Record<string, Shape>> | undefined;
  /** Reads a file by its path relative to the model's folder, which it must not leave; absent where the model has no place. */
  readonly sibling?: ((path: string) => Promise<Uint8Array>) | undefined;
  /** Bytes that whatever the file makes a reader compute or unpack may take. */
  readonly maxMemory: number;
}

export interface FormatCodec {
  /** May keep views into `bytes`. Throws `bad-file`, `bad-version` and whatever makes the graph invalid. */
  read(bytes: Uint8Array, context: ReadContext): ModelFile | Promise<ModelFile>;
}

/** Throws `unsupported-op` for what the format cannot say. */
export type FormatWriter = (model: ModelFile, options?: WriteOptions) => Uint8Array;

export interface Format {
  readonly name: string;
  /** Looks at the first bytes only; a damaged file should still match, so that its codec says what is wrong. */
  matches(bytes: Uint8Array): boolean;
  load(): Promise<FormatCodec>;
}
