// Where activations lie: those that live at one time apart, and it is known which share bytes with others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packLifetimes, type Storage } from '../src/plan/packLifetimes.js';

const storage = fc
  .record({ bytes: fc.integer({ min: 1, max: 2000 }), from: fc.nat(12), length: fc.nat(5) })
  .map(({ bytes, from, length }): Storage => ({ bytes, from, to: from + length }));

test('storages that live at one time lie apart; `shared` says which others have bytes in common', () => {
  fc.assert(
    fc.property(fc.array(storage, { maxLength: 14 }), fc.constantFrom(0, 64), (storages, gap) => {
      const { offsets, bytes, shared, largestLiveSet } = packLifetimes(storages, gap);
      const touches = (i: number, j: number): boolean => {
        const [a, b] = [offsets[i]!, offsets[j]!];
        return i !== j && a < b + storages[j]!.bytes && b < a + storages[i]!.bytes;
      };
      storages.forEach((one, i) => {
        assert.equal(offsets[i]! % 64, 0);
        assert.ok(offsets[i]! + one.bytes + gap <= bytes);
        const neighbours = storages.flatMap((_, j) => (touches(i, j) ? [j] : []));
        assert.ok(neighbours.every((j) => one.to < storages[j]!.from || storages[j]!.to < one.from));
        assert.equal(shared[i], neighbours.length > 0);
      });
      assert.ok(largestLiveSet <= bytes || storages.length === 0);
    }),
    { numRuns: 2000 },
  );
});
