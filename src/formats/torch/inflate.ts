// Archives that were packed again: torch.save stores its entries, other tools deflate them.
import { inflateSync } from 'fflate';
import { HetConvError } from '../../graph/error.js';
import type { ZipEntry } from './zip.js';

/** Deflate makes at most this many bytes of one. */
const MAX_RATIO = 1032;

/**
 * The contents of entries by name, each inflated when it is first asked for: what nobody reads costs nothing. Throws `bad-file`,
 * or `too-large` before anything is allocated.
 */
export function inflating(entries: ReadonlyMap<string, ZipEntry>, maxMemory: number): (name: string) => Uint8Array | undefined {
  const deflated = [...entries.values()].filter(({ compression }) => compression === 'deflated');
  for (const { name, bytes, size } of deflated) {
    if (size > bytes.length * MAX_RATIO) fail(`its entry "${name.slice(0, 80)}" claims ${size} bytes out of ${bytes.length}`);
  }
  const total = deflated.reduce((sum, { size }) => sum + size, 0);
  if (total > maxMemory) {
    throw new HetConvError(
      'too-large',
      `the entries of the ZIP archive take ${total} bytes when inflated, maxMemory is ${maxMemory}`,
    );
  }
  const contents = new Map<string, Uint8Array>();
  return (name) => {
    const entry = entries.get(name);
    if (entry?.compression !== 'deflated') return entry?.bytes;
    const bytes = contents.get(name) ?? inflated(entry);
    contents.set(name, bytes);
    return bytes;
  };
}

function inflated({ name, bytes, size }: ZipEntry): Uint8Array {
  let result: Uint8Array;
  try {
    result = inflateSync(bytes, { out: new Uint8Array(size) });
  } catch (cause) {
    fail(`its entry "${name.slice(0, 80)}" cannot be inflated`, cause);
  }
  if (result.length !== size) fail(`its entry "${name.slice(0, 80)}" does not have the ${size} bytes that it claims`);
  return result;
}

function fail(complaint: string, cause?: unknown): never {
  throw new HetConvError('bad-file', `the ZIP archive is damaged: ${complaint}`, { cause });
}
