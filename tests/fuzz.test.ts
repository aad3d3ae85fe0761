// The fuzzer itself: its files follow from a seed, its tools write what they read, and it notices every kind of fault.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { HetConvError } from '../src/graph/error.js';
import { type Attempt, attempt, type Load } from './fuzz/attempt.js';
import { collectCorpus } from './fuzz/corpus.js';
import { damagedFile } from './fuzz/mutate.js';
import { encodeMessage, parseMessage } from './fuzz/protobuf.js';
import { type Finding, supervise } from './fuzz/supervise.js';
import { deflatedEntry, readZip, storedEntry, writeZip } from './fuzz/zip.js';

const corpus = collectCorpus();
const onnx = corpus.filter(({ kind }) => kind === 'fixture .onnx');

describe('damaged files', () => {
  it('follow from seed and iteration', () => {
    for (let i = 0; i < 200; i++) assert.deepEqual(damagedFile(corpus, 1, i), damagedFile(corpus, 1, i), `iteration ${i}`);
    const seeds = [1, 2].map((seed) => Buffer.from(damagedFile(corpus, seed, 0).bytes).toString('hex'));
    assert.notEqual(seeds[0], seeds[1]);
  });

  it('come from every kind of seed file, and nearly all differ from it', () => {
    const kindOf = new Map(corpus.map(({ name, kind }) => [name, kind]));
    const originals = new Map(corpus.map(({ name, bytes }) => [name, bytes]));
    const kinds = new Set<string>();
    let same = 0;
    for (let i = 0; i < 500; i++) {
      const { name, bytes } = damagedFile(corpus, 7, i);
      kinds.add(kindOf.get(name)!);
      if (Buffer.compare(bytes, originals.get(name)!) === 0) same++;
    }
    assert.deepEqual([...kinds].sort(), [...new Set(kindOf.values())].sort());
    assert.ok(same < 50, `${same} of 500 are as they were`);
  });

  it('are often still models: the deeper code is reached', async () => {
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 300; i++) {
      const { outcome } = await attempt(damagedFile(corpus, 3, i).bytes, Number.POSITIVE_INFINITY);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const text = JSON.stringify([...outcomes]);
    for (const outcome of ['ran', 'bad-file', 'bad-shape', 'bad-graph']) assert.ok(outcomes.has(outcome), `${outcome}: ${text}`);
    assert.ok(outcomes.get('ran')! >= 15, text);
  });
});

describe('tools', () => {
  it('write the protobuf that they read', () => {
    assert.ok(onnx.length > 0);
    for (const { name, bytes } of onnx) {
      const tree = parseMessage(bytes)!;
      assert.ok(
        tree.some(({ children }) => children),
        name,
      );
      assert.deepEqual(encodeMessage(tree), bytes, name);
    }
  });

  it('write the archives that they read', () => {
    const text = new TextEncoder().encode('text '.repeat(100));
    const entries = [storedEntry('a/data.pkl', text), deflatedEntry('a/b', text), storedEntry('empty', new Uint8Array(0))];
    assert.deepEqual(readZip(writeZip(entries)), entries);
    assert.equal(readZip(text), undefined);
  });
});

describe('an attempt', () => {
  const judged = (load: () => unknown, baseline = Number.POSITIVE_INFINITY) =>
    attempt(new Uint8Array(1), baseline, (async () => load()) as unknown as Load);
  const failing = (error: unknown) => () => {
    throw error;
  };

  it('accepts a HetConvError only', async () => {
    assert.deepEqual(await judged(failing(new HetConvError('bad-graph', 'a cycle'))), { outcome: 'bad-graph' });
    assert.match((await judged(failing(new TypeError('x is undefined')))).complaint!, /x is undefined/);
    assert.match((await judged(failing(new WebAssembly.RuntimeError('unreachable')))).complaint!, /unreachable/);
    assert.match((await judged(failing(new HetConvError('bad-file', 'x'.repeat(1e6))))).complaint!, /1000000 characters/);
  });

  it('sees too much time', async () => {
    const busy = () => {
      const start = process.cpuUsage();
      while (process.cpuUsage(start).user < 2.1e6);
      throw new HetConvError('bad-file', 'at last');
    };
    const { complaint, doubtful } = await judged(busy);
    assert.match(complaint!, /2\.\d s of CPU time/);
    assert.ok(doubtful);
  });

  it('sees too much memory', async () => {
    const greedy = () => {
      new Uint8Array(5e8).fill(1);
      throw new HetConvError('bad-file', 'at last');
    };
    assert.match((await judged(greedy, process.memoryUsage.rss())).complaint!, /MB of memory/);
  });
});

describe('supervision', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hetconv-fuzz-'));
  after(() => rmSync(folder, { recursive: true }));

  /** Supervises a worker of which iteration 3 does as the body says, over 0 … 5. */
  async function over(body: string): Promise<{ findings: Finding[]; ended: [number, Attempt][] }> {
    const path = join(folder, `${body.length}.mjs`);
    writeFileSync(
      path,
      `const [seed, from, to] = process.argv.slice(2).map(Number);
       for (let i = from; i < to; i++) {
         process.send({ begun: i });
         await new Promise(setImmediate);
         let ended = { outcome: 'ran' };
         if (i === 3) { ${body} }
         process.send({ ended });
         await new Promise(setImmediate);
       }
       process.send({ done: true });`,
    );
    const ended: [number, Attempt][] = [];
    const onEnd = (iteration: number, result: Attempt) => void ended.push([iteration, result]);
    const findings: Finding[] = [];
    const found = supervise({ worker: pathToFileURL(path), seed: 1, from: 0, to: 6, hangSeconds: 2, onEnd });
    for await (const finding of found) findings.push(finding);
    return { findings, ended };
  }

  it('goes through all iterations', async () => {
    const { findings, ended } = await over('');
    assert.deepEqual(findings, []);
    assert.deepEqual(
      ended.map(([iteration]) => iteration),
      [0, 1, 2, 3, 4, 5],
    );
  });

  it('goes on in a fresh worker where one stops early', async () => {
    const { findings, ended } = await over(
      'if (from < 3) { process.send({ ended }); process.send({ done: true }); await new Promise(() => {}); }',
    );
    assert.deepEqual(findings, []);
    assert.equal(ended.at(-1)![0], 5);
  });

  for (const [fault, body, complaint] of [
    ['an error', "ended = { outcome: 'failed', complaint: 'TypeError' };", /TypeError/],
    ['a hang', 'for (;;);', /hangs/],
    ['a death', 'process.abort();', /kills the process/],
    ['a fault that repeats alone', "ended = { outcome: 'ran', complaint: 'slow', doubtful: true };", /slow/],
  ] as const) {
    it(`finds ${fault}, and goes on after it`, async () => {
      const { findings, ended } = await over(body);
      assert.equal(findings.length, 1);
      assert.equal(findings[0]!.iteration, 3);
      assert.match(findings[0]!.complaint, complaint);
      assert.equal(ended.at(-1)![0], 5);
    });
  }

  it('drops a doubt that does not repeat alone', async () => {
    const { findings } = await over("if (from < 3) ended = { outcome: 'ran', complaint: 'slow', doubtful: true };");
    assert.deepEqual(findings, []);
  });
});
