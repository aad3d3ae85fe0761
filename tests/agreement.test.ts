// Two benchmarks of the same networks: which of their speed-ups agree.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agreements, type RatioNetwork, shareOf } from '../src/bench/agreement.js';

const ratio = (speedUp: number, low: number, high: number) => ({ speedUp, interval: [low, high] as const, tie: false });

function network(name: string, whole: ReturnType<typeof ratio>, layer: ReturnType<typeof ratio>): RatioNetwork {
  const common = { variant: 'simd', speedUps: [] } as const;
  return {
    name,
    baseline: 'standard',
    rows: [
      { ...common, entry: 'standard', accuracy: 'direct', versusDirect: ratio(1, 0.99, 1.01) },
      { ...common, entry: 'standard', accuracy: 'standard', versusDirect: ratio(2, 1.9, 2.1) },
      { ...common, entry: 'HetConv P4', accuracy: 'direct', versusDirect: whole, speedUps: [{ layer: 'conv2', ...layer }] },
    ],
  };
}

describe('agreements', () => {
  const one = [network('net', ratio(3, 2.9, 3.1), ratio(2, 1.9, 2.1))];

  it('are where intervals meet, of networks and of their layers', () => {
    const all = agreements(one, [network('net', ratio(3.15, 3.1, 3.2), ratio(2.5, 2.11, 2.6))]);
    assert.deepEqual(
      all.map(({ entry, accuracy, layer, agrees }) => [entry, accuracy, layer, agrees]),
      [
        ['standard', 'standard', undefined, true],
        ['HetConv P4', 'direct', undefined, true],
        ['HetConv P4', 'direct', 'conv2', false],
      ],
    );
    assert.ok(Math.abs(all[1]!.change - 0.05) < 1e-12);
    assert.deepEqual(shareOf(all), { agree: 2, of: 3 });
    // Whichever comes first.
    const other = agreements([network('net', ratio(3.15, 3.1, 3.2), ratio(2.5, 2.11, 2.6))], one);
    assert.deepEqual(
      other.map(({ agrees }) => agrees),
      all.map(({ agrees }) => agrees),
    );
  });

  it('are of what both measured', () => {
    assert.deepEqual(agreements(one, [network('another', ratio(3, 2.9, 3.1), ratio(2, 1.9, 2.1))]), []);
    const fewer = [{ ...one[0]!, rows: one[0]!.rows.slice(0, 2) }];
    assert.equal(agreements(one, fewer).length, 1);
    assert.equal(agreements(fewer, one).length, 1);
    assert.deepEqual(agreements(one, [{ ...one[0]!, baseline: 'HetConv P4' }]), []);
  });
});
