// A kernel's parameters: 32-bit words at the offsets of assembly/abi.ts, written once when the model is planned.

export class ParameterRecord {
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(words: number) {
    this.bytes = new Uint8Array(4 * words);
    this.view = new DataView(this.bytes.buffer);
  }

  /** An integer or an address, at word `offset`. */
  int(offset: number, value: number): this {
    this.view.setInt32(4 * offset, value, true);
    return this;
  }

  float(offset: number, value: number): this {
    this.view.setFloat32(4 * offset, value, true);
    return this;
  }

  ints(offset: number, values: readonly number[]): this {
    values.forEach((value, i) => {
      this.int(offset + i, value);
    });
    return this;
  }
}
