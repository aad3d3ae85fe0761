// torchvision's networks with random weights, exported by PyTorch, give here what PyTorch computes.
//   node tests/torchvision/check.mjs [--data FOLDER] [--size PIXELS] [--table] [name …]      (after node build.mjs)
// export.py makes the files that are missing in FOLDER; --table writes the results into docs/models.md.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Of the largest difference to PyTorch's output, relative to that output's largest magnitude, at each accuracy. */
const LIMITS = { direct: 1e-4, standard: 5e-4 };
/** Of what loading at 'direct' takes, in bytes for each byte of the file: the model, and the process at its largest. */
const MEMORY_LIMIT = 2.5;
/** Smaller files take less than the engine itself. */
const MEMORY_FROM = 5e7;
const TABLE_FILE = 'docs/models.md';
const TABLE = /(<!-- torchvision -->\n).*(<!-- \/torchvision -->)/s;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string', default: join(homedir(), '.cache/hetconv/torchvision') },
    size: { type: 'string' },
    table: { type: 'boolean', default: false },
  },
});

/** Runs a program to its end and gives what it printed. */
function output(command, args) {
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
  return stdout;
}

/** A process of its own for each model, so that its memory is its own. */
function measure(model, { input, output: expected }) {
  return JSON.parse(output(process.execPath, [here('measure.mjs'), model, input, expected]));
}

const exported = output('/usr/bin/python3', [
  here('export.py'),
  ...['--data', values.data],
  ...(values.size ? ['--size', values.size] : []),
  ...positionals,
]);
const rows = [];
let failed = 0;
const tell = (good, text) => {
  if (!good) failed++;
  console.log(`${good ? 'ok' : 'FAILED'}: ${text}`);
};
for (const line of exported.trim().split('\n')) {
  const network = JSON.parse(line);
  const results = Object.entries(network.models).map(([opset, model]) => {
    const bytes = statSync(model).size;
    const { error, differences, ...cost } = measure(model, network);
    const title = `${network.name} ${network.size}, opset ${opset}`;
    for (const [accuracy, limit] of Object.entries(LIMITS)) {
      const apart = differences?.[accuracy];
      tell(apart <= limit, `${title}, ${accuracy}: ${error ?? apart.toExponential(1)}`);
    }
    const { modelBytes, peakBytes } = cost;
    if (bytes >= MEMORY_FROM && !error) {
      const [model, process] = [modelBytes, peakBytes].map((taken) => taken / bytes);
      tell(Math.max(model, process) <= MEMORY_LIMIT, `${title}: ${model.toFixed(2)} × the file, ${process.toFixed(2)} × at most`);
    }
    return { differences, bytes, ...cost };
  });
  rows.push({ ...network, results });
}

if (values.table) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const lines = rows.map(({ name, size, results }) => {
    const largest = (accuracy) => Math.max(...results.map(({ differences }) => differences[accuracy])).toExponential(1);
    const { bytes, modelBytes, peakBytes, macs } = results.at(-1);
    const cells = [name, size, (macs / 1e6).toFixed(0), ...Object.keys(LIMITS).map(largest)];
    return `| ${[...cells, megabytes(bytes), megabytes(modelBytes), megabytes(peakBytes)].join(' | ')} |`;
  });
  const header = ['network', 'pixels', 'M MACs', ...Object.keys(LIMITS), 'file, MB', 'model, MB', 'peak, MB'];
  const table = [`| ${header.join(' | ')} |`, `|---|${'---:|'.repeat(header.length - 1)}`, ...lines, ''].join('\n');
  writeFileSync(
    TABLE_FILE,
    readFileSync(TABLE_FILE, 'utf8').replace(TABLE, (_, begin, end) => begin + table + end),
  );
}
if (failed > 0) {
  console.error(`${failed} failed: differences to PyTorch may be ${JSON.stringify(LIMITS)}, memory ${MEMORY_LIMIT} × the file`);
  process.exit(1);
}
