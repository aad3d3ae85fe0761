// Feeds damaged files to the reader: each is read or refused with a HetConvError, soon.
import assert from 'node:assert/strict';
import { readModel } from '../../src/formats/index.js';
import { HetConvError } from '../../src/graph/error.js';
import { damaged } from './mutations.js';

const MAX_SECONDS = 2;

/** Returns how many of the files were still valid. */
export async function fuzz(file: Uint8Array, runs: number): Promise<number> {
  let valid = 0;
  for (let seed = 1; seed <= runs; seed++) {
    const start = process.cpuUsage();
    try {
      const { graph } = await readModel(damaged(file, seed));
      for (const tensor of graph.tensors.values()) tensor.read!();
      valid++;
    } catch (error) {
      if (!(error instanceof HetConvError)) assert.fail(`seed ${seed}: ${error instanceof Error ? error.stack : error}`);
    }
    const seconds = process.cpuUsage(start).user / 1e6;
    if (seconds > MAX_SECONDS) assert.fail(`seed ${seed} took ${seconds} s of CPU time`);
  }
  return valid;
}
