// VGG-16 (Simonyan and Zisserman 2015) with batch norm, in the CIFAR-10 form of the HetConv paper and the ImageNet form.
import type { Graph } from '../graph/graph.js';
import { type ConvolutionKind, graphName } from './convolutionKind.js';
import { type Channels, GraphBuilder } from './graphBuilder.js';

const BLOCKS: readonly (readonly number[])[] = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];

/** 32×32 pictures; the head is 512 → 512 → classes, or has another number of hidden layers. The first convolution stays standard. */
export function vgg16Cifar10(kind: ConvolutionKind, classes = 10, hiddenLayers = 1): Graph {
  const builder = new GraphBuilder([1, 3, 32, 32]);
  let x = builder.flatten('flatten', features(builder, kind));
  for (let i = 6; i < 6 + hiddenLayers; i++) {
    x = builder.relu(`relu${i}`, builder.batchNorm(`bn${i}`, builder.linear(`fc${i}`, x, 512)));
  }
  return builder.build(graphName('vgg16-cifar10', kind), builder.linear('logits', x, classes));
}

/** 224×224 pictures; the head is 25,088 → 4,096 → 4,096 → classes. The first convolution stays standard. */
export function vgg16ImageNet(kind: ConvolutionKind, classes = 1000): Graph {
  const builder = new GraphBuilder([1, 3, 224, 224]);
  const flat = builder.flatten('flatten', features(builder, kind), 7 * 7);
  const fc6 = builder.relu('relu6', builder.linear('fc6', flat, 4096));
  const fc7 = builder.relu('relu7', builder.linear('fc7', fc6, 4096));
  return builder.build(graphName('vgg16-imagenet', kind), builder.linear('logits', fc7, classes));
}

function features(builder: GraphBuilder, kind: ConvolutionKind): Channels {
  let x = builder.input;
  BLOCKS.forEach((block, b) => {
    block.forEach((channels, i) => {
      const layer = `${b + 1}_${i + 1}`;
      const isStem = x === builder.input;
      const y = isStem
        ? builder.conv(`conv${layer}`, x, channels, { kernel: 3, bias: true })
        : builder.convolution(kind, `conv${layer}`, x, channels, 3);
      x = builder.relu(`relu${layer}`, builder.batchNorm(`bn${layer}`, y));
    });
    x = builder.maxPool(`pool${b + 1}`, x, 2, 2);
  });
  return x;
}
