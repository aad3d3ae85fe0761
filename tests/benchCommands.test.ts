// `hetconv bench`, `profile` and `compare`, and `npm run bench`, as a shell sees them; reports as a reader of their markup does.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { TraceEvent } from '../src/bench/profile.js';
import { withRandomWeights } from '../src/bench/randomWeights.js';
import type { BenchRecord, ProfileRecord } from '../src/bench/record.js';
import { native } from '../src/formats/native.js';
import { kernelCases } from './bench/cases.js';
import { smallModel } from './support/smallModel.js';

const QUICK = ['--rounds', '2', '--runs', '1', '--warm-up', '5'];
const valid = new Ajv2020({ allErrors: true }).compile(JSON.parse(readFileSync('docs/bench-schema.json', 'utf8')));

let folder = '';
let small = '';
let other = '';

const path = (name: string): string => join(folder, name);
const textOf = (name: string): string => readFileSync(path(name), 'utf8');

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hetconv-bench-'));
  [small, other] = ['small & <i>.safetensors', 'other.safetensors'].map(path) as [string, string];
  const model = smallModel();
  writeFileSync(small, native.write!(model));
  writeFileSync(other, native.write!({ ...model, graph: withRandomWeights(model.graph, 'other') }));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return { status, out: stdout, err: stderr };
}
const hetconv = (...args: string[]) => run(join('dist', 'cli.js'), ...args);

function succeeds(...args: string[]): string {
  const { status, out, err } = hetconv(...args);
  assert.equal(status, 0, err);
  return out;
}

function fails(code: string, message: RegExp, ...args: string[]): void {
  const { status, out } = hetconv(...args, '--json');
  const { error } = JSON.parse(out);
  assert.deepEqual([status, error.code], [1, code], out);
  assert.match(error.message, message);
}

function checked<T>(text: string): T {
  const record: T = JSON.parse(text);
  assert.ok(valid(record), JSON.stringify(valid.errors?.slice(0, 5), null, 1));
  return record as T;
}

/** One HTML file that loads nothing: every address in it is the name of an XML vocabulary. */
function selfContained(html: string): void {
  assert.match(html, /^<!doctype html>\n<html lang="en">/);
  const addresses = new Set([...html.matchAll(/https?:[^"' <)]*/g)].map(([address]) => address));
  for (const address of addresses) assert.match(address, /^http:\/\/www\.w3\.org\/(2000\/svg|1999\/(xhtml|xlink))$/);
  assert.doesNotMatch(html, /\b(src|href)=|@import|url\(/);
  assert.doesNotMatch(html, /NaN|undefined|⚠/);
}

describe('hetconv bench', () => {
  test('writes JSON as its schema says, a line of CSV for each row, and a report', () => {
    const out = succeeds(
      'bench',
      small,
      other,
      ...QUICK,
      '--json',
      path('b.json'),
      '--csv',
      path('b.csv'),
      '--html',
      path('b.html'),
    );
    const record = checked<BenchRecord>(textOf('b.json'));
    const [{ rows, baseline }] = record.networks as [BenchRecord['networks'][number]];
    assert.equal(baseline, small);
    assert.deepEqual(
      rows.map(({ entry, accuracy }) => [entry, accuracy]),
      [small, other].flatMap((entry) => ['direct', 'standard'].map((accuracy) => [entry, accuracy])),
    );
    assert.match(out, /at most \d+\.\d GFLOP\/s and \d+\.\d GB\/s; two copies of .* differ by up to \d+\.\d %/);
    const lines = textOf('b.csv').trimEnd().split('\r\n');
    assert.equal(lines.length, 1 + rows.length);
    assert.match(lines[0]!, /^network,entry,part,groups,variant,accuracy,macs,/);
    const html = textOf('b.html');
    selfContained(html);
    assert.ok(html.includes('small &amp; &lt;i&gt;.safetensors') && !html.includes('small & <i>'));
    const embedded = html.match(/<script type="application\/json" id="record">(.*?)<\/script>/s)![1]!;
    assert.deepEqual(JSON.parse(embedded), JSON.parse(textOf('b.json')));
  });

  test('compares the kinds of an architecture, and prints layers when asked', () => {
    const kinds = ['--kind', 'hetconv,dwpw,gwpw,pw', '--part', '1,4,8', '--groups', '4', '--accuracy', 'direct'];
    const out = succeeds(
      'bench',
      'resnet20-cifar10',
      ...kinds,
      '--variant',
      'simd',
      ...QUICK,
      '--layers',
      '--html',
      path('a.html'),
      '--svg',
      path('a/figures'),
    );
    assert.match(out, /^resnet20-cifar10 \(simd\): at most/m);
    for (const entry of ['standard +direct', 'standard +standard', 'HetConv P4', 'HetConv P8', 'DW\\+PW', 'GW\\+PW G4', 'PW']) {
      assert.match(out, new RegExp(`^${entry} .*×.*(KiB|MiB)$`, 'm'));
    }
    assert.match(out, /^layer3\.2\.conv2 +hetConv +\d\.\d+ +\d+\.\d % +\d+\.\d +\d+ % +3\.00× +≈?\d+\.\d\d× +.*f32_conv/m);
    const html = textOf('a.html');
    selfContained(html);
    const titles = [...html.matchAll(/<h4>(.*?)<\/h4>/g)].map(([, title]) => title);
    assert.deepEqual(titles, [
      'Latency against multiply-accumulates',
      'Speed-up, achieved and promised',
      'Speed-up of each layer',
      'Promise kept, by width of the classes',
      'Where the time goes',
      'Roofline',
    ]);
    for (const work of ['convolution', 'HetConv', 'pointwise or linear', 'depthwise']) {
      assert.ok(html.includes(`</span>${work}</span>`), `no colour says ${work}`);
    }
    // Each is drawn twice: for wide and for narrow pages.
    assert.equal([...html.matchAll(/<svg /g)].length, 2 * titles.length);
    const files = readdirSync(path('a/figures')).sort();
    assert.deepEqual(
      files,
      titles.map((title) => `resnet20-cifar10-simd-${title!.toLowerCase().replaceAll(/\W+/g, '-')}.svg`).sort(),
    );
    for (const file of files) {
      const svg = textOf(join('a/figures', file));
      assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="760" .*resnet20-cifar10, binary simd/);
      assert.doesNotMatch(svg, /NaN|undefined|var\(--(series|page)/, file);
    }
  });

  test('says what is wrong', () => {
    fails('not-found', /no file "alexnet".*vgg16-cifar10.*-hetconv-p4/, 'bench', 'alexnet');
    fails('bad-shape', /vgg16-cifar10 does not take pictures of 64×64/, 'bench', '--size', '64');
    fails('bad-option', /part 3 cannot divide/, 'bench', '--part', '3');
    fails('bad-option', /cannot write .*nowhere/, 'bench', small, ...QUICK, '--csv', path('nowhere/x.csv'));
    fails('bad-option', /cannot make the folder .*small/, 'bench', small, ...QUICK, '--svg', join(small, 'figures'));
    for (const args of [
      ['--kind', 'hetconv,fft'],
      ['--variant', 'avx'],
      ['--part', '4,x'],
      ['--rounds', '0'],
      ['--data', 'cifar10'],
      [small, '--limit', '3'],
    ]) {
      const { status, err } = hetconv('bench', ...args);
      assert.equal(status, 2, `${args}: ${err}`);
    }
  });
});

describe('hetconv profile', () => {
  test('prints each layer, and writes JSON, a report and a trace', () => {
    const out = succeeds(
      'profile',
      other,
      '--rounds',
      '2',
      '--json',
      path('p.json'),
      '--html',
      path('p.html'),
      '--trace',
      path('t.json'),
    );
    assert.match(out, /^small \((simd|relaxed), standard\): \d+\.\d+ ms a run \(95 %: .*; \d+ dropped\)$/m);
    assert.match(out, /^conv2 +hetConv +~?\d+\.\d+ +\d+\.\d % +\d+\.\d +\d+ % +(compute|memory) +0\.\d+ +.*f32_conv/m);
    const { layers, latency } = checked<ProfileRecord>(textOf('p.json'));
    assert.deepEqual(
      layers.map(({ name }) => name),
      ['', 'conv1', 'conv2', 'pool', 'flatten', 'logits'],
    );
    assert.ok(Math.abs(layers.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    assert.ok(latency.medianMs > 0);
    selfContained(textOf('p.html'));

    const { traceEvents } = JSON.parse(textOf('t.json')) as { traceEvents: TraceEvent[] };
    const end = ({ ts, dur }: TraceEvent): number => ts + dur;
    const events = (cat: string) => traceEvents.filter((event) => event.cat === cat);
    assert.equal(events('run').length, 3);
    assert.ok(events('kernel').length >= events('layer').length);
    // Kernels lie in layers, layers in runs, and none before the one that came first.
    for (const [inner, outer] of [
      ['kernel', 'layer'],
      ['layer', 'run'],
    ] as const) {
      let last = 0;
      for (const event of events(inner)) {
        assert.ok(event.ph === 'X' && event.ts >= last && event.dur >= 0);
        last = end(event);
        assert.ok(
          events(outer).some((around) => around.ts <= event.ts && end(event) <= end(around) + 1e-6),
          event.name,
        );
      }
    }
  });

  test('takes an architecture by its name', () => {
    const { network, total } = checked<ProfileRecord>(succeeds('profile', 'resnet20-cifar10-hetconv-p8', ...QUICK, '--json'));
    assert.equal(network, 'resnet20-cifar10-hetconv-p8');
    const counted = succeeds('graph', 'resnet20-cifar10', '--kind', 'hetconv', '--part', '8', '--cost', '--json');
    assert.equal(total.macs, JSON.parse(counted).total.macs);
    fails('not-found', /alexnet-pw/, 'profile', 'alexnet-pw');
  });
});

describe('hetconv compare', () => {
  test('shows both networks side by side, and how far their results are from each other', () => {
    const out = succeeds('compare', small, other, ...QUICK);
    assert.match(out, /^MACs +\d\.\d{3} M +\d\.\d{3} M +1\.00×$/m);
    assert.match(out, /^file +\d\.\d KiB +\d\.\d KiB +\d\.\d\d×$/m);
    assert.match(out, /^latency +~?\d+\.\d{3} ms +~?\d+\.\d{3} ms +≈?\d+\.\d\d× \(\d+\.\d\d–\d+\.\d\d\)$/m);
    assert.match(out, /^logits: differs by up to \d/m);
    const same = JSON.parse(succeeds('compare', small, small, ...QUICK, '--json'));
    assert.deepEqual([same.differences.length, same.differences[0].greatest, same.networks.length], [1, 0, 2]);
    assert.ok(!('optimised' in same.networks[0]));
  });

  test('says why results cannot be compared', () => {
    const random = succeeds('compare', 'resnet20-cifar10-pw', 'resnet20-cifar10-dwpw', ...QUICK);
    assert.match(random, /^results not compared: an architecture has random weights$/m);
    const resnet = path('larger.safetensors');
    const { graph } = smallModel();
    const inputs = [{ name: 'input', shape: [1, 3, 8, 8] }];
    const nodes = graph.nodes.slice(0, 5);
    writeFileSync(resnet, native.write!({ graph: { ...graph, inputs, nodes, outputs: ['pool'] } }));
    assert.match(
      succeeds('compare', small, resnet, ...QUICK),
      /^results not compared: their inputs are \[1,3,4,4\] and \[1,3,8,8\]$/m,
    );
  });
});

describe('hetconv agree', () => {
  const twice = ['--accuracy', 'direct', '--variant', 'simd', ...QUICK, '--json'];
  type Record = { networks: { rows: { versusDirect: { speedUp: number; interval: number[] }; speedUps: unknown[] }[] }[] };
  /** A file with something else in place of what the first benchmark found. */
  function altered(name: string, change: (record: Record) => void): string {
    const record = JSON.parse(textOf('one.json'));
    change(record);
    writeFileSync(path(name), JSON.stringify(record));
    return path(name);
  }
  before(() => {
    succeeds('bench', small, other, ...twice, path('one.json'));
  });

  test('counts the speed-ups whose intervals meet, and prints those whose do not', () => {
    const same = succeeds('agree', path('one.json'), path('one.json'));
    assert.match(same, /^networks: 2 of 2 speed-ups agree within their intervals \(100\.0 %\); the second is between 0\.0 %/m);
    /** The last row found to be so many times as fast, for sure. */
    const sure = (name: string, factor: number): string =>
      altered(name, ({ networks }) => {
        const { versusDirect } = networks[0]!.rows.at(-1)!;
        versusDirect.speedUp *= factor;
        versusDirect.interval = [0.99, 1.01].map((end) => end * versusDirect.speedUp);
      });
    const [near, far] = [sure('near.json', 1), sure('far.json', 10)];
    const { status, out } = hetconv('agree', near, far);
    assert.equal(status, 1);
    assert.match(out, /^files .* 900\.0 %$/m);
    assert.match(out, /^networks: 1 of 2 speed-ups agree within their intervals \(50\.0 %\)/m);
    const { networks, ratios } = JSON.parse(hetconv('agree', near, far, '--json').out);
    assert.deepEqual([networks, ratios.length], [{ agree: 1, of: 2 }, 2]);
  });

  test('says what is wrong with a file', () => {
    const one = path('one.json');
    fails('not-found', /cannot read .*none\.json/, 'agree', one, path('none.json'));
    fails(
      'bad-file',
      /format must be one of hetconv-bench/,
      'agree',
      one,
      altered('p.json', (record) => Object.assign(record, { format: 'hetconv-plan' })),
    );
    fails(
      'bad-version',
      /of version 9; this release reads version 1/,
      'agree',
      one,
      altered('v.json', (record) => Object.assign(record, { version: 9 })),
    );
    for (const interval of [[1], [2, 1], [1, 2, 3], 'wide', [0, 1], [1, null]]) {
      const bad = altered('i.json', ({ networks }) => Object.assign(networks[0]!.rows[1]!.versusDirect, { interval }));
      fails('bad-file', /networks\[0\]\.rows\[1\]\.versusDirect\.interval/, 'agree', one, bad);
    }
    fails(
      'bad-option',
      /have no network in common/,
      'agree',
      one,
      altered('n.json', ({ networks }) => Object.assign(networks[0]!, { name: 'x' })),
    );
  });
});

describe('npm run bench:flops', () => {
  const script = join('build', 'tests', 'bench', 'flops.mjs');
  const PLACES = ['conditions', 'speed-ups', 'kept', 'equal', 'classes', 'maps', 'rest', 'filtered', 'others', 'repetition'];

  test('writes every table and the figures that the document shows, from what it measured and from its repetition', () => {
    const document = path('latency-vs-flops.md');
    const figure = 'figures/resnet20-cifar10-simd-speed-up-of-each-layer.svg';
    const places = PLACES.map((name) => `<!-- ${name}: npm run bench:flops -->\n<!-- end of ${name} -->\n`);
    writeFileSync(document, `# Title\n\n${places.join('\n')}\n![Speed-up](${figure})\n`);
    const common = ['--docs', folder, '--network', 'resnet20-cifar10'];
    const measured = run(script, ...common, '--', ...QUICK);
    assert.equal(measured.status, 0, measured.err);
    checked<BenchRecord>(textOf('data/latency-vs-flops.json'));
    const text = textOf('latency-vs-flops.md');
    assert.match(
      text,
      /^\| HetConv P8 \| 9\.36 \| 4\.\d\d \| ~?\d+\.\d{3} \| ≈?\d+\.\d\d \| \d+\.\d\d–\d+\.\d\d \| \d+\.\d % \|/m,
    );
    assert.match(text, /^\| 8 or more \| \d+ \| \d/m);
    assert.match(text, /^\| DW\+PW and HetConv P\d+, `relaxed` \|/m);
    assert.match(text, /Not repeated yet/);
    assert.doesNotMatch(text, /NaN|undefined|Infinity/);
    assert.match(textOf(figure), /^<svg /);
    const again = run(script, ...common, '--again', '--', ...QUICK);
    assert.equal(again.status, 0, again.err);
    assert.match(textOf('latency-vs-flops.md'), /^Repeated \d+ minutes later: \d+ of 30 \(\d+\.\d %\) of the speed-ups/m);
  });

  test('its document has all places', () => {
    const text = readFileSync('docs/latency-vs-flops.md', 'utf8');
    for (const name of PLACES)
      assert.match(text, new RegExp(`<!-- ${name}: npm run bench:flops -->\n[\\s\\S]*<!-- end of ${name} -->`));
  });
});

describe('npm run bench', () => {
  const script = join('build', 'tests', 'bench', 'run.mjs');

  test('the cases have names of their own, and cover the shapes and kinds that are promised', () => {
    const names = kernelCases.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const shape of ['64@32', '128@16', '256@8', '512@4', '512@2', '256@28', '512@14', '64@56']) {
      for (const kind of ['dense', 'P2', 'P4', 'P8', 'P16', 'P32', 'PW', 'DW', 'DW+PW', 'GW+PW']) {
        assert.ok(names.includes(`${shape} ${kind}`), `${shape} ${kind}`);
      }
    }
    assert.ok(names.some((name) => /stride 2 P4$/.test(name)) && names.some((name) => /^3→64@32/.test(name)));
  });

  test('times every row of a case, and holds the planner against the best', () => {
    const { status, out, err } = run(
      script,
      '--cases',
      '^64@32 (P8|DW\\+PW)$',
      '--variant',
      'simd',
      ...QUICK,
      '--json',
      path('k.json'),
    );
    assert.equal(status, 0, err);
    assert.match(out, /^winograd 4x4 \+ conv 4x8 +~?\d+\.\d .*4\.50×/m);
    const { cases } = checked<{
      cases: { rows: { kernels: string }[]; choices: Record<string, { planned: string; loss: number }> }[];
    }>(textOf('k.json'));
    assert.equal(cases.length, 2);
    for (const { rows, choices } of cases) {
      const kernels = rows.map((row) => row.kernels);
      assert.equal(new Set(kernels).size, kernels.length);
      for (const { planned, loss } of Object.values(choices)) assert.ok(kernels.includes(planned) && loss >= 0);
    }
    const held = run(script, '--cases', '^512@2 P4$', '--variant', 'simd', ...QUICK, '--choices');
    assert.match(held.out, /^worst: \d+\.\d % /m);
    assert.notEqual(run(script, '--cases', 'nothing').status, 0);
  });
});

describe('npm run bench:start', () => {
  const script = join('build', 'tests', 'bench', 'startUp.mjs');

  test('times the parts of starts in processes of their own', () => {
    const { status, out, err } = run(script, '--model', small, '--starts', '2', '--json', path('s.json'));
    assert.equal(status, 0, err);
    assert.match(out, /^\| \*\*until the first result\*\* \| \d+\.\d \| \d+\.\d–\d+\.\d \| \d+\.\d \| \d+ \|$/m);
    const { contestants } = JSON.parse(textOf('s.json'));
    const [{ starts }] = contestants;
    assert.equal(starts.length, 2);
    for (const { parts, weightBytes, peakBytes, pageMs } of starts) {
      assert.deepEqual(Object.keys(parts), ['imported', 'read', 'planned', 'first', 'second']);
      for (const { ms, processorMs, faults } of Object.values<Record<string, number>>(parts)) {
        assert.ok(ms! > 0 && processorMs! >= 0 && faults! >= 0);
      }
      assert.ok(weightBytes > 0 && peakBytes > weightBytes && pageMs > 0);
    }
    assert.notEqual(run(script, '--model', path('none.safetensors'), '--starts', '1').status, 0);
  });
});
