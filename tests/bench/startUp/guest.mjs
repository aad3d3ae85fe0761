// A start in a process of its own: `node guest.mjs ENTRY MODEL` prints what each part of it took. The file is in memory before.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [entry, path] = process.argv.slice(2);
const bytes = readFileSync(path);
const parts = {};
const PAGE = 4096;

/** Milliseconds, those of processor time in all threads, page faults: of the process until now. */
function used() {
  const { userCPUTime, systemCPUTime, minorPageFault } = process.resourceUsage();
  return { ms: performance.now(), processorMs: (userCPUTime + systemCPUTime) / 1000, faults: minorPageFault };
}

function endOf(part) {
  const now = used();
  parts[part] = Object.fromEntries(Object.keys(now).map((what) => [what, now[what] - last[what]]));
  last = used();
}

/** Planning begins where the model's memory is made; that of a binary's probe cannot grow. */
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(limits) {
    super(limits);
    if (limits.maximum > limits.initial) endOf('read');
  }
};

let last = used();
const { loadModel } = await import(pathToFileURL(entry).href);
endOf('imported');
const model = await loadModel(bytes);
endOf('planned');
const [{ name, shape }] = model.inputs;
const input = { [name]: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5) };
await model.run(input);
endOf('first');
await model.run(input);
endOf('second');

const { memory } = model.describe();
const { maxRSS } = process.resourceUsage();

/** What the machine takes for fresh memory, whoever asks for it. */
const fresh = new Uint8Array(new Memory({ initial: 128 }).buffer);
const begin = performance.now();
for (let at = 0; at < fresh.length; at += PAGE) fresh[at] = 1;
const pageMs = ((performance.now() - begin) * PAGE) / fresh.length;

console.log(JSON.stringify({ parts, weightBytes: memory.total - memory.activations, peakBytes: 1024 * maxRSS, pageMs }));
