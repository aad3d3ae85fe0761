// Feeds damaged model files to the built library: nothing but a HetConvError may come out, soon and within bounds of memory.
//   npm run fuzz -- [--count 20000] [--seed 1] [--iteration I]
// A finding is saved under build/fuzz and named with what repeats it alone.
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { collectCorpus } from './corpus.js';
import { damagedFile } from './mutate.js';
import { supervise } from './supervise.js';

const FOLDER = 'build/fuzz';
const HANG_SECONDS = 30;
const PROGRESS_SECONDS = 10;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    iteration: { type: 'string' },
  },
});
const seed = integer('seed', values.seed);
const from = integer('iteration', values.iteration ?? '0');
const to = values.iteration === undefined ? integer('count', values.count) : from + 1;

const outcomes = new Map<string, number>();
const started = performance.now();
let told = started;
const corpus = collectCorpus();
let found = 0;
const findings = supervise({
  worker: new URL('./worker.mjs', import.meta.url),
  seed,
  from,
  to,
  hangSeconds: HANG_SECONDS,
  onEnd: (iteration, { outcome }) => {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (performance.now() < told + 1000 * PROGRESS_SECONDS) return;
    told = performance.now();
    console.log(`${iteration + 1 - from} of ${to - from} files`);
  },
});
for await (const { iteration, complaint } of findings) {
  found++;
  const { name, bytes } = damagedFile(corpus, seed, iteration);
  mkdirSync(FOLDER, { recursive: true });
  const path = `${FOLDER}/${seed}-${iteration}.bin`;
  writeFileSync(path, bytes);
  console.log(`${path} (from ${name}; npm run fuzz -- --seed ${seed} --iteration ${iteration})\n${complaint}`);
}
const counts = [...outcomes].sort((a, b) => b[1] - a[1]).map(([outcome, count]) => `${outcome} ${count}`);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`${to - from} files from ${corpus.length} seeds in ${seconds} s, ${found} findings: ${counts.join(', ')}`);
process.exitCode = found === 0 ? 0 : 1;

function integer(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${option} takes a number, not "${text}"`);
  return value;
}
