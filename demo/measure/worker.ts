// The worker that measures, so that the page stays usable: one job, then it is done.
import { bench } from '../../src/bench/bench.js';
import type { Clock } from '../../src/bench/clock.js';
import { architectureNetwork } from '../../src/bench/entries.js';
import { profile } from '../../src/bench/profile.js';
import type { Point } from '../../src/bench/record.js';
import { DEFAULT_MAX_MEMORY } from '../../src/formats/format.js';
import { readModel } from '../../src/formats/index.js';
import { optimise } from '../../src/passes/index.js';
import { host } from '../../src/platform/browser/host.js';
import { HetConvError } from '../../src/platform/browser/index.js';
import type { BenchJob, FromWorker, Job, ProfileJob, Progress, Results } from './protocol.js';

const clock: Clock = { now: () => performance.now() };

const post = (message: FromWorker): void => self.postMessage(message);
const onPoints = (points: readonly Point[]): void => post({ what: 'points', points });
const onProgress = ({ done, secondsLeft }: Progress): void => post({ what: 'progress', done, secondsLeft });

self.onmessage = async ({ data }: MessageEvent<Job>) => {
  try {
    post({ what: 'result', result: await (data.kind === 'bench' ? runBench(data) : runProfile(data)) });
  } catch (error) {
    const { message } = error instanceof Error ? error : { message: String(error) };
    post({ what: 'failure', message, ...(error instanceof HetConvError && { code: error.code }) });
  }
};

function runBench({ networks, accuracies, environment, timing }: BenchJob): Promise<Results['bench']> {
  const network = architectureNetwork(networks.architecture, networks.kinds, networks.size);
  return bench([network], { host, clock, environment, variants: ['auto'], accuracies, ...timing, onProgress, onPoints });
}

async function runProfile({ model, environment, timing }: ProfileJob): Promise<Results['profile']> {
  const source = typeof model === 'string' ? model : await model.arrayBuffer();
  const { graph, canonical } = await readModel(await host.read(source, {}));
  const optimised = await optimise(graph, canonical);
  let begin: number | undefined;
  const onRound = (round: number, rounds: number): void => {
    // The first round ends the warm-up.
    begin ??= clock.now();
    const perRound = round > 1 ? (clock.now() - begin) / (round - 1) / 1000 : 0;
    onProgress({ done: round / rounds, secondsLeft: perRound * (rounds - round) });
  };
  const options = { host, clock, environment, variant: 'auto', accuracy: 'standard', maxMemory: DEFAULT_MAX_MEMORY } as const;
  return (await profile(optimised, { ...options, ...timing, onRound })).record;
}
