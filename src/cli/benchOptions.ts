// Options that every command that measures time has.
import { mkdir, writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_ROUNDS, DEFAULT_RUNS, DEFAULT_WARM_UP_MS, type MeasureOptions } from '../bench/measure.js';
import type { Accuracy } from '../ops/op.js';
import { HetConvError, type Variant } from '../platform/node/index.js';
import { positiveInteger } from './arguments.js';

export const VARIANTS: readonly Variant[] = ['simd', 'relaxed'];
/** What accuracies are called where only these matter: products added up in order, Winograd's filtering where it is faster. */
export const BENCH_ACCURACIES: readonly Accuracy[] = ['direct', 'standard', 'fast'];

/** For commands that measure one accuracy. */
export const accuracyOption = (): Option =>
  new Option('--accuracy <name>', 'of convolutions').choices(BENCH_ACCURACIES).default('standard');

export interface TimingOptions {
  readonly rounds: number;
  readonly runs: number;
  readonly warmUp: number;
}

export function addTimingOptions(command: Command): Command {
  return command
    .addOption(new Option('--rounds <n>', 'turns of each network').argParser(positiveInteger).default(DEFAULT_ROUNDS))
    .addOption(new Option('--runs <n>', 'timings in each turn').argParser(positiveInteger).default(DEFAULT_RUNS))
    .addOption(
      new Option('--warm-up <ms>', 'time that each network runs before').argParser(positiveInteger).default(DEFAULT_WARM_UP_MS),
    );
}

export function measureOptions({ rounds, runs, warmUp }: TimingOptions): MeasureOptions {
  return { rounds, runs, warmUpMs: warmUp };
}

/** Files that a command is to write, found out before it works for minutes. Throws `bad-option`. */
export async function requireWritable(paths: readonly (string | true | undefined)[]): Promise<void> {
  for (const path of paths) if (typeof path === 'string') await write(path, '', 'a');
}

/** Words of a list, separated by commas, each one of `known`. */
export function listOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) => {
    const words = text.split(',');
    const strange = words.find((word) => !known.includes(word as T));
    if (strange !== undefined) throw new InvalidArgumentError(`"${strange}" is none of ${known.join(', ')}.`);
    return words as T[];
  };
}

export function integers(text: string): number[] {
  return text.split(',').map(positiveInteger);
}

/** Writes what a command was asked to leave behind. Throws `bad-option`. */
export function writeResult(path: string, text: string): Promise<void> {
  return write(path, text, 'w');
}

/** For what a command is to write into it. Throws `bad-option`. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw new HetConvError('bad-option', `cannot make the folder ${path}: ${(cause as Error).message}`, { cause });
  }
}

async function write(path: string, text: string, flag: 'a' | 'w'): Promise<void> {
  try {
    await writeFile(path, text, { flag });
  } catch (cause) {
    throw new HetConvError('bad-option', `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

export const formatJson = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
