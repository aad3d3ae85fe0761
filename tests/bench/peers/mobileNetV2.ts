// MobileNetV2 (Sandler et al. 2018) for 224×224 pictures.
import { type Channels, GraphBuilder } from '../../../src/architectures/graphBuilder.js';
import type { Graph } from '../../../src/graph/graph.js';

/** Expansion, output channels, blocks, stride of the first. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

export function mobileNetV2(classes = 1000): Graph {
  const builder = new GraphBuilder([1, 3, 224, 224]);
  const norm = (name: string, x: Channels) => builder.batchNorm(`${name}.bn`, x);
  const activated = (name: string, x: Channels) => builder.relu(`${name}.relu`, norm(name, x));
  let x = activated('stem', builder.conv('stem', builder.input, 32, { kernel: 3, stride: 2 }));
  STAGES.forEach(([expansion, channels, blocks, firstStride], s) => {
    for (let i = 0; i < blocks; i++) {
      const block = `${s + 1}.${i}`;
      const wide = x.channels * expansion;
      const stride = i === 0 ? firstStride : 1;
      const expanded =
        expansion === 1 ? x : activated(`${block}.expand`, builder.conv(`${block}.expand`, x, wide, { kernel: 1 }));
      const spatial = builder.conv(`${block}.depthwise`, expanded, wide, { kernel: 3, stride, groups: wide });
      const narrow = builder.conv(`${block}.project`, activated(`${block}.depthwise`, spatial), channels, { kernel: 1 });
      const y = norm(`${block}.project`, narrow);
      x = i === 0 ? y : builder.add(`${block}.add`, y, x);
    }
  });
  x = activated('head', builder.conv('head', x, 1280, { kernel: 1 }));
  const flat = builder.flatten('flatten', builder.globalAveragePool('pool', x));
  return boundedBySix(builder.build('mobilenet-v2-imagenet', builder.linear('logits', flat, classes)));
}

/** With ReLU6 for every ReLU. */
function boundedBySix(graph: Graph): Graph {
  const attributes = { min: 0, max: 6 };
  return { ...graph, nodes: graph.nodes.map((node) => (node.op === 'relu' ? { ...node, op: 'clip', attributes } : node)) };
}
