// A model with some of its inputs given once and for all, as initialisers.
import { PbfReader, PbfWriter } from 'pbf';

export interface Constant {
  readonly name: string;
  /** A TensorProto. */
  readonly bytes: Uint8Array;
}

/** Each is appended to the graph, field 7 of the model, as field 5; its name, field 8, comes last and therefore counts. */
export function withConstants(model: Uint8Array, constants: readonly Constant[]): Uint8Array {
  const reader = new PbfReader(model);
  const parts: Uint8Array[] = [];
  for (let begin = 0; begin < model.length; begin = reader.pos) {
    if (reader.nextField() !== 7) {
      reader.skip(reader.type);
      parts.push(model.subarray(begin, reader.pos));
      continue;
    }
    const graph = [reader.readBytes()];
    for (const { name, bytes } of constants) {
      const suffix = new PbfWriter();
      suffix.writeStringField(8, name);
      const tensor = new PbfWriter();
      tensor.writeBytesField(5, Buffer.concat([bytes, suffix.finish()]));
      graph.push(tensor.finish());
    }
    const field = new PbfWriter();
    field.writeBytesField(7, Buffer.concat(graph));
    parts.push(field.finish());
  }
  return Buffer.concat(parts);
}
