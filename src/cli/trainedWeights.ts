// Options that give weights their network: an architecture by name, or a graph of the user's own.
import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { architectures } from '../architectures/index.js';
import { DEFAULT_MAX_MEMORY } from '../formats/format.js';
import { bareGraphFromJson } from '../formats/graphFromJson.js';
import { parseJson } from '../formats/schema.js';
import { readStateDict } from '../formats/stateDict.js';
import type { Graph } from '../graph/graph.js';
import { HetConvError } from '../platform/node/index.js';
import { fillArchitecture, fillOwnGraph } from '../weights/fillArchitecture.js';
import { about } from './reportError.js';

export interface NetworkOptions {
  readonly arch?: string;
  readonly graph?: string;
  readonly key?: string;
}

export function addNetworkOptions(command: Command): Command {
  const names = Object.keys(architectures).join(', ');
  return command
    .addOption(new Option('--arch <name>', `of weights without a network (.pt, .pth, .safetensors): ${names}`).conflicts('graph'))
    .option('--graph <json>', 'of such weights: a graph as in docs/format.md, its "tensors" with their shapes')
    .option('--key <path>', 'which weights of a checkpoint that holds several, as in state_dict_ema');
}

/** The network that the options name, with the weights of a file; undefined where they name none. */
export async function readTrained(bytes: Uint8Array, { arch, graph, key }: NetworkOptions): Promise<Graph | undefined> {
  if (arch === undefined && graph === undefined) {
    if (key === undefined) return undefined;
    throw new HetConvError('bad-option', '--key goes with --arch or --graph');
  }
  const state = await readStateDict(bytes, { maxMemory: DEFAULT_MAX_MEMORY, key });
  if (arch !== undefined) return fillArchitecture(arch, state);
  const bare = await about(graph!, async () => bareGraphFromJson(parseJson(await readText(graph!), 'the file'), 'graph'));
  return fillOwnGraph(bare, state);
}

export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new HetConvError('not-found', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
