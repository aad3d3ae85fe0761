// What a platform fills in, so that nothing else asks where it runs.
import type { Picture } from '../image/picture.js';
import type { Variant } from './variants.js';

/** The exports of an instance: kernels and their probe. */
export type Exports = Readonly<Record<string, unknown>>;

export interface Imports {
  readonly env: { readonly memory: WebAssembly.Memory };
}

/** Bytes, or where they are. */
export type Source = Uint8Array | ArrayBuffer | Response | URL | string;

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Called as bytes arrive, for each file of a model anew; `total` is undefined where the source does not say. */
  readonly onProgress?: (loaded: number, total: number | undefined) => void;
}

/** A thread of its own, and this thread's end of the channel to it. */
export interface WorkerThread<Sent, Received> {
  /** Throws what the platform throws for what cannot be cloned. */
  post(message: Sent, transfer: ArrayBuffer[]): void;
  /** Called once, before anything is posted. `fail` is told why the thread could not start, or ended by itself. */
  listen(receive: (message: Received) => void, fail: (reason: string) => void): void;
  /** Whether the process stays alive for it. */
  hold(busy: boolean): void;
  terminate(): void;
}

export interface Workers {
  /** Starts a thread that passes its messages to src/api/serveModel.ts. */
  start(): Promise<WorkerThread<unknown, unknown>>;
  /** A place that the caller named, as a worker understands it. Throws `bad-option`. */
  address(source: URL | string): string;
}

/** Kinds of pictures that only some platforms have, by name: what implements `pixels` merges in what it knows. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be merged into
export interface PlatformPictures {}

/** The WebAssembly of the package, by the name of its file: the kernels, and the decoders of @jsquash/jpeg and @jsquash/webp. */
export type BinaryName = Variant | 'jpeg' | 'webp';

export interface Host {
  /** A compiled binary of the package. Throws where it is not found, or this engine cannot compile it. */
  module(name: BinaryName): Promise<WebAssembly.Module>;
  /** Instantiates it; the exports are called directly on the hot path, never through wrappers. */
  instantiate(module: WebAssembly.Module, imports: Imports): Promise<Exports>;
  /** The pixels of a picture of the platform's own kinds; undefined where it is none of them. Throws `bad-image` or `too-large`. */
  pixels?(source: unknown): Promise<Picture | undefined>;
  /** All bytes of a source. Throws `not-found` or `bad-file`. */
  read(source: Source, options: ReadOptions): Promise<Uint8Array>;
  /** Reads files by their paths relative to the folder of a source; undefined where the source has no place. */
  sibling(source: Source, options: ReadOptions): ((path: string) => Promise<Uint8Array>) | undefined;
  /** Absent where there are none. */
  readonly workers?: Workers;
  /** Milliseconds of a monotonic clock. */
  now(): number;
}
