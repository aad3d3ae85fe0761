// The bundled model on every runtime and browser, one thread: all contestants in one process, page or worker, in turn.
import type { Samples } from '../../../src/bench/statistics.js';
import { testModule } from '../../support/testModule.js';
import { type Absent, type Compared, compare, type Entrant } from './comparison.js';
import { trainedModel } from './models.js';
import type { OnProgress, PeerProject } from './project.js';

export interface RuntimeRecord {
  /** As in 'chromium 156.0.8078.108'. */
  readonly platform: string;
  readonly entrants: readonly Compared[];
  readonly absent: readonly Absent[];
}

export interface RuntimesOptions {
  /** By their names in tests/platform; default all that JavaScript programs are timed on. */
  readonly only?: readonly string[];
  readonly rounds: number;
  readonly runs: number;
  readonly warmUpMs: number;
  readonly onProgress: OnProgress;
}

/** Of tests/platform/runtimes, in the order of the table. */
export const RUNTIMES = ['node20', 'node26', 'deno', 'bun', 'workerd', 'chromium', 'firefox', 'webkit'] as const;

const ENTRANTS: readonly Entrant[] = [
  { contestant: 'hetconv', threads: 1 },
  { contestant: 'hetconv', threads: 1, copy: true },
  { contestant: 'LiteRT.js', threads: 1 },
  { contestant: 'onnxruntime-web', threads: 1 },
];

const TIMEOUT = 600_000;

/** What a guest tells of one entrant. */
type Report = { readonly entrant: Entrant; readonly samples?: Samples; readonly reason?: string };

export async function benchRuntimes(project: PeerProject, options: RuntimesOptions): Promise<RuntimeRecord[]> {
  const { allRuntimes } = await testModule('platform/runtimes/index.mjs');
  const { ISOLATED, serve } = await testModule('platform/server.mjs');
  const wanted: readonly string[] = options.only ?? RUNTIMES;
  const runtimes = (await allRuntimes()).filter(({ name }: { name: string }) => wanted.includes(name));
  const { expected, ...model } = await trainedModel();
  await project.write('vgg', model);
  const { name: inputName, shape } = model.input;
  const { rounds, runs, warmUpMs } = options;
  const settings = {
    folder: 'vgg',
    entrants: ENTRANTS,
    input: { name: inputName, shape },
    output: model.output,
    expected: [...expected],
    rounds,
    runs,
    warmUpMs,
  };
  const reports: Report[] = [];
  let end: (problem: string) => void = () => {};
  const server = await serve(project, {
    settings: () => settings,
    onReport: (_: string, report: Report) => reports.push(report),
    onEnd: (_: string, problem: string) => end(problem),
    headers: ISOLATED,
  });
  try {
    const records: RuntimeRecord[] = [];
    for (const [done, runtime] of runtimes.entries()) {
      options.onProgress(done, runtimes.length, runtime.name);
      if (!runtime.version) throw new Error(`${runtime.name} is not installed; tests/platform/run.mjs says how`);
      reports.length = 0;
      const signal = AbortSignal.timeout(TIMEOUT);
      const ended = new Promise<void>((resolve, reject) => {
        end = (problem) => (problem ? reject(new Error(problem)) : resolve());
        signal.addEventListener('abort', () => reject(new Error(`${runtime.name} took more than ${TIMEOUT / 1000} s`)));
      });
      // Guests that are processes end with their process.
      ended.catch(() => {});
      await runtime.run({ root: project.root, modules: project.worker, server: server.address, ended, signal });
      records.push(recordOf(`${runtime.name} ${runtime.version}`, reports));
    }
    return records;
  } finally {
    server.close();
  }
}

function recordOf(platform: string, reports: readonly Report[]): RuntimeRecord {
  const samples = reports.flatMap(({ entrant, samples }) => (samples ? [[entrant, samples] as const] : []));
  return {
    platform,
    entrants: compare(platform, new Map(samples)),
    absent: reports.flatMap(({ entrant, reason }) => (reason === undefined ? [] : [{ entrant, reason }])),
  };
}
