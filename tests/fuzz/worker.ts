// A process that damages and loads files one after another, and says before each which it is, so that whoever watches it knows
// where it hung or died. Arguments: seed, first iteration, the one after the last.
import { writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { attempt } from './attempt.js';
import { collectCorpus } from './corpus.js';
import { damagedFile } from './mutate.js';
import type { Report } from './supervise.js';

/** Garbage beyond what the process began with that is collected before the next file, so that no file is blamed for it. */
const GARBAGE = 2 ** 26;

const [seed, from, to] = process.argv.slice(2).map(Number) as [number, number, number];
const report = (message: Report) => process.send!(message);
const residentSet = () => process.memoryUsage.rss();
/** A second time for what the first found free only when its finalisers had run: WebAssembly's memories. */
const collectGarbage = async () => {
  globalThis.gc!();
  await setImmediate();
  globalThis.gc!();
};

/** So that no file is blamed for what an earlier one took, or its own damaging. Other systems than Linux cannot. */
const forgetPeak = () => {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
};

process.on('disconnect', () => process.exit());

const corpus = collectCorpus();
for (const { bytes } of corpus) await attempt(bytes, residentSet());
await collectGarbage();
const baseline = residentSet();

for (let iteration = from; iteration < to; iteration++) {
  report({ begun: iteration });
  const { bytes } = damagedFile(corpus, seed, iteration);
  if (residentSet() > baseline + GARBAGE) await collectGarbage();
  forgetPeak();
  report({ ended: await attempt(bytes, baseline) });
  if (residentSet() <= baseline + GARBAGE) continue;
  await collectGarbage();
  // What stays is fragmentation: a fresh process goes on from here.
  if (residentSet() > baseline + GARBAGE) break;
}
report({ done: true });
