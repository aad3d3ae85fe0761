// The table of formats that models are written in, apart from those that are read: what only loads models need not bring it.
import type { FormatWriter } from './format.js';

export interface WritableFormat {
  readonly name: string;
  /** How names of its files end. */
  readonly extension: string;
  load(): Promise<FormatWriter>;
}

export const writers: readonly WritableFormat[] = [
  { name: 'native', extension: '.safetensors', load: async () => (await import('./native.js')).native.write },
  { name: 'onnx', extension: '.onnx', load: async () => (await import('./onnx/export/index.js')).writeOnnx },
];
