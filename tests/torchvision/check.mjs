// torchvision's networks with random weights, exported by PyTorch, give here what PyTorch computes.
//   node tests/torchvision/check.mjs [--data FOLDER] [--size PIXELS] [--table] [name …]      (after node build.mjs)
// export.py makes the files that are missing in FOLDER; --table writes the results into docs/models.md.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Of the largest difference to PyTorch's output, relative to that output's largest magnitude. */
const LIMIT = 1e-4;
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
for (const network of exported
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))) {
  const results = Object.entries(network.models).map(([opset, model]) => ({ opset, ...measure(model, network) }));
  for (const { opset, error, difference } of results) {
    const good = difference <= LIMIT;
    if (!good) failed++;
    console.log(
      `${good ? 'ok' : 'FAILED'}: ${network.name} ${network.size}, opset ${opset}: ${error ?? difference.toExponential(1)}`,
    );
  }
  rows.push({ ...network, bytes: statSync(Object.values(network.models).at(-1)).size, results });
}

if (values.table) {
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const lines = rows.map(({ name, size, bytes, results }) => {
    const { loadMs, modelBytes, peakBytes, macs } = results.at(-1);
    const differences = results.map(({ difference }) => difference?.toExponential(1) ?? 'fails');
    const cells = [
      name,
      size,
      (macs / 1e6).toFixed(0),
      ...differences,
      megabytes(bytes),
      loadMs?.toFixed(0),
      megabytes(modelBytes),
      megabytes(peakBytes),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const opsets = Object.keys(rows[0].models);
  const header = [
    ...['network', 'pixels', 'M MACs', ...opsets.map((opset) => `difference, opset ${opset}`)],
    ...['file, MB', 'load, ms', 'model, MB', 'peak, MB'],
  ];
  const table = [`| ${header.join(' | ')} |`, `|---|${'---:|'.repeat(header.length - 1)}`, ...lines, ''].join('\n');
  writeFileSync(
    TABLE_FILE,
    readFileSync(TABLE_FILE, 'utf8').replace(TABLE, (_, begin, end) => begin + table + end),
  );
}
if (failed > 0) {
  console.error(`${failed} differ from PyTorch by more than ${LIMIT} of the largest output`);
  process.exit(1);
}
