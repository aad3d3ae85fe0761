// MobileNet v1 (Howard et al. 2017): published with depthwise + pointwise pairs, each of which one other convolution replaces.
import type { Graph } from '../graph/graph.js';
import { type ConvolutionKind, graphName } from './convolutionKind.js';
import { type Channels, GraphBuilder } from './graphBuilder.js';

const ORIGINAL = 'dwpw';

/** Output channels and stride of each pair. */
const PAIRS: readonly (readonly [number, number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
];

/** 32×32 pictures: the ImageNet network with stride 1 in its first convolution. */
export function mobileNetV1Cifar10(kind: ConvolutionKind, classes = 10): Graph {
  return mobileNetV1('mobilenet-v1-cifar10', 32, 1, classes, kind);
}

/** 224×224 pictures. */
export function mobileNetV1ImageNet(kind: ConvolutionKind, classes = 1000): Graph {
  return mobileNetV1('mobilenet-v1-imagenet', 224, 2, classes, kind);
}

function mobileNetV1(name: string, size: number, stemStride: number, classes: number, kind: ConvolutionKind): Graph {
  const builder = new GraphBuilder([1, 3, size, size]);
  let x = activated(builder, '1', builder.conv('conv1', builder.input, 32, { kernel: 3, stride: stemStride }));
  PAIRS.forEach(([channels, stride], i) => {
    const layer = `${i + 2}`;
    if (kind.kind === ORIGINAL) {
      const spatial = builder.conv(`conv${layer}.gwc`, x, x.channels, { kernel: 3, stride, groups: x.channels });
      const y = activated(builder, `${layer}.gwc`, spatial);
      x = activated(builder, layer, builder.conv(`conv${layer}.pwc`, y, channels, { kernel: 1 }));
    } else {
      x = activated(builder, layer, builder.convolution(kind, `conv${layer}`, x, channels, 3, stride));
    }
  });
  const flat = builder.flatten('flatten', builder.globalAveragePool('pool', x));
  return builder.build(graphName(name, kind, ORIGINAL), builder.linear('logits', flat, classes));
}

function activated(builder: GraphBuilder, layer: string, x: Channels): Channels {
  return builder.relu(`relu${layer}`, builder.batchNorm(`bn${layer}`, x));
}
