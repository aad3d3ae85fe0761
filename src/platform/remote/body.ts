// The bytes of a file as they arrive, within a bound, over as many answers as it takes.
import { HetConvError } from '../../graph/error.js';
import type { ReadOptions } from '../../runtime/host.js';
import { assertWithin } from '../bound.js';
import { lengthOf } from './answer.js';

/** Bytes of memory that an announced length is believed for before they come. */
const BELIEVED = 2 ** 26;

export class Body {
  readonly #name: string;
  readonly #options: ReadOptions;
  /** What was announced, filled as it arrives, and the chunks beyond it. */
  #announced = new Uint8Array();
  #beyond: Uint8Array[] = [];
  #loaded = 0;
  /** The most that there ever was, which is what onProgress is told: it never goes back. */
  #furthest = 0;
  #total: number | undefined;

  constructor(name: string, options: ReadOptions) {
    this.#name = name;
    this.#options = options;
  }

  get loaded(): number {
    return this.#loaded;
  }

  get furthest(): number {
    return this.#furthest;
  }

  /** Forgets what has come. */
  restart(): void {
    this.#announced = new Uint8Array();
    this.#beyond = [];
    this.#loaded = 0;
  }

  /**
   * Appends an answer. Returns why it ended early, undefined where it did not: `length` are the bytes that all answers together must have,
   * where that is known. Throws `too-large` and the reason of an abortion.
   */
  async receive(response: Response, length?: number): Promise<Error | undefined> {
    const { signal, maxMemory } = this.#options;
    if (this.#loaded === 0) this.#total = lengthOf(response.headers);
    const reader = response.body?.getReader();
    // Frees the connection; a caller's own Response knows nothing of the signal.
    const cancel = () => void reader?.cancel(signal?.reason).catch(() => {});
    signal?.addEventListener('abort', cancel);
    try {
      assertWithin(maxMemory, this.#total, this.#name);
      if (this.#loaded === 0) this.#announced = new Uint8Array(Math.min(this.#total ?? 0, BELIEVED));
      while (reader) {
        const read = await reader.read().catch((broken: Error) => ({ broken }));
        signal?.throwIfAborted();
        if ('broken' in read) return read.broken;
        if (read.done) break;
        this.#append(read.value);
      }
    } finally {
      signal?.removeEventListener('abort', cancel);
      cancel();
    }
    return length !== undefined && this.#loaded < length ? new Error(`it ended before byte ${length}`) : undefined;
  }

  brokenBy(cause: Error): HetConvError {
    const message = `the connection of ${this.#name} broke after ${this.#loaded} bytes: ${cause.message}; try again`;
    return new HetConvError('not-found', message, { cause });
  }

  bytes(): Uint8Array {
    if (this.#loaded === this.#announced.length) return this.#announced;
    const bytes = new Uint8Array(this.#loaded);
    bytes.set(this.#announced.subarray(0, this.#loaded));
    let at = this.#announced.length;
    for (const chunk of this.#beyond) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  #append(chunk: Uint8Array): void {
    const room = this.#announced.subarray(this.#loaded);
    room.set(chunk.subarray(0, room.length));
    if (chunk.length > room.length) this.#beyond.push(chunk.subarray(room.length));
    this.#loaded += chunk.length;
    assertWithin(this.#options.maxMemory, this.#loaded, this.#name);
    if (this.#loaded <= this.#furthest) return;
    this.#furthest = this.#loaded;
    this.#options.onProgress?.(this.#loaded, this.#total && this.#loaded <= this.#total ? this.#total : undefined);
  }
}
