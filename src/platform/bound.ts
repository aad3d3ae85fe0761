// No file may be larger than what its model may take.
import { HetConvError } from '../graph/error.js';

/** Throws `too-large` where `bytes` are more than `maxMemory`, if both are known. */
export function assertWithin(maxMemory = Number.POSITIVE_INFINITY, bytes = 0, name: string): void {
  if (bytes <= maxMemory) return;
  throw new HetConvError('too-large', `${name} has ${bytes} bytes or more: raise maxMemory, which is ${maxMemory}`);
}
