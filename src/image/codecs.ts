// The two codecs that are WebAssembly, bound to their glue. An instance is kept for the next picture unless it failed or its memory grew: no
// failure outlives its picture, and what a large one took is given back.
import { HetConvError } from '../graph/error.js';
import type { Picture } from './picture.js';

/** The codecs whose wasm the host has to find. */
export type CodecName = 'jpeg' | 'webp';

/** Supplies the compiled decoder of a codec: `mozjpeg_dec.wasm` of @jsquash/jpeg, `webp_dec.wasm` of @jsquash/webp. */
export type CodecModules = (codec: CodecName) => Promise<WebAssembly.Module>;

type Glue = {
  default: (options: object) => Promise<{ decode(bytes: Uint8Array, preserveOrientation?: boolean): Picture | null }>;
};

/** libjpeg's warnings about pixels that it made up; other warnings are of bytes that it could do without. */
const LOST_PIXELS = /premature end|corrupt(?!.*extraneous)|invalid/i;

/** Decodes without turning the picture upright; the caller has checked the header. Throws `bad-image` or `too-large`. */
export async function decodeJpeg(bytes: Uint8Array, modules: CodecModules): Promise<Picture> {
  const glue: Glue = await import('@jsquash/jpeg/codec/dec/mozjpeg_dec.js');
  return decode('JPEG', glue, await modules('jpeg'), (codec) => codec.decode(bytes, false));
}

/** Throws `bad-image`; the caller has checked the header. */
export async function decodeWebp(bytes: Uint8Array, modules: CodecModules): Promise<Picture> {
  const glue: Glue = await import('@jsquash/webp/codec/dec/webp_dec.js');
  return decode('WebP', glue, await modules('webp'), (codec) => codec.decode(bytes));
}

type Codec = Awaited<ReturnType<Glue['default']>>;

interface Decoder {
  readonly codec: Codec;
  /** What the decoder says, line by line. */
  readonly said: string[];
  readonly memory: WebAssembly.Memory;
  /** Bytes of the memory before any picture. */
  readonly size: number;
}

/** Kept for the next picture, by module. */
const kept = new WeakMap<WebAssembly.Module, Decoder>();

/** `WebAssembly.instantiate` takes a module of another realm too, where its constructor does not. */
function instantiate(glue: Glue, module: WebAssembly.Module): Promise<Decoder> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    let memory: WebAssembly.Memory;
    const options = {
      noInitialRun: true,
      locateFile: (file: string) => file,
      print: say,
      printErr: say,
      instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
        WebAssembly.instantiate(module, imports).then((instance) => {
          memory = Object.values(instance.exports).find(isMemory)!;
          done(instance);
        }, reject);
        return {};
      },
    };
    glue.default(options).then((codec) => resolve({ codec, said, memory, size: memory.buffer.byteLength }), reject);
  });
}

/** Also of another realm. */
function isMemory(value: unknown): value is WebAssembly.Memory {
  return Object.prototype.toString.call(value) === '[object WebAssembly.Memory]';
}

async function decode(
  name: string,
  glue: Glue,
  module: WebAssembly.Module,
  run: (codec: Codec) => Picture | null,
): Promise<Picture> {
  let decoder = kept.get(module);
  // Two pictures at a time have two.
  kept.delete(module);
  let picture: Picture | null = null;
  let cause: unknown;
  try {
    decoder ??= await instantiate(glue, module);
    picture = run(decoder.codec);
  } catch (error) {
    cause = error;
  }
  const words = decoder?.said.splice(0).join('; ') ?? '';
  if (/memory|OOM/i.test(`${words} ${cause}`)) {
    throw new HetConvError('too-large', `no memory to decode the ${name}; make the picture smaller`, { cause });
  }
  if (!picture || LOST_PIXELS.test(words)) {
    throw new HetConvError('bad-image', `the ${name} is truncated or damaged${words ? ` (the decoder says: ${words})` : ''}`, {
      cause,
    });
  }
  if (decoder!.memory.buffer.byteLength === decoder!.size) kept.set(module, decoder!);
  return picture;
}
