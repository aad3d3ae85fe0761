// One model in a process of its own: how far it is from the expected output at each accuracy, and the memory that loading it took. Prints JSON.
//   node measure.mjs MODEL INPUT EXPECTED
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { loadModel } = await import(pathToFileURL(resolve('dist/node.js')).href);
const [file, input, expected] = process.argv.slice(2);
const floats = (path) => new Float32Array(new Uint8Array(readFileSync(path)).buffer);

/** Largest difference, relative to the largest expected magnitude; infinite where one of them is not a number. */
function difference(actual, wanted) {
  if (actual.length !== wanted.length) throw new Error(`${actual.length} numbers instead of ${wanted.length}`);
  let largest = 0;
  let apart = 0;
  for (let i = 0; i < wanted.length; i++) {
    const distance = Math.abs(actual[i] - wanted[i]);
    apart = Math.max(apart, Number.isNaN(distance) ? Infinity : distance);
    largest = Math.max(largest, Math.abs(wanted[i]));
  }
  return apart / largest;
}

async function differenceOf(model, x, wanted) {
  const y = await model.run({ [model.inputs[0].name]: x });
  model.dispose();
  return difference(y[model.outputs[0].name].data, wanted);
}

const peak = () => process.resourceUsage().maxRSS * 1024;
try {
  const x = floats(input);
  const wanted = floats(expected);
  const before = peak();
  const direct = await loadModel(file, { accuracy: 'direct' });
  const peakBytes = peak() - before;
  const { memory, total } = direct.describe();
  const differences = {
    direct: await differenceOf(direct, x, wanted),
    standard: await differenceOf(await loadModel(file, { accuracy: 'standard' }), x, wanted),
  };
  console.log(JSON.stringify({ differences, peakBytes, modelBytes: memory.total, macs: total.macs }));
} catch (error) {
  console.log(JSON.stringify({ error: `${error.code ?? error.name}: ${error.message}` }));
}
