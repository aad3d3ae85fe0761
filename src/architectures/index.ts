// The table of architectures: bare graphs by name and kind of convolution, shared by training, tests and benchmarks.
import { HetConvError } from '../graph/error.js';
import type { Graph } from '../graph/graph.js';
import { loadRareOps } from '../ops/index.js';
import type { ConvolutionKind } from './convolutionKind.js';
import { mobileNetV1Cifar10, mobileNetV1ImageNet } from './mobileNetV1.js';
import { resNetBasic, resNetBottleneck, resNetCifar } from './resNet.js';
import { vgg16Cifar10, vgg16ImageNet } from './vgg16.js';

export type { ConvolutionKind } from './convolutionKind.js';

// Batch norms, slices and pads, which few networks keep once they are optimised.
await loadRareOps();

export const architectures = {
  'vgg16-cifar10': vgg16Cifar10,
  'vgg16-imagenet': vgg16ImageNet,
  'resnet20-cifar10': (kind) => resNetCifar(20, kind),
  'resnet56-cifar10': (kind) => resNetCifar(56, kind),
  'resnet18-imagenet': (kind) => resNetBasic('resnet18-imagenet', [2, 2, 2, 2], kind),
  'resnet34-imagenet': (kind) => resNetBasic('resnet34-imagenet', [3, 4, 6, 3], kind),
  'resnet50-imagenet': (kind) => resNetBottleneck('resnet50-imagenet', [3, 4, 6, 3], kind),
  'mobilenet-v1-cifar10': mobileNetV1Cifar10,
  'mobilenet-v1-imagenet': mobileNetV1ImageNet,
} satisfies Record<string, (kind: ConvolutionKind) => Graph>;

export type ArchitectureName = keyof typeof architectures;

/** The bare graph of a named architecture. Throws `bad-option` for an unknown name or an unfit part. */
export function architecture(name: string, kind: ConvolutionKind): Graph {
  if (!Object.hasOwn(architectures, name)) {
    throw new HetConvError(
      'bad-option',
      `there is no architecture "${name}"; known are ${Object.keys(architectures).join(', ')}`,
    );
  }
  return architectures[name as ArchitectureName](kind);
}
