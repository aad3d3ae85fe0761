// What a format is: a row that recognises its files at no cost and loads its codec only for them.
import type { ModelFile } from './modelFile.js';

export interface WriteOptions {
  /** Of weights of rank 2 and more: 'f16' halves the file. Default 'f32'. */
  readonly precision?: 'f16' | 'f32';
}

export interface FormatCodec {
  /** May keep views into `bytes`. Throws `bad-file`, `bad-version` and whatever makes the graph invalid. */
  read(bytes: Uint8Array): ModelFile;
  write?(model: ModelFile, options?: WriteOptions): Uint8Array;
}

export interface Format {
  readonly name: string;
  /** Looks at the first bytes only; a damaged file should still match, so that its codec says what is wrong. */
  matches(bytes: Uint8Array): boolean;
  load(): Promise<FormatCodec>;
}
