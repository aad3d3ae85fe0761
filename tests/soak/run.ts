// `npm run test:soak`: a million inferences on Node; memory must stay flat, and results the same to the last bit.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { architecture } from '../../src/architectures/index.js';
import { native } from '../../src/formats/native.js';
import { loadModel } from '../support/nodeEntry.js';
import { modelBytes } from '../support/randomWeights.js';
import { smallModel } from '../support/smallModel.js';
import { soak } from './soak.js';

const HELP = `npm run test:soak -- [options]
  --runs N      inferences (1000000)
  --model M     small (the default: 4 × 4 pixels, HetConv, sum, pooling), resnet20, or the path of a model file
  --variant V   simd, relaxed or auto (auto)
  --json        the result as JSON

Example
  npm run test:soak -- --runs 100000 --model models/vgg16-cifar10-p4/model.safetensors`;

/** Bytes by which allocator and compilers move the resident set of a process that keeps nothing. */
const RESIDENT_NOISE = 4 * 2 ** 20;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    model: { type: 'string', default: 'small' },
    variant: { type: 'string', default: 'auto' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1000) {
  console.error(`--runs must be an integer of at least 1000, it is ${values.runs}`);
  process.exit(2);
}

const BUILT_IN: Readonly<Record<string, () => Uint8Array>> = {
  small: () => native.write!(smallModel()),
  resnet20: () => modelBytes(architecture('resnet20-cifar10', { kind: 'hetconv', part: 8 })),
};

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function memory() {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

const model = await loadModel(BUILT_IN[values.model]?.() ?? readFileSync(values.model), { variant: values.variant as 'auto' });
const begin = performance.now();
const { slopes, bound } = await soak(model, {
  runs,
  memory,
  onSample: (done, { heap, rss }) =>
    console.error(`${done} of ${runs}: heap ${(heap! / 2 ** 20).toFixed(2)} MiB, resident ${(rss! / 2 ** 20).toFixed(1)} MiB`),
});
const seconds = (performance.now() - begin) / 1000;
const flat = slopes.heap! < bound && slopes.rss! < bound + RESIDENT_NOISE / runs;
if (values.json) {
  console.log(JSON.stringify({ model: model.name, variant: model.variant, runs, seconds, slopes, bound, flat }));
} else {
  const grew = Object.entries(slopes).map(([kind, slope]) => `${kind} ${slope.toFixed(3)}`);
  console.log(`${model.name} (${model.variant}): ${runs} inferences in ${seconds.toFixed(0)} s, results the same throughout`);
  console.log(`${flat ? 'ok' : 'FAILED'}: bytes of growth per inference: ${grew.join(', ')}; a result has ${bound}`);
}
process.exitCode = flat ? 0 : 1;
