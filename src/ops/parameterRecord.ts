// A kernel's parameters: 32-bit words at the offsets of assembly/abi.ts, written once when the model is planned.

export class ParameterRecord {
  readonly #view: DataView;

  constructor(words: number) {
    this.#view = new DataView(new ArrayBuffer(4 * words));
  }

  /** An integer or an address, at word `offset`. */
  int(offset: number, value: number): this {
    this.#view.setInt32(4 * offset, value, true);
    return this;
  }

  float(offset: number, value: number): this {
    this.#view.setFloat32(4 * offset, value, true);
    return this;
  }

  words(): Int32Array {
    return new Int32Array(this.#view.buffer as ArrayBuffer);
  }

  ints(offset: number, values: readonly number[]): this {
    values.forEach((value, i) => {
      this.int(offset + i, value);
    });
    return this;
  }
}
