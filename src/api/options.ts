// What a caller may choose when loading, checked before any work begins.
import { DEFAULT_MAX_MEMORY } from '../formats/format.js';
import { HetConvError } from '../graph/error.js';
import type { Shape } from '../graph/graph.js';
import { ACCURACIES, type Accuracy } from '../ops/op.js';
import type { ReadOptions } from '../runtime/host.js';
import type { Tuning } from '../runtime/tuning.js';
import type { Variant } from '../runtime/variants.js';

export interface LoadOptions extends ReadOptions {
  /** Which binary runs; 'auto' (the default) probes for the fastest that this engine computes correctly. */
  readonly variant?: Variant | 'auto';
  /**
   * 'direct' adds the products of a convolution up in order; 'standard' (the default) also uses Winograd's filtering where its measured
   * error stays within 8 times the tolerance of such a sum; 'fast' uses it wherever it is faster.
   */
  readonly accuracy?: Accuracy;
  /**
   * True: measures which kernels are fastest for each layer, for up to 4 s, instead of predicting it. Or the `tuning` of a model that was
   * loaded so: nothing is measured, and what does not fit this model, binary and release is not used.
   */
  readonly tune?: boolean | Tuning;
  /** Called after each distinct layer that `tune` measured. */
  readonly onTuning?: (done: number, total: number) => void;
  /** Calls every kernel that the model uses for up to 4 ms each, so that the engine has optimised them before the first run. */
  readonly warmup?: boolean;
  /**
   * Reads, plans and runs the model in a worker of its own, off this thread: same methods, but for `runSync`. Inputs are copied there
   * unless a call says `transfer`, results come without copying. Calls run one by one; `dispose` ends the worker. Rejects with
   * `unsupported-platform` where there are no workers.
   */
  readonly worker?: boolean;
  /** With `worker`: calls that may wait behind the one that runs; one more rejects with `busy`. Default 64. */
  readonly maxQueue?: number;
  /** With `worker`: a model given as bytes is moved there instead of copied, if it is all of its buffer. */
  readonly transfer?: boolean;
  /** Pictures of more pixels are refused before they are decoded, which takes about 10 bytes a pixel; default 2^28. */
  readonly maxPixels?: number;
  /** Shapes of inputs by name, where an ONNX file leaves sizes open or others are wanted. An open batch is 1 unless said here. */
  readonly shapes?: Readonly<Record<string, Shape>>;
  /**
   * `hetconv/simd.wasm`, compiled, for a platform that can neither find nor compile it by itself. With `variant: 'relaxed'` it is
   * `hetconv/relaxed.wasm`.
   */
  readonly module?: WebAssembly.Module;
  /** `hetconv/jpeg.wasm` and `hetconv/webp.wasm`, compiled, for the same platforms. Needed only for pictures of that kind. */
  readonly codecs?: { readonly jpeg?: WebAssembly.Module; readonly webp?: WebAssembly.Module };
}

export const DEFAULT_ACCURACY: Accuracy = 'standard';

const NAMES: Record<keyof LoadOptions, true> = {
  variant: true,
  accuracy: true,
  tune: true,
  onTuning: true,
  warmup: true,
  worker: true,
  maxQueue: true,
  transfer: true,
  cache: true,
  integrity: true,
  maxMemory: true,
  maxPixels: true,
  shapes: true,
  module: true,
  codecs: true,
  onProgress: true,
  signal: true,
};

/** Throws `bad-option`. */
export function checkOptions(options: LoadOptions): void {
  if (typeof options !== 'object' || options === null) throw new HetConvError('bad-option', 'options must be an object');
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(NAMES, name))
      throw new HetConvError('bad-option', `there is no option "${name}"; known are ${Object.keys(NAMES).join(', ')}`);
  }
  const { maxQueue = 0, maxPixels = 1 } = options;
  if (!Number.isInteger(maxQueue) || maxQueue < 0)
    throw new HetConvError('bad-option', `maxQueue must be a whole number, 0 or more, it is ${maxQueue}`);
  if (!Number.isInteger(maxPixels) || maxPixels < 1)
    throw new HetConvError('bad-option', `maxPixels must be a positive integer, it is ${maxPixels}`);
  const { variant = 'auto', accuracy = DEFAULT_ACCURACY, maxMemory = DEFAULT_MAX_MEMORY } = options;
  if (!['auto', 'simd', 'relaxed'].includes(variant)) {
    throw new HetConvError('bad-option', `variant must be 'auto', 'simd' or 'relaxed', it is ${JSON.stringify(variant)}`);
  }
  if (!ACCURACIES.includes(accuracy))
    throw new HetConvError('bad-option', `accuracy must be 'direct', 'standard' or 'fast', it is ${JSON.stringify(accuracy)}`);
  const { cache = false } = options;
  if (typeof cache !== 'boolean' && (typeof cache !== 'string' || cache === ''))
    throw new HetConvError('bad-option', `cache must be a boolean or a name, it is ${JSON.stringify(cache)}`);
  if (!Number.isFinite(maxMemory) || maxMemory < 65536)
    throw new HetConvError('bad-option', `maxMemory must be at least 65536 bytes, it is ${maxMemory}`);
  for (const [name, module] of Object.entries({ module: options.module, ...options.codecs })) {
    if (module !== undefined && !isModule(module))
      throw new HetConvError('bad-option', `${name} must be a WebAssembly.Module; compile the bytes first`);
  }
}

/** Also of another realm, where `instanceof` says no. */
function isModule(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object WebAssembly.Module]';
}
