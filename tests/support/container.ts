// The safetensors container by its definition, for tests: independent of src/formats, and able to write wrong files.

export interface Container {
  // biome-ignore lint/suspicious/noExplicitAny: tests edit headers of any form
  header: any;
  data: Uint8Array;
}

/** `length` lies about the header's size. */
export function pack(header: string | Uint8Array, data: Uint8Array, length?: number | bigint): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

export function unpack(file: Uint8Array): Container {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return { header: JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))), data: file.slice(8 + length) };
}

/** The file with its header (and the container's data) changed by `edit`. */
export function edited(file: Uint8Array, edit: (container: Container) => void): Uint8Array {
  const container = unpack(file);
  edit(container);
  return pack(JSON.stringify(container.header), container.data);
}

/** The file with the JSON of one `__metadata__` key changed by `edit`, which may return a replacement. */
// biome-ignore lint/suspicious/noExplicitAny: tests edit JSON of any form
export function withMetadata(file: Uint8Array, key: string, edit: (json: any) => unknown): Uint8Array {
  return edited(file, ({ header }) => {
    const value = JSON.parse(header.__metadata__[key]);
    header.__metadata__[key] = JSON.stringify(edit(value) ?? value);
  });
}
