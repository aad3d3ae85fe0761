// The memory of a loaded model stays near that of its weights, whatever they are packed and transformed into.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { architecture, type ConvolutionKind } from '../src/architectures/index.js';
import { loadModel } from './support/nodeEntry.js';
import { modelBytes } from './support/randomWeights.js';

/** Times the bytes of the weights in f32. */
const LIMITS = { direct: 2.5, standard: 5 } as const;

const DENSE: ConvolutionKind = { kind: 'standard' };
const P4: ConvolutionKind = { kind: 'hetconv', part: 4 };
const networks: [name: string, kind: ConvolutionKind][] = [
  ['vgg16-cifar10', P4],
  ['resnet18-imagenet', DENSE],
  ['resnet18-imagenet', P4],
  ['resnet50-imagenet', DENSE],
  ['resnet50-imagenet', P4],
  ['mobilenet-v1-imagenet', { kind: 'dwpw' }],
];

for (const [name, kind] of networks) {
  const graph = architecture(name, kind);
  test(`${graph.name}: at most ${LIMITS.direct} times its weights, ${LIMITS.standard} with Winograd's filtering`, async () => {
    const bytes = modelBytes(graph);
    for (const accuracy of ['direct', 'standard'] as const) {
      const model = await loadModel(bytes, { accuracy });
      const { memory, total } = model.describe();
      model.dispose();
      const ratio = memory.total / (4 * total.parameters);
      assert.ok(ratio <= LIMITS[accuracy], `${accuracy}: ${memory.total} bytes, ${ratio} times the weights`);
    }
  });
}
