// Accuracy of every model under models/ on all of CIFAR-10's test pictures, computed by the built command line, against what
// PyTorch measured with the same weights (recorded in golden.safetensors). Fetches 139 MB when it first runs.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const LEAST = 93;
const SLACK = 0.05;

function recordedAccuracy(path) {
  const bytes = readFileSync(path);
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0))));
  return JSON.parse(header.__metadata__.accuracy);
}

let failed = 0;
const models = readdirSync('models').filter((name) => existsSync(`models/${name}/model.safetensors`));
for (const name of models) {
  const { percent, pictures } = recordedAccuracy(`models/${name}/golden.safetensors`);
  const command = ['dist/cli.js', 'eval', `models/${name}/model.safetensors`, '--data', 'cifar10', '--json'];
  const here = JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
  const good = here.pictures === pictures && here.accuracy >= LEAST && Math.abs(here.accuracy - percent) <= SLACK;
  if (!good) failed++;
  console.log(
    `${good ? 'ok' : 'FAILED'}: ${name} (${here.variant}): ${here.accuracy.toFixed(2)} % of ${here.pictures} pictures, by PyTorch ${percent.toFixed(2)} % of ${pictures}, ${here.picturesPerSecond.toFixed(0)} pictures/s`,
  );
}
console.log(`${models.length - failed} passed, ${failed} failed`);
process.exit(models.length > 0 && failed === 0 ? 0 : 1);
