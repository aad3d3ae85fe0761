// Accuracy of every model under models/ on all of CIFAR-10's test pictures, computed by the built command line, against what
// PyTorch measured with the same weights (recorded in golden.safetensors). Fetches 139 MB when it first runs.
import { execFileSync } from 'node:child_process';
import { modelNames, modelPath, recordedAccuracy } from './support/modelFiles.mjs';

/** Percent that a published model has at least; the bundled one more. */
const LEAST = 80;
const LEAST_OF = { 'vgg16-cifar10-p4': 93 };
const SLACK = 0.05;

let failed = 0;
for (const name of modelNames) {
  const { percent, pictures } = recordedAccuracy(name);
  const command = ['dist/cli.js', 'eval', modelPath(name), '--data', 'cifar10', '--json'];
  const here = JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
  const good =
    here.pictures === pictures && here.accuracy >= (LEAST_OF[name] ?? LEAST) && Math.abs(here.accuracy - percent) <= SLACK;
  if (!good) failed++;
  console.log(
    `${good ? 'ok' : 'FAILED'}: ${name} (${here.variant}): ${here.accuracy.toFixed(2)} % of ${here.pictures} pictures, by PyTorch ${percent.toFixed(2)} % of ${pictures}, ${here.picturesPerSecond.toFixed(0)} pictures/s`,
  );
}
console.log(`${modelNames.length - failed} passed, ${failed} failed`);
process.exit(modelNames.length > 0 && failed === 0 ? 0 : 1);
