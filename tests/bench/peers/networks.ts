// Networks and layers on Node: every contestant in a process of its own, all of them warm, in turn round after round.
import { takeTurns } from '../../../src/bench/measure.js';
import { samplesOf, type Timing } from '../../../src/bench/stopwatch.js';
import { requireAgreement } from './agreement.js';
import { type Absent, type Compared, compare, type Entrant } from './comparison.js';
import { type PeerCase, type PeerModel, peerModel } from './models.js';
import { PeerProcess } from './peerProcess.js';
import type { ModelFiles, OnProgress, PeerProject } from './project.js';

export interface NodeVersion {
  /** As in '26.10.0'. */
  readonly version: string;
  readonly path: string;
}

export interface EntrantRecord extends Compared {
  /** From the file's bytes to something that can run, and the first run. */
  readonly loadMs: number;
  readonly firstMs: number;
  /** Greatest difference from the reference, as a share of the greatest value. */
  readonly difference: number;
}

export interface PlatformRecord {
  readonly platform: string;
  readonly entrants: readonly EntrantRecord[];
  readonly absent: readonly Absent[];
}

export interface CaseRecord {
  readonly name: string;
  readonly kind?: string;
  readonly macs: number;
  readonly platforms: readonly PlatformRecord[];
}

export interface NetworksOptions {
  readonly nodes: readonly NodeVersion[];
  readonly rounds: number;
  readonly runs: number;
  readonly warmUpMs: number;
  readonly onProgress: OnProgress;
}

/** The first is what the outputs of the others are compared with. */
const ENTRANTS: readonly Entrant[] = [
  { contestant: 'onnxruntime-web', threads: 1 },
  { contestant: 'hetconv', threads: 1 },
  { contestant: 'hetconv', threads: 1, copy: true },
  { contestant: 'hetconv', threads: 1, accuracy: 'direct' },
  { contestant: 'LiteRT.js', threads: 1 },
  { contestant: 'LiteRT.js', threads: 1, build: 'compat' },
  { contestant: 'tfjs-wasm', threads: 1 },
  { contestant: 'onnxruntime-web', threads: 2 },
  { contestant: 'LiteRT.js', threads: 2 },
];

export async function benchNetworks(
  cases: readonly PeerCase[],
  project: PeerProject,
  options: NetworksOptions,
): Promise<CaseRecord[]> {
  const rivals = options.nodes.flatMap(({ version, path }) =>
    ENTRANTS.map((entrant) => new Rival(`Node ${version}`, entrant, new PeerProcess(project.root, path, entrant))),
  );
  try {
    const records: CaseRecord[] = [];
    for (const [done, peerCase] of cases.entries()) {
      options.onProgress(done, cases.length, peerCase.name);
      const model = peerModel(peerCase);
      const platforms = await race(rivals, model, await project.write('models', model), options);
      const { kind } = peerCase;
      records.push({ name: model.name, ...(kind !== undefined && { kind }), macs: model.macs, platforms });
    }
    return records;
  } finally {
    for (const { process } of rivals) process.end();
  }
}

/** One entrant on one Node, and how it fares with the model at hand. */
class Rival {
  readonly platform: string;
  readonly entrant: Entrant;
  readonly process: PeerProcess;
  rounds: Timing[][] = [];
  loaded = { loadMs: 0, firstMs: 0, difference: 0 };
  failure: string | undefined;

  constructor(platform: string, entrant: Entrant, process: PeerProcess) {
    this.platform = platform;
    this.entrant = entrant;
    this.process = process;
  }

  /** Gives its first output, or nothing where it fails, which is not the end of the others. */
  async load(files: ModelFiles, model: PeerModel, reference: Float32Array | undefined, warmUpMs: number) {
    this.rounds = [];
    this.failure = undefined;
    try {
      const { output, ...loaded } = await this.process.load(files, model);
      this.loaded = { ...loaded, difference: requireAgreement(output, reference ?? output) };
      await this.process.warmUp(warmUpMs);
      return output;
    } catch (error) {
      this.failure = (error as Error).message;
      return undefined;
    }
  }
}

async function race(
  rivals: readonly Rival[],
  model: PeerModel,
  files: ModelFiles,
  { rounds, runs, warmUpMs }: NetworksOptions,
): Promise<PlatformRecord[]> {
  let reference: Float32Array | undefined;
  for (const rival of rivals) {
    const output = await rival.load(files, model, reference, warmUpMs);
    reference ??= output;
  }
  const running = rivals.filter(({ failure }) => failure === undefined);
  await takeTurns(running, async (rival) => void rival.rounds.push(await rival.process.turn(runs)), { rounds });
  for (const { process } of running) await process.free();
  return [...new Set(rivals.map(({ platform }) => platform))].map((platform) => {
    const here = running.filter((rival) => rival.platform === platform);
    const samples = here.map(({ entrant, rounds }) => [entrant, samplesOf(rounds, entrant.threads === 1)] as const);
    const compared = compare(`${model.name} on ${platform}`, new Map(samples));
    return {
      platform,
      entrants: compared.map((one) => ({ ...one, ...here.find(({ entrant }) => entrant === one.entrant)!.loaded })),
      absent: rivals.flatMap(({ platform: other, entrant, failure }) =>
        other === platform && failure !== undefined ? [{ entrant, reason: failure }] : [],
      ),
    };
  });
}
