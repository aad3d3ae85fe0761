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
  /** Called as bytes arrive, never fewer than before, for each file of a model anew; `total` is undefined where the source does not say. */
  readonly onProgress?: (loaded: number, total: number | undefined) => void;
  /**
   * Keeps what comes from http(s) addresses: true, or the name of a cache. Browsers, Deno and Cloudflare Workers keep it in their Cache API,
   * Node and Bun in the user's cache directory; what is no word but a path is a directory there, and on Deno too. With `integrity` a kept
   * model is used without any request, else the server is asked whether it has a newer one, and one that does not answer has not. Where
   * nothing can be kept, models are fetched each time.
   */
  readonly cache?: boolean | string;
  /**
   * The SHA-256 of the model's bytes: 'sha256-' and base64, as pages write it, or 64 hexadecimal digits. Others are refused. 'card': the one
   * that the model's card states, the file README.md beside it; docs/format.md says how. Files beside an ONNX model are not checked.
   */
  readonly integrity?: string;
  /** Bytes that the model may take in WebAssembly memory, and each of its files before; default 2 GiB. */
  readonly maxMemory?: number;
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
  /** All bytes of a source. Throws `not-found`, `bad-file`, or `too-large` for more than maxMemory. */
  read(source: Source, options: ReadOptions): Promise<Uint8Array>;
  /**
   * Reads files by their paths relative to the folder of a source, as the source was read but for its integrity; undefined where the source
   * has no place.
   */
  sibling(source: Source, options: ReadOptions): ((path: string) => Promise<Uint8Array>) | undefined;
  /** Absent where there are none. */
  readonly workers?: Workers;
  /** Milliseconds of a monotonic clock. */
  now(): number;
}
