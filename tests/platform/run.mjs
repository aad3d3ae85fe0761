// `npm run test:platforms`: the suite on every runtime and browser, as a matrix. `node build.mjs` goes before.
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { printMatrix } from './matrix.mjs';
import { makeProject } from './project.mjs';
import { allRuntimes } from './runtimes/index.mjs';
import { serve } from './server.mjs';

const HELP = `npm run test:platforms -- [options]
  --only chromium,deno    these runtimes
  --tests PATTERN         tests whose names match the regular expression
  --json                  the results as JSON instead of a matrix
  --at-once N             so many runtimes at a time (2)

Examples
  npm run test:platforms -- --only node20,webkit --tests '^classify'
  npm run test:platforms -- --json > results.json`;

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

/** Runs one runtime to its end; a test that it did not tell of has failed. */
async function runRuntime(runtime, { root, server, tests, results }) {
  const begin = performance.now();
  const signal = AbortSignal.timeout(TIMEOUT);
  let problem;
  try {
    await runtime.run({ root, server, signal });
  } catch (error) {
    problem = signal.aborted ? `stopped after ${TIMEOUT / 1000} s` : `${error.message}\n${error.stderr ?? ''}`;
  }
  for (const test of tests) {
    if (results.has(test)) continue;
    problem ??= 'it ended before the suite did';
    results.set(test, { test, outcome: 'FAILED', reason: 'no result: the runtime ended or hung before or in this test' });
  }
  return { name: runtime.name, version: runtime.version, seconds: (performance.now() - begin) / 1000, results, problem };
}

/** Where a runtime handed in other bits than most did, the test failed there. Gives the hash of each shared value. */
function compareShared(tests, runs) {
  const hashes = {};
  for (const test of tests) {
    const labels = new Set(runs.flatMap(({ results }) => Object.keys(results.get(test).shared ?? {})));
    for (const label of labels) {
      const handedIn = runs.filter(({ results }) => results.get(test).shared?.[label] !== undefined);
      const count = (value) => handedIn.filter(({ results }) => results.get(test).shared[label] === value).length;
      const values = [...new Set(handedIn.map(({ results }) => results.get(test).shared[label]))];
      const common = values.reduce((best, value) => (count(value) > count(best) ? value : best));
      const others = handedIn.filter(({ results }) => results.get(test).shared[label] !== common);
      for (const { results } of others) {
        const result = results.get(test);
        result.outcome = 'FAILED';
        result.reason = `"${label}" has other bits than on ${count(common)} of ${handedIn.length} runtimes`;
      }
      const hash = createHash('sha256').update(Buffer.from(common, 'base64')).digest('hex');
      hashes[`${test}: ${label}`] = { hash, equal: handedIn.length - others.length, runtimes: handedIn.length };
    }
  }
  return hashes;
}

const options = argumentsOf(process.argv.slice(2));
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const all = allRuntimes();
const names = options.only?.split(',') ?? all.map(({ name }) => name);
const unknown = names.filter((name) => !all.some((runtime) => runtime.name === name));
if (unknown.length > 0) fail(`there is no runtime ${unknown.join(', ')}; known are ${all.map(({ name }) => name).join(', ')}`);
const atOnce = Number(options['at-once']);
if (!Number.isInteger(atOnce) || atOnce < 1) fail('--at-once must be a positive integer');

const project = await makeProject();
const pattern = new RegExp(options.tests);
const tests = project.tests.filter((name) => pattern.test(name));
if (tests.length === 0) fail(`no test matches ${pattern}`);

const queue = all.filter(({ name }) => names.includes(name));
const results = new Map(queue.map(({ name }) => [name, new Map()]));
const server = await serve(project, {
  settings(name) {
    const { limits, hasFiles } = all.find((runtime) => runtime.name === name);
    return { limits, only: tests, ...(hasFiles && { folder: project.fixtures }) };
  },
  onReport: (name, result) => results.get(name).set(result.test, result),
});

const runs = new Map();
const worker = async () => {
  for (let runtime = queue.shift(); runtime; runtime = queue.shift()) {
    const run = await runRuntime(runtime, {
      root: project.root,
      server: server.address,
      tests,
      results: results.get(runtime.name),
    });
    runs.set(runtime.name, run);
    const failures = [...run.results.values()].filter(({ outcome }) => outcome === 'FAILED').length;
    console.error(`${run.name} ${run.version}: ${failures === 0 ? 'done' : `${failures} FAILED`} (${run.seconds.toFixed(1)} s)`);
  }
};
await Promise.all(Array.from({ length: atOnce }, worker));
server.close();

const ordered = names.map((name) => runs.get(name));
const shared = compareShared(tests, ordered);
const count = (outcome) =>
  ordered.reduce((sum, run) => sum + [...run.results.values()].filter((result) => result.outcome === outcome).length, 0);
const failed = count('FAILED') + ordered.filter(({ problem }) => problem).length;
if (options.json) {
  const plain = ordered.map((run) => ({ ...run, results: [...run.results.values()].map(({ shared: _, ...result }) => result) }));
  console.log(JSON.stringify({ runs: plain, shared }, null, 2));
} else {
  printMatrix(tests, ordered);
  for (const [label, { hash, equal, runtimes }] of Object.entries(shared).filter(([label]) => label.startsWith('goldens'))) {
    console.log(`\n${label}: sha256 ${hash} on ${equal} of ${runtimes} runtimes`);
  }
  console.log(
    `\n${tests.length} tests on ${ordered.length} runtimes: ${count('ok')} ok, ${count('skipped')} skipped, ${count('FAILED')} failed`,
  );
}
process.exitCode = failed > 0 ? 1 : 0;
