// Times of networks from files that `hetconv bench`, `hetconv profile` or a page wrote, on this machine or another.
import { type TimedNetwork, timedNetworks } from '../bench/latencyTable.js';
import type { BenchRecord, Environment, ProfileRecord } from '../bench/record.js';
import { dictionary, fail, finite, list, name, oneOf, positive, size, text } from '../formats/schema.js';
import { ACCURACIES } from '../ops/op.js';
import { VARIANTS } from './benchOptions.js';
import { readRecordFile } from './recordFile.js';

export interface LatencyFile {
  readonly environment: Environment;
  readonly networks: readonly TimedNetwork[];
}

/** Throws what `readRecordFile` does. */
export async function readLatencyFile(path: string): Promise<LatencyFile> {
  const { format, environment, fields } = await readRecordFile(path, ['hetconv-bench', 'hetconv-profile']);
  if (format === 'hetconv-bench') list(fields.networks, `${path}: networks`, checkNetwork);
  else {
    name(fields.network, `${path}: network`);
    checkTimes(fields, path);
  }
  // Whatever is read of it below has been checked.
  return { environment, networks: timedNetworks(fields as unknown as BenchRecord | ProfileRecord) };
}

function checkNetwork(value: unknown, path: string): void {
  const network = dictionary(value, path);
  name(network.name, `${path}.name`);
  name(network.baseline, `${path}.baseline`);
  list(network.rows, `${path}.rows`, (row, at) => {
    const { entry, part } = checkTimes(row, at);
    name(entry, `${at}.entry`);
    if (part !== undefined) size(part, `${at}.part`);
  });
}

function checkTimes(value: unknown, path: string): Readonly<Record<string, unknown>> {
  const times = dictionary(value, path);
  oneOf(times.variant, `${path}.variant`, VARIANTS);
  oneOf(times.accuracy, `${path}.accuracy`, ACCURACIES);
  positive(dictionary(times.latency, `${path}.latency`).medianMs, `${path}.latency.medianMs`);
  list(times.layers, `${path}.layers`, (layer, at) => {
    const fields = dictionary(layer, at);
    text(fields.name, `${at}.name`);
    name(fields.op, `${at}.op`);
    if (fields.part !== undefined) size(fields.part, `${at}.part`);
    if (finite(fields.macs, `${at}.macs`) < 0) fail(`${at}.macs`, 'must not be negative');
    positive(fields.share, `${at}.share`);
  });
  return times;
}
