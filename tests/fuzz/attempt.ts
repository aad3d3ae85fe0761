// One file through all of loadModel and, where the network is small, one run: what came of it, and what it cost.
import { loadModel } from '../support/nodeEntry.js';

export const MAX_MEMORY = 2 ** 28;
export const MAX_SECONDS = 2;
/** How far the resident set may exceed `MAX_MEMORY` and what the process had before: the garbage of its JavaScript. */
const SLACK = 2 ** 27;
/** Networks up to here are run: a file of any size can describe one that computes for hours, and that is no mistake. */
const MAX_MACS = 10 ** 8;
const MAX_BYTES = 2 ** 17;

export type Load = typeof loadModel;

export interface Attempt {
  /** 'ran', 'loaded' (too large to run), or the code of the HetConvError. */
  readonly outcome: string;
  /** What is wrong with the library, if anything is. */
  readonly complaint?: string;
  /** It may be the machine's fault: worth another try in a fresh process. */
  readonly doubtful?: true;
}

/** `baseline` is the resident set in bytes before any file was loaded. */
export async function attempt(file: Uint8Array, baseline: number, load: Load = loadModel): Promise<Attempt> {
  const start = process.cpuUsage();
  const { outcome, complaint } = await loadAndRun(file, load);
  if (complaint) return { outcome, complaint };
  const seconds = process.cpuUsage(start).user / 1e6;
  const growth = process.resourceUsage().maxRSS * 1024 - baseline;
  if (seconds > MAX_SECONDS) return { outcome, complaint: `took ${seconds.toFixed(1)} s of CPU time`, doubtful: true };
  if (growth > MAX_MEMORY + SLACK) {
    return { outcome, complaint: `took ${Math.round(growth / 2 ** 20)} MB of memory`, doubtful: true };
  }
  return { outcome };
}

async function loadAndRun(file: Uint8Array, load: Load): Promise<Pick<Attempt, 'outcome' | 'complaint'>> {
  try {
    const model = await load(file, { maxMemory: MAX_MEMORY });
    try {
      const { macs, bytes } = model.cost().total;
      if (macs > MAX_MACS || bytes > MAX_BYTES) return { outcome: 'loaded' };
      const inputs = model.inputs.map(({ name, shape }) => {
        const count = shape.reduce((product, size) => product * size, 1);
        return [name, Float32Array.from({ length: count }, (_, i) => Math.sin(i))] as const;
      });
      model.runSync(Object.fromEntries(inputs));
      return { outcome: 'ran' };
    } finally {
      model.dispose();
    }
  } catch (error) {
    const { name, code, message, stack } = error as Error & { code?: string };
    if (name === 'HetConvError' && message.length < 20_000) return { outcome: code! };
    return { outcome: 'failed', complaint: name === 'HetConvError' ? `a message of ${message.length} characters` : `${stack}` };
  }
}
