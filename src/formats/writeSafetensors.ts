// The safetensors container, written.
import { elementBytes } from './elements.js';
import type { SafeTensor, Safetensors } from './safetensors.js';

/** The bytes of a file; each tensor lies at a multiple of its element size. `__metadata__` is left out when empty. */
export function writeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const size = (tensor: SafeTensor) => elementBytes(tensor.dtype) ?? 1;
  const order = [...tensors].sort(([a, x], [b, y]) => size(y) - size(x) || (a < b ? -1 : 1));
  let position = 0;
  const entries = order.map(([name, { dtype, shape, bytes }]) => {
    const begin = position;
    position += bytes.length;
    return [name, { dtype, shape, data_offsets: [begin, position] }] as const;
  });
  const head = metadata.size > 0 ? [['__metadata__', Object.fromEntries(metadata)] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries<unknown>([...head, ...entries])));
  const length = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + length + position);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.fill(0x20, 8, 8 + length);
  file.set(json, 8);
  position = 8 + length;
  for (const [, { bytes }] of order) {
    file.set(bytes, position);
    position += bytes.length;
  }
  return file;
}
