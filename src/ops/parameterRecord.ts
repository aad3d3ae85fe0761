// A kernel's parameters: 32-bit words at the offsets of assembly/abi.ts, written once when the model is planned.

const FLOAT = new Float32Array(1);
const BITS = new Int32Array(FLOAT.buffer);

export class ParameterRecord {
  readonly #words: Int32Array;
  readonly #begin: number;

  /** A record of its own, or one in a table, from word `begin` on. */
  constructor(words: number | Int32Array, begin = 0) {
    this.#words = typeof words === 'number' ? new Int32Array(words) : words;
    this.#begin = begin;
  }

  /** An integer or an address, at word `offset`. */
  int(offset: number, value: number): this {
    this.#words[this.#begin + offset] = value;
    return this;
  }

  float(offset: number, value: number): this {
    FLOAT[0] = value;
    return this.int(offset, BITS[0]!);
  }

  ints(offset: number, values: readonly number[]): this {
    this.#words.set(values, this.#begin + offset);
    return this;
  }

  words(): Int32Array {
    return this.#words;
  }
}
