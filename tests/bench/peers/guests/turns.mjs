// A process of its own for one contestant: `turns.mjs NAME OPTIONS`. It answers messages of the process that started it, one by one:
// { load: model } → { output, loadMs, firstMs }, { warmUp: ms } → { repeated }, { turn: runs } → { timings }, { free } → {}.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import './importScripts.mjs';
import { contestants } from './contestants/index.mjs';
import { nodeClock } from './nodeClock.mjs';
import { Stopwatch, shortestTiming, warmUp } from './timing.mjs';

const [name, options] = [process.argv[2], { ...JSON.parse(process.argv[3]), base: import.meta.url }];
const { load } = await contestants[name]();
/** Processor time of several threads says nothing of what was preempted. */
const { cpu, ...wallClock } = nodeClock;
const clock = options.threads > 1 ? wallClock : { ...wallClock, cpu };

let session;
let stopwatch;

const answers = {
  async load({ files, input, output }) {
    const bytes = Object.fromEntries(Object.entries(files).map(([format, path]) => [format, new Uint8Array(readFileSync(path))]));
    const buffer = new Uint8Array(readFileSync(input.path)).buffer;
    const begin = performance.now();
    session = await load({ bytes, input: { ...input, data: new Float32Array(buffer) }, output }, options);
    const loaded = performance.now();
    await session.run();
    const done = performance.now();
    const { buffer: values, byteOffset, byteLength } = session.output();
    return {
      output: Buffer.from(values, byteOffset, byteLength).toString('base64'),
      loadMs: loaded - begin,
      firstMs: done - loaded,
    };
  },
  async warmUp(ms) {
    await warmUp(session.run, clock, ms);
    stopwatch = await Stopwatch.of(session.run, clock, shortestTiming(clock));
    return {};
  },
  async turn(runs) {
    // What the others left in the caches is nobody's fault.
    await session.run();
    return { timings: await stopwatch.turn(runs) };
  },
  async free() {
    await session.free();
    session = undefined;
    return {};
  },
};

process.on('message', async ([question, argument]) => {
  try {
    process.send(await answers[question](argument));
  } catch (error) {
    process.send({ error: `${error?.message ?? error}`.split('\n')[0] });
  }
});
process.send({ ready: true });
