// The table of architectures: bare graphs by name and kind of convolution, shared by training, tests and benchmarks.
import { HetConvError } from '../graph/error.js';
import type { Graph } from '../graph/graph.js';
import { knowRareOps } from '../ops/index.js';
import { rareOps } from '../ops/rare.js';
import type { ConvolutionKind } from './convolutionKind.js';
import { mobileNetV1Cifar10, mobileNetV1ImageNet } from './mobileNetV1.js';
import { resNetBasic, resNetBottleneck, resNetCifar } from './resNet.js';
import { vgg16Cifar10, vgg16ImageNet } from './vgg16.js';

export type { ConvolutionKind, UniformKind } from './convolutionKind.js';

// Batch norms, slices and pads, which few networks keep once they are optimised.
knowRareOps(rareOps);

/** `classes`: other than the data set of the name has. */
type Builder = (kind: ConvolutionKind, classes?: number) => Graph;

export const architectures = {
  'vgg16-cifar10': vgg16Cifar10,
  'vgg16-imagenet': vgg16ImageNet,
  'resnet20-cifar10': (kind, classes) => resNetCifar(20, kind, classes),
  'resnet56-cifar10': (kind, classes) => resNetCifar(56, kind, classes),
  'resnet18-imagenet': (kind, classes) => resNetBasic('resnet18-imagenet', [2, 2, 2, 2], kind, classes),
  'resnet34-imagenet': (kind, classes) => resNetBasic('resnet34-imagenet', [3, 4, 6, 3], kind, classes),
  'resnet50-imagenet': (kind, classes) => resNetBottleneck('resnet50-imagenet', [3, 4, 6, 3], kind, classes),
  'mobilenet-v1-cifar10': mobileNetV1Cifar10,
  'mobilenet-v1-imagenet': mobileNetV1ImageNet,
} satisfies Record<string, Builder>;

export type ArchitectureName = keyof typeof architectures;

/** What else is published under the name: networks with another head or other shortcuts. */
const VARIANTS: Readonly<Partial<Record<ArchitectureName, readonly Builder[]>>> = {
  'vgg16-cifar10': [0, 2].map((hiddenLayers) => (kind, classes) => vgg16Cifar10(kind, classes, hiddenLayers)),
  'resnet20-cifar10': [(kind, classes) => resNetCifar(20, kind, classes, 'projected')],
  'resnet56-cifar10': [(kind, classes) => resNetCifar(56, kind, classes, 'projected')],
};

/** The bare graph of a named architecture. Throws `bad-option` for an unknown name or an unfit part. */
export function architecture(name: string, kind: ConvolutionKind): Graph {
  const build: Builder = architectures[known(name)];
  return build(kind);
}

/** The bare graph of a name such as 'vgg16-cifar10-hetconv-p4', which graphs have by themselves; undefined for other names. */
export function namedGraph(name: string): Graph | undefined {
  const [, base, kind, number] = name.match(/^(.+?)(?:-(standard|hetconv-p(?=\d)|dwpw|gwpw-g(?=\d)|pw)(\d+)?)?$/) ?? [];
  if (base === undefined || !Object.hasOwn(architectures, base)) return undefined;
  switch (kind) {
    case undefined: {
      const standard = architecture(base, { kind: 'standard' });
      return standard.name === name ? standard : architecture(base, { kind: 'dwpw' });
    }
    case 'hetconv-p':
      return architecture(base, { kind: 'hetconv', part: Number(number) });
    case 'gwpw-g':
      return architecture(base, { kind: 'gwpw', groups: Number(number) });
    default:
      return number === undefined ? architecture(base, { kind: kind as 'standard' | 'dwpw' | 'pw' }) : undefined;
  }
}

/** The bare graphs that weights published under a name may be of, the architecture itself first. Throws `bad-option`. */
export function publishedForms(name: string, kind: ConvolutionKind, classes?: number): Graph[] {
  const builders: readonly Builder[] = [architectures[known(name)], ...(VARIANTS[known(name)] ?? [])];
  return builders.map((build) => build(kind, classes));
}

function known(name: string): ArchitectureName {
  if (Object.hasOwn(architectures, name)) return name as ArchitectureName;
  throw new HetConvError('bad-option', `there is no architecture "${name}"; known are ${Object.keys(architectures).join(', ')}`);
}
