// Times of networks from files that `hetconv bench`, `hetconv profile` or a page wrote, on this machine or another.
import { readFile } from 'node:fs/promises';
import { type TimedNetwork, timedNetworks } from '../bench/latencyTable.js';
import { type BenchRecord, type Environment, type ProfileRecord, RECORD_VERSION } from '../bench/record.js';
import { dictionary, fail, finite, list, name, oneOf, parseJson, size, text } from '../formats/schema.js';
import { ACCURACIES } from '../ops/op.js';
import { HetConvError } from '../platform/node/index.js';
import { VARIANTS } from './benchOptions.js';

export interface LatencyFile {
  readonly environment: Environment;
  readonly networks: readonly TimedNetwork[];
}

/** Throws `not-found`, `bad-file` for what is no such file, and `bad-version`. */
export async function readLatencyFile(path: string): Promise<LatencyFile> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (cause) {
    throw new HetConvError('not-found', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  const record = dictionary(parseJson(content, path), path);
  const format = oneOf(record.format, `${path}: format`, ['hetconv-bench', 'hetconv-profile']);
  if (record.version !== RECORD_VERSION) {
    throw new HetConvError(
      'bad-version',
      `${path} is of version ${record.version}; this release reads version ${RECORD_VERSION}`,
    );
  }
  const at = (key: string): string => `${path}: ${key}`;
  const environment = checkEnvironment(record.environment, at('environment'));
  if (format === 'hetconv-bench') list(record.networks, at('networks'), checkNetwork);
  else {
    name(record.network, at('network'));
    checkTimes(record, path);
  }
  // Whatever is read of it below has been checked.
  return { environment, networks: timedNetworks(record as unknown as BenchRecord | ProfileRecord) };
}

function checkEnvironment(value: unknown, path: string): Environment {
  const { date, device, engine, hetconv } = dictionary(value, path);
  return {
    date: text(date, `${path}.date`),
    device: text(device, `${path}.device`),
    engine: text(engine, `${path}.engine`),
    hetconv: text(hetconv, `${path}.hetconv`),
  };
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

function positive(value: unknown, path: string): void {
  if (finite(value, path) <= 0) fail(path, 'must be positive');
}
