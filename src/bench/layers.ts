// The timings of a network's layers beside what they cost and what the ceilings allow; layers of two networks that stand in one place.
import { bestMs, type Ceilings } from './ceilings.js';
import type { Measured } from './measure.js';
import type { LayerRecord, LayerSpeedUp } from './record.js';
import { noiseFloorOf, ratioOf, type Samples, summarise } from './statistics.js';
import { MOVES, type Subject } from './subject.js';

/** One for each layer that does something, in their order; the moves of inputs and outputs come first. */
export function layerRecords(subject: Subject, { parts }: Measured, ceilings: Ceilings): LayerRecord[] {
  const moves = {
    name: MOVES,
    op: 'moves',
    outputShape: [],
    kernels: [...new Set(subject.steps.filter(({ node }) => node === MOVES).map(({ kernel }) => kernel))],
    macs: 0,
    bytes: subject.movedBytes,
  };
  const timed = [moves, ...subject.layers].flatMap(({ name, op, outputShape, kernels, macs, bytes, ...rest }) => {
    const samples = parts.get(name);
    const part = 'part' in rest && rest.part !== undefined ? { part: rest.part } : {};
    return samples ? [{ name, op, ...part, outputShape, kernels, macs, bytes, latency: summarise(samples, name) }] : [];
  });
  const total = timed.reduce((sum, { latency }) => sum + latency.medianMs, 0);
  return timed.map((layer) => {
    const { medianMs } = layer.latency;
    const best = bestMs(layer, ceilings);
    return {
      ...layer,
      share: medianMs / total,
      gflops: (2 * layer.macs) / medianMs / 1e6,
      intensity: layer.macs / layer.bytes,
      ofCeiling: best.ms / medianMs,
      bound: best.bound,
    };
  });
}

/** What stands for one layer of the baseline: one layer of that name, or its two pieces. */
interface Place {
  macs: number;
  samples: Samples;
}

/** Of layers whose cost is another than the baseline's: how much faster they are. `noise` is what two copies of a layer differ by. */
export function layerSpeedUps(
  [baseline, baselineTimes]: readonly [Subject, Measured],
  [own, ownTimes]: readonly [Subject, Measured],
  noise: ReadonlyMap<string, number>,
): LayerSpeedUp[] {
  const before = placesOf(baseline, baselineTimes);
  return [...placesOf(own, ownTimes)].flatMap(([layer, { macs, samples }]) => {
    const reference = before.get(layer);
    if (!reference || macs === 0 || macs === reference.macs) return [];
    const ratio = ratioOf(reference.samples, samples, noise.get(layer) ?? 0, layer);
    return [{ layer, promised: reference.macs / macs, ...ratio }];
  });
}

/** By layer, the relative difference between two copies. */
export function layerNoise(one: Measured, other: Measured): Map<string, number> {
  return new Map([...one.parts].map(([name, samples]) => [name, noiseFloorOf(samples, other.parts.get(name)!, name)]));
}

function placesOf({ layers }: Subject, { parts }: Measured): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const { name, macs } of layers) {
    const samples = parts.get(name);
    if (!samples) continue;
    const place = name.replace(/\.(gwc|pwc)$/, '');
    const others = places.get(place);
    places.set(place, others ? { macs: others.macs + macs, samples: sumOf(others.samples, samples) } : { macs, samples });
  }
  return places;
}

/** Of pieces that were timed in the same rounds. */
function sumOf(a: Samples, b: Samples): Samples {
  return {
    rounds: a.rounds.map((ms, round) => ms + b.rounds[round]!),
    kept: [a, b].map(({ kept }) => kept.reduce((sum, ms) => sum + ms, 0) / kept.length),
    dropped: a.dropped + b.dropped,
  };
}
