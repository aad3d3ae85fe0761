// The model's memory: activations, then records, tables and weights, allocated while planning and never after.
import { HetConvError } from '../graph/error.js';

const PAGE = 65536;
const ALIGNMENT = 64;
/** Kernels may read so far beyond the last value. */
const SLACK = 64;

export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #limit: number;
  /** Address 0 stays free: a parameter of 0 means "none". */
  #end = ALIGNMENT;
  /** Up to here memory has been a workspace: it may hold anything but zeros. */
  #touched = 0;

  /** `limit` in bytes, at most 4 GiB less a page. */
  constructor(limit: number) {
    this.#limit = Math.min(limit, 65535 * PAGE);
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: Math.max(1, Math.ceil(this.#limit / PAGE)) });
  }

  /** Whole pages, those that only a workspace needed included. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Address of `bytes` zeros, 64-byte aligned. Throws `too-large` beyond the limit. */
  allocate(bytes: number, what: string): number {
    const address = this.#claim(bytes, what);
    this.#end = address + bytes;
    this.#clear(address, this.#end);
    return address;
  }

  /** Address of `bytes` bytes, 64-byte aligned, which the next allocation takes back. The first `zeros` of them are zero, the others anything. */
  workspace(bytes: number, zeros: number, what: string): number {
    const address = this.#claim(bytes, what);
    this.#clear(address, address + zeros);
    this.#touched = Math.max(this.#touched, address + bytes);
    return address;
  }

  /** Nothing but workspaces can have left anything behind the end. */
  #clear(begin: number, end: number): void {
    if (begin < this.#touched) new Uint8Array(this.memory.buffer).fill(0, begin, Math.min(end, this.#touched));
  }

  /** Makes sure that `bytes` bytes lie behind all that is allocated. Returns their address. */
  #claim(bytes: number, what: string): number {
    const address = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    const end = address + bytes;
    if (end + SLACK > this.#limit) {
      throw new HetConvError(
        'too-large',
        `${what} would take the model to ${megabytes(end + SLACK)}, beyond the limit of ${megabytes(this.#limit)}; raise the option maxMemory`,
      );
    }
    const missing = end + SLACK - this.memory.buffer.byteLength;
    if (missing > 0) this.#grow(Math.ceil(missing / PAGE), what);
    return address;
  }

  store(words: Float32Array | Int32Array, what: string): number {
    return words instanceof Float32Array
      ? this.storeFloats(words.length, (target) => target.set(words), what)
      : this.storeInts(words.length, (target) => target.set(words), what);
  }

  storeInts(count: number, write: (target: Int32Array, address: number) => void, what: string): number {
    const address = this.allocate(4 * count, what);
    write(new Int32Array(this.memory.buffer, address, count), address);
    return address;
  }

  storeFloats(count: number, write: (target: Float32Array) => void, what: string): number {
    const address = this.allocate(4 * count, what);
    write(new Float32Array(this.memory.buffer, address, count));
    return address;
  }

  #grow(pages: number, what: string): void {
    try {
      this.memory.grow(pages);
    } catch (cause) {
      throw new HetConvError('too-large', `no memory for ${what}: the runtime refused ${megabytes(pages * PAGE)} more`, {
        cause,
      });
    }
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
