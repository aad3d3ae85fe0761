// `npm run test:platforms`: the suite on every runtime and browser, as a matrix. `node build.mjs` goes before.
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { printMatrix } from './matrix.mjs';
import { makeProject } from './project.mjs';
import { allRuntimes } from './runtimes/index.mjs';

const HELP = `npm run test:platforms -- [options]
  --only chromium,deno    these runtimes
  --tests PATTERN         tests whose names match the regular expression
  --json                  the results as JSON instead of a matrix
  --at-once N             so many runtimes at a time (2)

Examples
  npm run test:platforms -- --only node20,webkit --tests '^classify'
  npm run test:platforms -- --json > results.json`;

const INSTALL_BROWSERS =
  'the browsers come from Debian: apt-get install --no-install-recommends chromium firefox-esr webkit2gtk-driver xvfb xauth';

/** A runtime that has not ended by then is stopped. */
const TIMEOUT = 300_000;

function fail(message) {
  console.error(message);
  process.exit(2);
}

function argumentsOf(argv) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        only: { type: 'string' },
        tests: { type: 'string', default: '.' },
        json: { type: 'boolean', default: false },
        'at-once': { type: 'string', default: '2' },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return fail(`${error.message}\n\n${HELP}`);
  }
}

/** What a guest tells while it runs. */
class Guest {
  /** By name of the test. */
  results = new Map();
  /** Settles when the guest says that it has ended, or at the latest when its time is up. */
  ended = new Promise((resolve, reject) => {
    this.end = (problem) => (problem ? reject(new Error(problem)) : resolve());
  });

  constructor() {
    // Guests that are processes end with their process.
    this.ended.catch(() => {});
  }
}

/** Runs one runtime to its end; a test that it did not tell of has failed. */
async function runRuntime(runtime, guest, { root, server, tests }) {
  const begin = performance.now();
  const signal = AbortSignal.timeout(TIMEOUT);
  signal.addEventListener('abort', () => guest.end(`it was stopped after ${TIMEOUT / 1000} s`));
  let problem;
  try {
    if (!runtime.version) throw new Error(`${runtime.name} is not installed; ${INSTALL_BROWSERS}`);
    await runtime.run({ root, server, ended: guest.ended, signal });
  } catch (error) {
    problem = `${error.message}\n${error.stderr ?? ''}`;
  }
  for (const test of tests) {
    if (guest.results.has(test)) continue;
    problem ??= 'it ended before the suite did';
    guest.results.set(test, { test, outcome: 'FAILED', reason: 'no result: the runtime ended or hung before or in this test' });
  }
  const { name, version } = runtime;
  return { name, version, seconds: (performance.now() - begin) / 1000, results: guest.results, problem };
}

const options = argumentsOf(process.argv.slice(2));
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const all = await allRuntimes();
// Its packages are there only now.
const { serve } = await import('./server.mjs');
const names = options.only?.split(',') ?? all.map(({ name }) => name);
const unknown = names.filter((name) => !all.some((runtime) => runtime.name === name));
if (unknown.length > 0) fail(`there is no runtime ${unknown.join(', ')}; known are ${all.map(({ name }) => name).join(', ')}`);
const atOnce = Number(options['at-once']);
if (!Number.isInteger(atOnce) || atOnce < 1) fail('--at-once must be a positive integer');

const project = await makeProject();
const pattern = new RegExp(options.tests);
const tests = project.suite.tests.map(({ name }) => name).filter((name) => pattern.test(name));
if (tests.length === 0) fail(`no test matches ${pattern}`);

const queue = all.filter(({ name }) => names.includes(name));
const guests = new Map(queue.map(({ name }) => [name, new Guest()]));
const server = await serve(project, {
  settings(name) {
    const { limits, hasFiles } = all.find((runtime) => runtime.name === name);
    return { limits, only: tests, ...(hasFiles && { folder: project.fixtures }) };
  },
  onReport: (name, result) => guests.get(name).results.set(result.test, result),
  onEnd: (name, problem) => guests.get(name).end(problem),
});

const runs = new Map();
const worker = async () => {
  for (let runtime = queue.shift(); runtime; runtime = queue.shift()) {
    const run = await runRuntime(runtime, guests.get(runtime.name), { root: project.root, server: server.address, tests });
    runs.set(runtime.name, run);
    const failures = [...run.results.values()].filter(({ outcome }) => outcome === 'FAILED').length;
    console.error(`${run.name} ${run.version}: ${failures === 0 ? 'done' : `${failures} FAILED`} (${run.seconds.toFixed(1)} s)`);
  }
};
await Promise.all(Array.from({ length: atOnce }, worker));
server.close();

const ordered = names.map((name) => runs.get(name));
const shared = project.suite.compareShared(tests, ordered).map(({ value, ...told }) => ({
  ...told,
  sha256: createHash('sha256').update(Buffer.from(value, 'base64')).digest('hex'),
}));
const count = (outcome) =>
  ordered.reduce((sum, run) => sum + [...run.results.values()].filter((result) => result.outcome === outcome).length, 0);
const failed = count('FAILED') + ordered.filter(({ problem }) => problem).length;
if (options.json) {
  const plain = ordered.map((run) => ({ ...run, results: [...run.results.values()].map(({ shared: _, ...result }) => result) }));
  console.log(JSON.stringify({ runs: plain, shared }, null, 2));
} else {
  printMatrix(tests, ordered);
  const agreed = shared.filter(({ equal, runtimes }) => equal === runtimes).length;
  if (shared.length > 0) console.log(`\n${agreed} of ${shared.length} shared results have the same bits on every runtime`);
  for (const { label, equal, runtimes, sha256 } of shared.filter(({ test }) => test.startsWith('goldens'))) {
    console.log(`${label}: ${sha256} on ${equal} of ${runtimes} runtimes`);
  }
  console.log(
    `\n${tests.length} tests on ${ordered.length} runtimes: ${count('ok')} ok, ${count('skipped')} skipped, ${count('FAILED')} failed`,
  );
}
// Drivers may leave handles open.
process.stdout.write('', () => process.exit(failed > 0 ? 1 : 0));
