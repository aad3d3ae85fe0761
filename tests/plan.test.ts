// `hetconv plan`: the choice against all choices, times against what they are made of, and the command as a shell sees it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Item, knapsack } from '../src/bench/knapsack.js';
import { latencyTable, type TimedNetwork } from '../src/bench/latencyTable.js';
import { planParts } from '../src/bench/partPlan.js';
import { seededRandom } from '../src/bench/random.js';
import type { BenchRecord, PlanRecord } from '../src/bench/record.js';
import { bareGraphFromJson } from '../src/formats/graphFromJson.js';
import { costOf } from '../src/ops/cost.js';
import { loadRareOps } from '../src/ops/index.js';
import { detectHetConv } from '../src/passes/detectHetConv.js';

const sum = (items: readonly Item[], key: keyof Item): number => items.reduce((total, item) => total + item[key], 0);

/** The most value within the capacity, by trying everything. */
function mostValue(groups: readonly (readonly Item[])[], capacity: number): number {
  const all = groups.reduce<Item[]>(
    (sums, group) => sums.flatMap((a) => group.map((b) => ({ value: a.value + b.value, weight: a.weight + b.weight }))),
    [{ value: 0, weight: 0 }],
  );
  return Math.max(...all.filter(({ weight }) => weight <= capacity).map(({ value }) => value));
}

describe('knapsack', () => {
  test('is as good as trying everything with a step less for each group, and never too heavy', () => {
    for (let seed = 0; seed < 60; seed++) {
      const random = seededRandom(`knapsack ${seed}`);
      const groups = Array.from({ length: 1 + Math.floor(6 * random()) }, () =>
        Array.from({ length: 1 + Math.floor(5 * random()) }, () => ({
          value: Math.floor(100 * random()),
          weight: 0.01 + random(),
        })),
      );
      const least = groups.reduce((total, group) => total + Math.min(...group.map(({ weight }) => weight)), 0);
      const capacity = least * (1 + 2 * random());
      const chosen = knapsack(groups, capacity);
      assert.ok(chosen, `seed ${seed}`);
      assert.ok(
        chosen.every((item, g) => groups[g]!.includes(item)),
        `seed ${seed}`,
      );
      assert.ok(sum(chosen, 'weight') <= capacity * (1 + 1e-12), `seed ${seed}`);
      const step = (capacity - least) / 20_000;
      assert.ok(sum(chosen, 'value') >= mostValue(groups, capacity - groups.length * step), `seed ${seed}`);
    }
  });

  test('takes the lightest where nothing else fits, exactly, and nothing where that does not', () => {
    const groups = [0.1, 0.2, 0.7].map((weight) => [
      { value: 9, weight: 3 * weight },
      { value: 1, weight },
    ]);
    const exactly = 0.1 + 0.2 + 0.7;
    assert.deepEqual(
      knapsack(groups, exactly),
      groups.map(([, light]) => light),
    );
    assert.equal(knapsack(groups, exactly - 1e-9), undefined);
    assert.equal(knapsack(groups, Number.NaN), undefined);
    assert.deepEqual(
      knapsack(groups, 100),
      groups.map(([heavy]) => heavy),
    );
  });

  test('of equal value takes the lighter', () => {
    const [heavy, light] = [
      { value: 5, weight: 0.9 },
      { value: 5, weight: 0.5 },
    ];
    assert.deepEqual(knapsack([[heavy, light]], 10), [light]);
  });
});

describe('times of layers', () => {
  const layer = (name: string, part: number, share: number): TimedNetwork['layers'][number] => ({
    name,
    op: part > 1 ? 'hetConv' : 'conv',
    ...(part > 1 && { part }),
    macs: 100 / part,
    share,
  });
  const network = (ms: number, layers: TimedNetwork['layers']): TimedNetwork => ({
    architecture: 'net',
    variant: 'simd',
    accuracy: 'standard',
    ms,
    layers,
  });
  const pool = { name: 'pool', op: 'maxPool', macs: 0, share: 0.1 };
  const networks = [
    network(10, [layer('stem', 1, 0.1), layer('a', 1, 0.5), layer('b', 1, 0.3), pool]),
    network(6, [layer('stem', 1, 0.2), layer('a', 2, 0.4), layer('b', 2, 0.3), pool]),
    network(4, [layer('stem', 1, 0.2), layer('a', 4, 0.3), layer('b', 2, 0.4), pool]),
  ];
  const which = { architecture: 'net', variant: 'simd', accuracy: 'standard' } as const;

  test('are shares of whole runs: by layer and part, medians of those alike, the rest fixed', () => {
    const table = latencyTable(networks, which);
    const rounded = table.layers.map(({ name, options }) => [
      name,
      options.map(({ part, macs, ms }) => [part, macs, +ms.toFixed(9)]),
    ]);
    assert.deepEqual(rounded, [
      [
        'a',
        [
          [1, 100, 5],
          [2, 50, 2.4],
          [4, 25, 1.2],
        ],
      ],
      [
        'b',
        [
          [1, 100, 3],
          [2, 50, 1.7],
        ],
      ],
    ]);
    // Medians of 1, 1.2, 0.8 and of 1, 0.6, 0.4.
    assert.ok(Math.abs(table.fixedMs - 1.6) < 1e-9);
  });

  test('give the parts that keep most within a budget', () => {
    const table = latencyTable(networks, which);
    const parts = (budget: number) => planParts(table, budget).layers.map(({ part }) => part);
    assert.deepEqual(
      [parts(20), parts(8.4), parts(7.1), parts(6), parts(4.6)],
      [
        [1, 1],
        [2, 1],
        [2, 1],
        [4, 1],
        [4, 2],
      ],
    );
    assert.ok(planParts(table, 7.1).predictedMs <= 7.1);
    assert.throws(() => planParts(table, 4.4), { code: 'bad-option', message: /net takes 4\.500 ms at its fastest.*4\.4 ms/ });
  });

  test('of another network, or without the standard one, are refused', () => {
    for (const wrong of [{ architecture: 'other' }, { variant: 'relaxed' }, { accuracy: 'direct' }] as const) {
      assert.throws(() => latencyTable(networks, { ...which, ...wrong }), {
        code: 'bad-option',
        message: /there are times of net \(simd, standard\)/,
      });
    }
    assert.throws(() => latencyTable(networks.slice(1), which), { code: 'bad-option', message: /standard and with HetConv/ });
  });
});

/** A record of which tests change what a file may have wrong. */
interface Damaged {
  format: string;
  version: number;
  networks: {
    rows: { part?: number; latency: { medianMs: number }; layers: { name: string; share: unknown }[] }[];
  }[];
}

describe('hetconv plan', () => {
  const QUICK = ['--rounds', '2', '--runs', '1', '--warm-up', '5'];
  const valid = new Ajv2020({ allErrors: true }).compile(JSON.parse(readFileSync('docs/bench-schema.json', 'utf8')));
  let folder = '';
  const path = (name: string): string => join(folder, name);

  function hetconv(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join('dist', 'cli.js'), ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    return { status, out: stdout, err: stderr };
  }
  function succeeds(...args: string[]): string {
    const { status, out, err } = hetconv(...args);
    assert.equal(status, 0, err);
    return out;
  }
  function planned(...args: string[]): PlanRecord {
    const record: PlanRecord = JSON.parse(succeeds('plan', ...args, '--json'));
    assert.ok(valid(record as unknown), JSON.stringify(valid.errors?.slice(0, 5), null, 1));
    return record;
  }

  before(async () => {
    await loadRareOps();
    folder = mkdtempSync(join(tmpdir(), 'hetconv-plan-'));
    succeeds('bench', 'resnet20-cifar10', '--part', '4,16', '--variant', 'simd', ...QUICK, '--json', path('here.json'));
    const record: BenchRecord = JSON.parse(readFileSync(path('here.json'), 'utf8'));
    const environment = { ...record.environment, device: 'a phone' };
    writeFileSync(path('phone.json'), JSON.stringify({ ...record, environment }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('measures layers, chooses, measures the choice, and writes a graph with these parts', () => {
    const out = succeeds(
      'plan',
      '--arch',
      'resnet20',
      '--budget',
      '1s',
      '--part',
      '8',
      '--variant',
      'simd',
      ...QUICK,
      '--out',
      path('graph.json'),
      '--html',
      path('plan.html'),
    );
    const html = readFileSync(path('plan.html'), 'utf8');
    assert.match(
      html,
      /<p>It keeps 40\.55 of 40\.55 million multiply-accumulates \(100 %\).* Measured are .* from the prediction\./,
    );
    assert.match(html, /<tr><td>layer3\.2\.conv2<\/td><td>(standard|P8)<\/td><td class="number">\d\.\d\d</);
    assert.deepEqual(
      [...html.matchAll(/<h4>(.*?)<\/h4>/g)].map(([, title]) => title),
      ['Latency and budget', 'Time of each layer', 'Multiply-accumulates kept', 'What there was to choose from'],
    );
    assert.doesNotMatch(html, /NaN|undefined/);
    const embedded = html.match(/<script type="application\/json" id="record">(.*?)<\/script>/s)![1]!;
    assert.ok(valid(JSON.parse(embedded)), JSON.stringify(valid.errors));
    assert.match(out, /^resnet20-cifar10 within 1000\.000 ms \(simd, standard\)$/m);
    assert.match(out, /^layer3\.2\.conv2 +(standard|P8) +\d\.\d\d +\d\.\d{4} +\d+ %$/m);
    assert.match(out, /^keeps +40\.55 M of 40\.55 M multiply-accumulates \(100 %\)$/m);
    assert.match(out, /^measured +~?\d+\.\d{3} ms \(95 %: .*\), \d+\.\d % from the prediction;$/m);
    const { name, nodes } = JSON.parse(readFileSync(path('graph.json'), 'utf8'));
    assert.equal(name, 'resnet20-cifar10-mixed');
    assert.ok(nodes.every(({ name }: { name: string }) => !name.endsWith('.gwc')));
  });

  test('keeps more of a network the larger the budget, within it, by times from a file', () => {
    const table = ['--arch', 'resnet20-cifar10', '--table', path('phone.json')];
    const all = planned(...table, '--budget', '1000ms');
    const fastest = all.layers.reduce((ms, { options }) => ms + Math.min(...options.map((option) => option.ms)), all.fixedMs);
    const budgets = [1.02, 1.2, 1.5, 2].map((factor) => `${(factor * fastest).toFixed(6)}ms`);
    const plans = budgets.map((budget) => planned(...table, '--budget', budget, '--out', path(`${budget}.json`)));
    plans.forEach(({ predictedMs, budgetMs, cost, layers, measured }, i) => {
      assert.ok(predictedMs <= budgetMs, `${predictedMs} of ${budgetMs}`);
      assert.ok(i === 0 || cost.macs >= plans[i - 1]!.cost.macs);
      assert.equal(measured, undefined);
      const graph = bareGraphFromJson(JSON.parse(readFileSync(path(`${budgets[i]}.json`), 'utf8')), 'graph');
      const counted = costOf(detectHetConv(graph));
      assert.equal(counted.total.macs, cost.macs);
      for (const { name, part, macs } of layers) {
        const layer = counted.layers.find((each) => each.name === name)!;
        assert.deepEqual([layer.part ?? 1, layer.macs], [part, macs], name);
      }
    });
    assert.match(
      succeeds('plan', ...table, '--budget', budgets[2]!, '--html', path('phone.html')),
      /not measured: the times are of another machine or engine$/m,
    );
    const html = readFileSync(path('phone.html'), 'utf8');
    assert.match(html, /Chosen by times of a phone; .*\n.*Not measured: the times are of another machine or engine/);
    assert.doesNotMatch(html, /plan, measured|standard, again/);
    const limited = planned(...table, '--budget', '1000ms', '--part', '4');
    assert.ok(limited.layers.every(({ options }) => options.every(({ part }) => [1, 2, 4].includes(part))));
  });

  test('reads profiles of networks with one P each', () => {
    const files = ['resnet20-cifar10', 'resnet20-cifar10-hetconv-p8'].map((name) => {
      succeeds('profile', name, '--variant', 'simd', ...QUICK, '--json', path(`${name}.json`));
      return path(`${name}.json`);
    });
    const { layers, timedOn, environment } = planned('--arch', 'resnet20', '--budget', '1s', '--table', ...files, ...QUICK);
    assert.ok(layers.every(({ options }) => options.map(({ part }) => part).join() === '1,8'));
    assert.equal(timedOn.device, environment.device);
  });

  test('says what is wrong', () => {
    const fails = (code: string, message: RegExp, ...args: string[]): void => {
      const { status, out } = hetconv('plan', '--arch', 'resnet20', ...args, '--json');
      const { error } = JSON.parse(out);
      assert.deepEqual([status, error.code], [error.code === 'bad-option' && status === 2 ? 2 : 1, code], out);
      assert.match(error.message, message);
    };
    const damaged = (name: string, change: (record: Damaged) => void): string => {
      const record = JSON.parse(readFileSync(path('phone.json'), 'utf8'));
      change(record);
      writeFileSync(path(name), JSON.stringify(record));
      return path(name);
    };
    const rows = ({ networks }: Damaged) => networks[0]!.rows;
    const budget = ['--budget', '2ms', '--table'];
    fails('bad-option', /takes \d+\.\d{3} ms at its fastest/, '--budget', '1us', '--table', path('phone.json'));
    fails('not-found', /cannot read .*nowhere\.json/, ...budget, path('nowhere.json'));
    writeFileSync(path('text.json'), 'no JSON');
    fails('bad-file', /text\.json is not valid JSON/, ...budget, path('text.json'));
    fails(
      'bad-version',
      /of version 9/,
      ...budget,
      damaged('v.json', (record) => {
        record.version = 9;
      }),
    );
    fails(
      'bad-file',
      /format must be one of hetconv-bench/,
      ...budget,
      damaged('f.json', (record) => {
        record.format = 'x';
      }),
    );
    fails(
      'bad-file',
      /rows\[1\]\.latency\.medianMs must be positive/,
      ...budget,
      damaged('l.json', (record) => {
        rows(record)[1]!.latency.medianMs = -1;
      }),
    );
    fails(
      'bad-file',
      /layers\[2\]\.share must be a finite number/,
      ...budget,
      damaged('s.json', (record) => {
        rows(record)[0]!.layers[2]!.share = 'all';
      }),
    );
    fails(
      'bad-file',
      /layer "layer1\.0\.conv1 of old" is not in the network/,
      '--budget',
      '1s',
      '--table',
      damaged('n.json', (record) => {
        for (const { layers } of rows(record))
          for (const layer of layers) if (layer.name === 'layer1.0.conv1') layer.name += ' of old';
      }),
    );
    fails(
      'bad-option',
      /standard and with HetConv/,
      ...budget,
      damaged('o.json', (record) => {
        record.networks[0]!.rows = rows(record).filter(({ part }) => part);
      }),
    );
    fails(
      'bad-option',
      /phone\.json and .*here\.json were measured on different machines/,
      ...budget,
      path('phone.json'),
      path('here.json'),
    );
    fails('bad-option', /there are times of resnet20/, ...budget, path('phone.json'), '--variant', 'relaxed');
    for (const [message, ...args] of [
      [/names no architecture: which of vgg16-cifar10, vgg16-imagenet/, '--arch', 'vgg16', '--budget', '2ms'],
      [/names no architecture: known are/, '--arch', 'alexnet', '--budget', '2ms'],
      [/a time, as in 2ms/, '--arch', 'resnet20', '--budget', '2 hours'],
      [/a time, as in 2ms/, '--arch', 'resnet20', '--budget', '0ms'],
      [/required option/, '--arch', 'resnet20'],
    ] as [RegExp, ...string[]][]) {
      const { status, err } = hetconv('plan', ...args);
      assert.equal(status, 2, err);
      assert.match(err, message);
    }
  });
});

test('npm run bench:plan predicts random choices and says how far off it was', () => {
  const quick = ['--count', '3', '--rounds', '2', '--runs', '1', '--warm-up', '5', '--variant', 'simd'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('build', 'tests', 'bench', 'planCheck.mjs'), ...quick], {
    encoding: 'utf8',
  });
  assert.ok(status === 0 || status === 1, stderr);
  assert.equal([...stdout.matchAll(/^(\d+ ){17}\d+ +\d+\.\d\d +\d\.\d{4} +~?\d\.\d{4} +-?\d+\.\d %$/gm)].length, 3, stdout);
  assert.match(stdout, /^median error: \d+\.\d % of 3 networks$/m);
});
