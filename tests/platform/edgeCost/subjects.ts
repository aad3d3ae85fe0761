// What is bundled for the measurement: a small network in both formats, a large picture, and the statistics of benchmarks.
import { deflateSync } from 'node:zlib';
import { architecture } from '../../../src/architectures/index.js';
import { seededRandom } from '../../../src/bench/random.js';
import { withRandomWeights } from '../../../src/bench/randomWeights.js';
import { native } from '../../../src/formats/native.js';
import { writeOnnx } from '../../../src/formats/onnx/export/index.js';
import { canonicalise } from '../../../src/passes/canonicalise.js';
import { greyPngOf } from '../../greyPng.js';

export { median, medianInterval } from '../../../src/bench/statistics.js';

/**
 * ResNet-20 HetConv P4 with random weights, by the names of its files: as `hetconv convert` writes it, with batch norms folded, in both formats,
 * and `bare`, unconverted.
 */
export function smallNetwork(): Readonly<Record<string, Uint8Array>> {
  const bare = withRandomWeights(architecture('resnet20-cifar10', { kind: 'hetconv', part: 4 }));
  const graph = canonicalise(bare);
  return {
    'small.safetensors': native.write!({ graph, canonical: true }, { precision: 'f16' }),
    'small.onnx': writeOnnx({ graph }),
    'bare.safetensors': native.write!({ graph: bare }),
  };
}

/** A PNG of noise, 1024 × 1024: the most that the example takes. */
export function largePicture(): Uint8Array {
  const [width, height] = [1024, 1024];
  const random = seededRandom('large picture');
  const rows = Uint8Array.from({ length: (width + 1) * height }, (_, i) => (i % (width + 1) === 0 ? 0 : 256 * random()));
  return greyPngOf(width, height, deflateSync(rows));
}

/** In a random order. */
export function shuffled<T>(values: readonly T[], seed: string): T[] {
  const random = seededRandom(seed);
  return values
    .map((value) => [random(), value] as const)
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value);
}
