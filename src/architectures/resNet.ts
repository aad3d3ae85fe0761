// ResNet (He et al. 2016): the CIFAR networks with parameter-free shortcuts (option A), the ImageNet ones with projections.
import type { Graph } from '../graph/graph.js';
import { type ConvolutionKind, graphName } from './convolutionKind.js';
import { type Channels, GraphBuilder } from './graphBuilder.js';

/**
 * 6n + 2 layers for 32×32 pictures. The first convolution stays standard. Where a block halves the picture, its shortcut takes every
 * second pixel and pads the channels (option A), or projects them (option B).
 */
export function resNetCifar(
  layers: number,
  kind: ConvolutionKind,
  classes = 10,
  shortcuts: 'padded' | 'projected' = 'padded',
): Graph {
  const builder = new GraphBuilder([1, 3, 32, 32]);
  let x = stem(builder, builder.conv('conv1', builder.input, 16, { kernel: 3 }));
  let size = 32;
  [16, 32, 64].forEach((channels, s) => {
    for (let i = 0; i < (layers - 2) / 6; i++) {
      const block = `layer${s + 1}.${i}`;
      const halves = s > 0 && i === 0;
      const y = basicBranch(builder, kind, block, x, channels, halves ? 2 : 1);
      let shortcut = x;
      if (halves && shortcuts === 'projected') shortcut = projected(builder, block, x, channels, 2);
      else if (halves) {
        const margin = channels / 4;
        shortcut = builder.padChannels(`${block}.pad`, builder.everySecondPixel(`${block}.slice`, x, size, size), margin, margin);
      }
      if (halves) size /= 2;
      x = joined(builder, block, y, shortcut);
    }
  });
  return builder.build(graphName(`resnet${layers}-cifar10`, kind), head(builder, x, classes));
}

/** Basic blocks for 224×224 pictures: ResNet-18 is [2, 2, 2, 2], ResNet-34 [3, 4, 6, 3]. */
export function resNetBasic(name: string, blocks: readonly number[], kind: ConvolutionKind, classes = 1000): Graph {
  return resNetImageNet(name, blocks, kind, classes, 1, (builder, block, x, channels, stride) =>
    basicBranch(builder, kind, block, x, channels, stride),
  );
}

/** Bottleneck blocks with the stride in their 3×3, as in torchvision; ResNet-50 is [3, 4, 6, 3]. Only the 3×3 are replaced. */
export function resNetBottleneck(name: string, blocks: readonly number[], kind: ConvolutionKind, classes = 1000): Graph {
  return resNetImageNet(name, blocks, kind, classes, 4, (builder, block, x, channels, stride) => {
    const narrow = activated(builder, block, 1, builder.conv(`${block}.conv1`, x, channels, { kernel: 1 }));
    const spatial = activated(builder, block, 2, builder.convolution(kind, `${block}.conv2`, narrow, channels, 3, stride));
    return builder.batchNorm(`${block}.bn3`, builder.conv(`${block}.conv3`, spatial, 4 * channels, { kernel: 1 }));
  });
}

type Branch = (builder: GraphBuilder, block: string, x: Channels, channels: number, stride: number) => Channels;

function resNetImageNet(
  name: string,
  blocks: readonly number[],
  kind: ConvolutionKind,
  classes: number,
  expansion: number,
  branch: Branch,
): Graph {
  const builder = new GraphBuilder([1, 3, 224, 224]);
  let x = builder.maxPool('pool1', stem(builder, builder.conv('conv1', builder.input, 64, { kernel: 7, stride: 2 })), 3, 2, 1);
  blocks.forEach((count, s) => {
    const channels = 64 * 2 ** s;
    for (let i = 0; i < count; i++) {
      const block = `layer${s + 1}.${i}`;
      const stride = s > 0 && i === 0 ? 2 : 1;
      const y = branch(builder, block, x, channels, stride);
      let shortcut = x;
      if (stride > 1 || x.channels !== y.channels) {
        shortcut = projected(builder, block, x, expansion * channels, stride);
      }
      x = joined(builder, block, y, shortcut);
    }
  });
  return builder.build(graphName(name, kind), head(builder, x, classes));
}

function basicBranch(builder: GraphBuilder, kind: ConvolutionKind, block: string, x: Channels, channels: number, stride: number) {
  const inner = activated(builder, block, 1, builder.convolution(kind, `${block}.conv1`, x, channels, 3, stride));
  return builder.batchNorm(`${block}.bn2`, builder.convolution(kind, `${block}.conv2`, inner, channels, 3));
}

function projected(builder: GraphBuilder, block: string, x: Channels, channels: number, stride: number): Channels {
  return builder.batchNorm(`${block}.downsample.bn`, builder.conv(`${block}.downsample`, x, channels, { kernel: 1, stride }));
}

function stem(builder: GraphBuilder, x: Channels): Channels {
  return builder.relu('relu1', builder.batchNorm('bn1', x));
}

function activated(builder: GraphBuilder, block: string, i: number, x: Channels): Channels {
  return builder.relu(`${block}.relu${i}`, builder.batchNorm(`${block}.bn${i}`, x));
}

function joined(builder: GraphBuilder, block: string, y: Channels, shortcut: Channels): Channels {
  return builder.relu(`${block}.relu`, builder.add(`${block}.add`, y, shortcut));
}

function head(builder: GraphBuilder, x: Channels, classes: number): Channels {
  return builder.linear('logits', builder.flatten('flatten', builder.globalAveragePool('pool', x)), classes);
}
