// bytes -> model file -> optimised graph -> plan in a memory of its own -> model. A failure on the way leaves nothing behind.
import { DEFAULT_MAX_MEMORY } from '../formats/format.js';
import { readModel } from '../formats/index.js';
import type { Graph } from '../graph/graph.js';
import type { Finding } from '../passes/finding.js';
import { optimise } from '../passes/index.js';
import { Arena } from '../plan/arena.js';
import { byTime } from '../plan/chooseKernels.js';
import { plan } from '../plan/plan.js';
import type { Host, Source } from '../runtime/host.js';
import { Session } from '../runtime/session.js';
import { type Binary, selectBinary } from '../runtime/variants.js';
import { withGivenModules } from './givenModules.js';
import { LocalModel, type Model } from './model.js';
import { checkOptions, DEFAULT_ACCURACY, type LoadOptions } from './options.js';

export type LoadModel = (source: Source, options?: LoadOptions) => Promise<Model>;

type BoundedOptions = LoadOptions & { readonly maxMemory: number };

/** `loadModel` for a platform. */
export function bindLoadModel(platform: Host): LoadModel {
  return async (source, given = {}) => {
    checkOptions(given);
    if (given.worker) return (await import('./workerModel.js')).loadInWorker(platform, source, given);
    const { maxMemory = DEFAULT_MAX_MEMORY } = given;
    const options: BoundedOptions = { ...given, maxMemory };
    const { host, variant } = withGivenModules(platform, options);
    // The engine compiles on threads of its own meanwhile.
    const [{ file, graph, findings }, binary] = await Promise.all([
      readGraph(host, source, options),
      selectBinary(host, variant),
    ]);
    const { preference, ...tuned } = await tune(host, graph, binary, options);
    const arena = new Arena(maxMemory);
    const exports = await host.instantiate(binary.module, { env: { memory: arena.memory } });
    const planned = plan(graph, exports, arena, { preference });
    if (options.warmup) (await import('../runtime/warmUp.js')).warmUp(planned, exports, () => host.now());
    return new LocalModel({
      host,
      file,
      graph,
      findings,
      plan: planned,
      session: new Session(planned, exports, arena.memory),
      binary,
      memoryBytes: arena.bytes,
      maxPixels: options.maxPixels,
      ...tuned,
    });
  };
}

async function readGraph(host: Host, source: Source, options: BoundedOptions) {
  const bytes = await host.read(source, options);
  const { shapes, maxMemory } = options;
  const file = await readModel(bytes, { shapes, maxMemory, sibling: host.sibling(source, options) });
  const findings: Finding[] = [];
  const graph = await optimise(file.graph, file.canonical, (finding) => findings.push(finding));
  return { file, graph, findings };
}

/** Which rows the options prefer, and for which nodes because they were measured. */
async function tune(host: Host, graph: Graph, binary: Binary, options: BoundedOptions) {
  const predicted = byTime(options.accuracy ?? DEFAULT_ACCURACY);
  if (!options.tune) return { preference: predicted, measured: new Set<string>() };
  const { checkTuning, measuredNodes, measureRows, preferTuned, usableRows } = await import('../runtime/tuning.js');
  const { maxMemory, signal, onTuning: onProgress } = options;
  const tuning =
    options.tune === true
      ? await measureRows(graph, predicted, { host, binary, maxMemory, signal, onProgress })
      : usableRows(checkTuning(options.tune), graph, binary, predicted);
  return { preference: preferTuned(tuning, predicted), measured: measuredNodes(tuning, graph), tuning };
}
