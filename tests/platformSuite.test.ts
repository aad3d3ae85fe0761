// The platform suite can fail: what its runner says of tests that fail, hang or are skipped, and of bits that differ.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareShared } from './platform/suite/compareShared.js';
import { type Result, runSuite } from './platform/suite/runSuite.js';
import { type Environment, test as entry } from './platform/suite/test.js';
import { loadModel } from './support/nodeEntry.js';

class HetConvError extends Error {}

const environment = (limits: Environment['limits']) =>
  ({ hetconv: { loadModel, HetConvError }, server: 'http://127.0.0.1:1', limits }) as unknown as Environment;

entry('good', [], (t) => t.agree('bytes', Uint8Array.of(1, 2)));
entry('fails', [], () => assert.fail('as it should'));
entry('hangs', [], () => new Promise(() => {}));
entry('expects a failure that does not come', [], (t) => t.rejects(() => {}, 'bad-file', /./));
entry('expects a HetConvError and gets another', [], (t) => t.rejects(() => assert.fail('other'), 'bad-file', /./));
entry('on pages', ['page'], () => {});
entry('with files', ['files'], () => {});

async function outcomes(limits: Environment['limits']): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  await runSuite(environment(limits), (result) => results.set(result.test, result), { timeout: 50 });
  return results;
}

test('every outcome is told, with its reason', async () => {
  const results = await outcomes({ page: 'no page', files: 'no files' });
  const told = (name: string) => [results.get(name)!.outcome, results.get(name)!.reason?.split('\n')[0]];
  assert.deepEqual(told('good'), ['ok', undefined]);
  assert.deepEqual(results.get('good')!.shared, { bytes: 'AQI=' });
  assert.deepEqual(told('fails'), ['FAILED', 'as it should']);
  assert.deepEqual(told('hangs'), ['FAILED', 'no end within 0.05 s']);
  assert.deepEqual(told('expects a failure that does not come'), ['FAILED', 'it went well, but bad-file was expected']);
  assert.match(String(told('expects a HetConvError and gets another')), /^FAILED,not a HetConvError/);
  assert.deepEqual(told('with files'), ['skipped', 'no files']);
});

test('a limit that the platform does not have fails the test that it would have skipped', async () => {
  const globals = globalThis as { document?: object };
  globals.document = {};
  try {
    assert.match((await outcomes({ page: 'no page' })).get('on pages')!.reason!, /has what it is said to lack: page/);
  } finally {
    delete globals.document;
  }
});

test('who hands in other bits than most fails', () => {
  const run = (bits: string | undefined) => {
    const result: Result = { test: 'logits', outcome: 'ok', milliseconds: 1, ...(bits && { shared: { bits } }) };
    return { results: new Map([['logits', result]]) };
  };
  const runs = [run('AQI='), run('AQM='), run('AQI='), run(undefined)];
  const [told] = compareShared(['logits'], runs);
  assert.deepEqual(told, { test: 'logits', label: 'bits', value: 'AQI=', equal: 2, runtimes: 3 });
  assert.deepEqual(
    runs.map(({ results }) => results.get('logits')!.outcome),
    ['ok', 'FAILED', 'ok', 'ok'],
  );
  assert.match(runs[1]!.results.get('logits')!.reason!, /"bits" has other bits than on 2/);
});
