// How times are taken and what is said of them: clocks that are made up, distributions that are known, and a real network.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as abi from '../assembly/abi.js';
import { bench } from '../src/bench/bench.js';
import { bestMs } from '../src/bench/ceilings.js';
import { type Clock, resolutionOf } from '../src/bench/clock.js';
import { architectureNetwork, kindsOf } from '../src/bench/entries.js';
import { measure } from '../src/bench/measure.js';
import { seededRandom } from '../src/bench/random.js';
import type { Point } from '../src/bench/record.js';
import {
  deviation,
  median,
  medianInterval,
  noiseFloorOf,
  outlierBound,
  ratioOf,
  type Samples,
  summarise,
} from '../src/bench/statistics.js';
import { Stopwatch } from '../src/bench/stopwatch.js';
import { nodeClock, nodeEnvironment } from '../src/cli/nodeClock.js';
import { HetConvError } from '../src/graph/error.js';
import { host } from './support/builtHost.js';
import { binaryOf } from './support/runGraph.js';

const normals = (seed: string, count: number, mean: number, sigma: number): number[] => {
  const random = seededRandom(seed);
  return Array.from(
    { length: count },
    () => mean + sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
};
const samplesOf = (rounds: readonly number[], dropped = 0): Samples => ({ rounds, kept: rounds, dropped });
const near = (actual: number, expected: number, share: number): void =>
  assert.ok(Math.abs(actual - expected) <= share * Math.abs(expected), `${actual} is not within ${share} of ${expected}`);

describe('statistics', () => {
  test('medians, deviations and bounds of lists worked out by hand', () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(median([7]), 7);
    assert.equal(deviation([1, 1, 2, 2, 4, 6, 9]), 1);
    // A spread of nothing leaves 5 %.
    near(outlierBound([2, 2, 2, 2, 50]), 2.1, 1e-12);
    near(outlierBound([1, 1, 2, 2, 4, 6, 9]), 2 + 6 * 1.4826, 1e-12);
  });

  test('of a normal distribution they are its mean, and its sigma over 1.4826', () => {
    const values = normals('normal', 20_000, 5, 0.5);
    near(median(values), 5, 0.01);
    near(deviation(values) * 1.4826, 0.5, 0.03);
  });

  test('the 95 % interval holds the true median about 95 times in 100, whatever the distribution', () => {
    const random = seededRandom('coverage');
    const kinds = {
      normal: { median: 10, draw: (i: number) => normals(`coverage ${i}`, 15, 10, 1) },
      exponential: { median: Math.log(2), draw: () => Array.from({ length: 15 }, () => -Math.log(1 - random())) },
    };
    for (const [name, kind] of Object.entries(kinds)) {
      let held = 0;
      for (let i = 0; i < 200; i++) {
        const [low, high] = medianInterval(kind.draw(i), `${name} ${i}`);
        if (low <= kind.median && kind.median <= high) held++;
      }
      // Three standard deviations of a count of 200 at 95 % are 9; the median of 15 covers a little less.
      assert.ok(held >= 175 && held <= 199, `${name}: ${held} of 200`);
    }
  });

  test('a seed repeats an interval', () => {
    const values = normals('repeat', 15, 1, 0.1);
    assert.deepEqual(medianInterval(values, 'a'), medianInterval(values, 'a'));
    assert.notDeepEqual(medianInterval(values, 'a'), medianInterval(values, 'b'));
  });

  test('a ratio is as steady as the rounds are, however much the machine drifts', () => {
    const drift = Array.from({ length: 15 }, (_, i) => 1 + i / 5);
    const baseline = samplesOf(drift.map((factor) => 3 * factor));
    const { speedUp, interval, tie } = ratioOf(baseline, samplesOf(drift), 0.01, 'drift');
    near(speedUp, 3, 1e-9);
    near(interval[0], 3 / 1.01, 1e-9);
    near(interval[1], 3 * 1.01, 1e-9);
    assert.equal(tie, false);
    assert.ok(summarise(baseline, 'drift').noisy, 'the times themselves drift');
  });

  test('a difference within the noise of two copies is a tie', () => {
    const copies = ['one', 'two'].map((seed) => samplesOf(normals(seed, 15, 10, 0.3)));
    const floor = noiseFloorOf(copies[0]!, copies[1]!, 'copies');
    assert.ok(floor > 0.005 && floor < 0.15, `${floor}`);
    assert.equal(ratioOf(copies[0]!, copies[1]!, floor, 'tie').tie, true);
    assert.equal(ratioOf(copies[0]!, samplesOf(normals('half', 15, 5, 0.1)), floor, 'half').tie, false);
  });

  test('a summary says what was dropped, and calls itself noisy where that is most', () => {
    const steady = normals('steady', 15, 2, 0.005);
    const { medianMs, minMs, kept, dropped, noisy } = summarise(samplesOf(steady, 3), 'steady');
    near(medianMs, 2, 0.01);
    assert.deepEqual([minMs, kept, dropped, noisy], [Math.min(...steady), 15, 3, false]);
    assert.equal(summarise(samplesOf(steady, 16), 'steady').noisy, true);
  });
});

/** A clock that shows whole steps of a time that only work moves on. */
class FakeClock implements Clock {
  #time = 0;
  #worked = 0;
  readonly #step: number;
  readonly cpu?: () => number;

  constructor(step: number, tellsCpu = false) {
    this.#step = step;
    if (tellsCpu) this.cpu = () => this.#worked;
  }

  now = (): number => {
    // Reading takes 10 ns.
    this.work(1e-5);
    return Math.floor(this.#time / this.#step) * this.#step;
  };

  work(ms: number): void {
    this.#time += ms;
    this.#worked += ms;
  }

  preempt(ms: number): void {
    this.#time += ms;
  }
}

describe('measuring', () => {
  test('finds the step of a clock', () => {
    near(resolutionOf(new FakeClock(0.02)), 0.02, 1e-6);
    near(resolutionOf(new FakeClock(1)), 1, 1e-6);
    const real = resolutionOf(nodeClock);
    assert.ok(real > 0 && real < 0.1, `${real} ms`);
  });

  test("Node's processor time goes on with the work, not with the ticks of the system", () => {
    const deltas = Array.from({ length: 30 }, () => {
      const begin = nodeClock.cpu!();
      let sum = 0;
      for (let i = 0; i < 2e6; i++) sum += Math.sqrt(i);
      assert.ok(sum > 0);
      return nodeClock.cpu!() - begin;
    });
    assert.ok(Math.min(...deltas) > 0.1 * median(deltas), `${deltas}`);
  });

  test('a clock of whole milliseconds still times 0.137 ms, and its part of 0.002 ms', async () => {
    const clock = new FakeClock(1);
    const part = { name: 'part', run: () => clock.work(0.002) };
    const whole = { name: 'whole', run: () => clock.work(0.137), parts: [part] };
    const { whole: times, parts } = (await measure([whole], clock, { rounds: 5, runs: 2 })).get(whole)!;
    near(median(times.rounds), 0.137, 0.006);
    near(median(parts.get('part')!.rounds), 0.002, 0.02);
    assert.deepEqual([times.rounds.length, times.kept.length, times.dropped], [5, 10, 0]);
  });

  for (const tellsCpu of [true, false]) {
    test(`preempted runs are dropped and counted, ${tellsCpu ? 'by processor time' : 'as outliers'}`, async () => {
      const clock = new FakeClock(1e-4, tellsCpu);
      const random = seededRandom('preempted');
      let preempted = 0;
      let counting = false;
      const run = (): void => {
        clock.work(1 + 0.01 * random());
        if (!counting || random() > 0.2) return;
        clock.preempt(2);
        preempted++;
      };
      const contestants = ['a', 'b'].map((name) => ({ name, run: () => run() }));
      const measured = await measure(contestants, clock, {
        rounds: 20,
        runs: 3,
        onRound: () => {
          counting = true;
        },
      });
      const dropped = contestants.map((contestant) => measured.get(contestant)!.whole);
      // Each turn has one run before its timings that may be preempted too.
      const sum = dropped.reduce((total, { dropped }) => total + dropped, 0);
      assert.ok(sum > 5 && sum <= preempted, `${sum} of ${preempted}`);
      for (const { rounds, kept } of dropped) {
        for (const ms of kept) assert.ok(ms < 1.05, `${ms} was kept`);
        near(median(rounds), 1.005, 0.01);
      }
    });
  }

  test('whoever is slower is so by the right factor, in spite of a machine that changes its speed', async () => {
    const clock = new FakeClock(1e-4);
    let speed = 1;
    const [slow, fast] = [3, 1].map((ms) => ({ name: `${ms}`, run: () => clock.work(ms * speed) })) as [
      { name: string; run: () => void },
      { name: string; run: () => void },
    ];
    const measured = await measure([slow, fast], clock, { rounds: 12, onRound: (done) => (speed = done > 6 ? 2 : 1) });
    near(ratioOf(measured.get(slow)!.whole, measured.get(fast)!.whole, 0, 'x').speedUp, 3, 1e-3);
  });

  test('what a contestant promises is awaited, and counts', async () => {
    const clock = new FakeClock(1e-4);
    const later = async (): Promise<void> => {
      clock.work(1);
      await new Promise(setImmediate);
      clock.work(2);
    };
    const contestant = { name: 'later', run: later };
    const { whole } = (await measure([contestant], clock, { rounds: 3, runs: 2, warmUpMs: 10 })).get(contestant)!;
    near(median(whole.rounds), 3, 1e-3);
    assert.equal(whole.kept.length, 6);
  });

  test('a disturbance while it is found how many runs last long enough does not leave too few', async () => {
    for (const disturbed of [1, 2, 5]) {
      const clock = new FakeClock(0.005);
      let runs = 0;
      const run = (): void => clock.work(++runs === disturbed ? 60 : 0.0004);
      const stopwatch = await Stopwatch.of(run, clock, 1);
      near((await stopwatch.time()).ms, 0.0004, 0.01);
    }
  });

  test('refuses counts that are none, and stops when it is told to', async () => {
    const clock = new FakeClock(1e-3);
    const contestant = { name: 'x', run: () => clock.work(1) };
    for (const bad of [{ rounds: 0 }, { runs: -1 }, { rounds: 2.5 }]) {
      await assert.rejects(
        measure([contestant], clock, bad),
        (error) => error instanceof HetConvError && error.code === 'bad-option',
      );
    }
    const abort = new AbortController();
    const stopped = measure([contestant], clock, { rounds: 1000, signal: abort.signal, onRound: () => abort.abort() });
    await assert.rejects(stopped, { name: 'AbortError' });
  });
});

describe('ceilings', () => {
  for (const variant of ['simd', 'relaxed'] as const) {
    test(`f32_peak of ${variant} makes the multiply-adds that it is credited with`, (t) => {
      const module = binaryOf(variant);
      if (!module) return t.skip('this engine has no relaxed SIMD');
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
      const { f32_peak: peak } = new WebAssembly.Instance(module, { env: { memory } }).exports;
      const words = new Float32Array(memory.buffer);
      words.fill(0.5, abi.PEAK_FACTOR, abi.PEAK_FACTOR + 4).fill(1, abi.PEAK_ADDEND, abi.PEAK_ADDEND + 4);
      (peak as (p: number, begin: number, end: number) => void)(0, 0, 3);
      let sum = 0;
      for (let chain = 0; chain < abi.PEAK_CHAINS; chain++) {
        let a = 0.5 + chain;
        for (let i = 0; i < 3; i++) a = 1 + a * 0.5;
        sum += a;
      }
      assert.deepEqual([...words.subarray(abi.PEAK_RESULT, abi.PEAK_RESULT + 4)], [sum, sum, sum, sum]);
    });
  }

  test('a layer is bound by what takes longer at best', () => {
    const ceilings = { gflops: 50, cacheGBs: 100, memoryGBs: 10 };
    assert.deepEqual(bestMs({ macs: 25e6, bytes: 1e6 }, ceilings), { ms: 1, bound: 'compute' });
    assert.deepEqual(bestMs({ macs: 1e6, bytes: 20e6 }, ceilings), { ms: 2, bound: 'memory' });
  });
});

test('networks are the kinds that were asked for, the standard one first, at sizes that they take', () => {
  const kinds = kindsOf(['hetconv', 'gwpw', 'standard', 'pw'], [1, 2, 8], [4, 8]);
  const { name, entries } = architectureNetwork('mobilenet-v1-cifar10', kinds, 64);
  assert.equal(name, 'mobilenet-v1-cifar10 64×64');
  assert.deepEqual(
    entries.map((entry) => [entry.name, entry.part ?? entry.groups]),
    [
      ['standard', undefined],
      ['HetConv P2', 2],
      ['HetConv P8', 8],
      ['GW+PW G4', 4],
      ['GW+PW G8', 8],
      ['PW', undefined],
    ],
  );
  // All layers but the last have four times the pixels of 32×32, where P8 has 88.98 M.
  const [small] = architectureNetwork('mobilenet-v1-cifar10', kindsOf(['hetconv'], [8], [])).entries.slice(1);
  near(small!.cost.macs, 88.98e6, 1e-4);
  assert.equal(entries[2]!.cost.convolutionMacs, 4 * small!.cost.convolutionMacs);
  assert.throws(() => architectureNetwork('vgg16-cifar10', kinds, 64), { code: 'bad-shape' });
});

test('a benchmark of ResNet-20 has every row, promises what its multiply-accumulates promise, and adds up', async () => {
  const network = architectureNetwork('resnet20-cifar10', kindsOf(['hetconv', 'dwpw'], [4], []));
  const progress: number[] = [];
  const seen: (readonly Point[])[] = [];
  const record = await bench([network], {
    host,
    clock: nodeClock,
    environment: nodeEnvironment(),
    variants: ['simd'],
    accuracies: ['direct', 'standard'],
    rounds: 4,
    runs: 2,
    warmUpMs: 20,
    onProgress: ({ done, secondsLeft }) => {
      assert.ok(secondsLeft >= 0);
      progress.push(done);
    },
    onPoints: (points) => seen.push(points),
  });
  // Four rounds of two baselines, then four of all.
  assert.equal(seen.length, 8);
  assert.deepEqual(
    seen[0]!.map(({ entry, accuracy }) => `${entry} ${accuracy}`),
    ['standard direct'],
  );
  assert.deepEqual(
    seen.at(-1),
    record.networks[0]!.rows.map(({ entry, variant, accuracy, cost, latency }) => ({ entry, variant, accuracy, cost, latency })),
  );
  assert.deepEqual(
    progress,
    progress.toSorted((a, b) => a - b),
  );
  const [{ rows, baseline, ceilings, noiseFloor }] = record.networks as [(typeof record.networks)[number]];
  assert.equal(baseline, 'standard');
  assert.ok(ceilings.simd!.gflops > 1 && ceilings.simd!.memoryGBs > 0.1 && ceilings.simd!.cacheGBs > 0.1);
  assert.ok(noiseFloor.simd! >= 0);
  assert.deepEqual(
    rows.map(({ entry, accuracy }) => `${entry} ${accuracy}`),
    ['standard', 'HetConv P4', 'DW+PW'].flatMap((entry) => [`${entry} direct`, `${entry} standard`]),
  );
  const [direct] = rows as [(typeof rows)[number]];
  assert.deepEqual([direct.versusDirect.speedUp, direct.versusDirect.promised, direct.versusDirect.tie], [1, 1, true]);
  for (const { cost, latency, layers, versusDirect, gflops, speedUps, entry } of rows) {
    near(versusDirect.promised, direct.cost.macs / cost.macs, 1e-12);
    near(gflops, (2 * cost.macs) / latency.medianMs / 1e6, 1e-9);
    assert.ok(latency.minMs <= latency.medianMs && latency.interval[0] <= latency.interval[1]);
    assert.equal(
      layers.reduce((sum, { macs }) => sum + macs, 0),
      cost.macs,
    );
    near(
      layers.reduce((sum, { share }) => sum + share, 0),
      1,
      1e-9,
    );
    // ResNet-20 has 18 convolutions beside its first; layers that cost the same are not compared.
    assert.equal(speedUps.length, entry === 'standard' ? 0 : 18);
    for (const { promised } of speedUps) assert.ok(promised > 2, `${promised}`);
  }
});
