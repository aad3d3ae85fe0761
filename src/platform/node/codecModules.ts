// Finds and compiles the WebAssembly decoders of the packages @jsquash/jpeg and @jsquash/webp, each once.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const FILES = { jpeg: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm', webp: '@jsquash/webp/codec/dec/webp_dec.wasm' } as const;

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** The compiled decoder of a codec; what decodePicture asks the host for. */
export function codecModules(codec: keyof typeof FILES): Promise<WebAssembly.Module> {
  const known = compiled.get(codec);
  if (known) return known;
  const module = readFile(createRequire(import.meta.url).resolve(FILES[codec])).then((bytes) => WebAssembly.compile(bytes));
  compiled.set(codec, module);
  module.catch(() => compiled.delete(codec));
  return module;
}
