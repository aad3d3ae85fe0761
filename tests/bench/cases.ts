// The layers that kernels are timed on: those of the networks that HetConv was published with, by kind of convolution.

import { type Channels, GraphBuilder } from '../../src/architectures/graphBuilder.js';
import type { ConvolutionKind } from '../../src/architectures/index.js';
import type { Graph } from '../../src/graph/graph.js';

export interface KernelCase {
  /** As in '64@32 P8': channels, pixels along a side, what stands for the dense convolution. */
  readonly name: string;
  /** Bare: the layer, batch norm and ReLU. */
  readonly graph: Graph;
  /** The dense layer that it stands for. */
  readonly dense: Graph;
}

/** M = N, and H = W. */
const SHAPES = [
  [64, 32],
  [128, 16],
  [256, 8],
  [512, 4],
  [512, 2],
  [256, 28],
  [512, 14],
  [64, 56],
] as const;
const PARTS = [2, 4, 8, 16, 32];
const GROUPS = 4;
/** Channels, pixels along a side, kernel, stride of depthwise layers: MobileNet's between its stages; MobileNetV3's and EfficientNet's, ConvNeXt's. */
const DEPTHWISE = [
  [128, 56, 3, 2],
  [512, 14, 3, 2],
  [1024, 7, 3, 1],
  [240, 14, 5, 1],
  [144, 56, 5, 2],
  [192, 28, 7, 1],
] as const;
/** Channels in and out, pixels along a side: the layers between the stages of ResNet-18. */
const HALVING = [
  [64, 128, 56],
  [128, 256, 28],
  [256, 512, 14],
] as const;
/** Of CIFAR networks, MobileNet and ResNet: filters, pixels along a side, kernel, stride. */
const FIRST = [
  [64, 32, 3, 1],
  [32, 224, 3, 2],
  [64, 224, 7, 2],
] as const;

type Layer = (builder: GraphBuilder) => Channels;

function layerGraph(name: string, channels: number, side: number, layer: Layer): Graph {
  const builder = new GraphBuilder([1, channels, side, side]);
  return builder.build(name, builder.relu('relu', builder.batchNorm('norm', layer(builder))));
}

function replacing(kind: ConvolutionKind, outC: number, stride: number): Layer {
  return (builder) => builder.convolution(kind, 'conv', builder.input, outC, 3, stride);
}

function layer(label: string, [inC, outC, side, stride]: readonly number[], [suffix, kind]: readonly [string, ConvolutionKind]) {
  const dense = layerGraph(label, inC!, side!, replacing({ kind: 'standard' }, outC!, stride!));
  if (kind.kind === 'standard') return { name: `${label} ${suffix}`, graph: dense, dense };
  return { name: `${label} ${suffix}`, graph: layerGraph(label, inC!, side!, replacing(kind, outC!, stride!)), dense };
}

const hetConvs = (parts: readonly number[]) => parts.map((part) => [`P${part}`, { kind: 'hetconv', part }] as const);
const KINDS: readonly (readonly [string, ConvolutionKind])[] = [
  ['dense', { kind: 'standard' }],
  ...hetConvs(PARTS),
  ['GW+PW', { kind: 'gwpw', groups: GROUPS }],
  ['DW+PW', { kind: 'dwpw' }],
  ['PW', { kind: 'pw' }],
];

/** The dense layer that it stands for has the same kernel and stride. */
function depthwise(name: string, channels: number, side: number, kernel: number, stride: number): KernelCase {
  const graph = (groups: number) =>
    layerGraph(name, channels, side, (builder) => builder.conv('conv', builder.input, channels, { kernel, stride, groups }));
  return { name, graph: graph(channels), dense: graph(1) };
}

export const kernelCases: readonly KernelCase[] = [
  ...SHAPES.flatMap(([channels, side]): KernelCase[] => {
    const label = `${channels}@${side}`;
    const cases = KINDS.map((kind) => layer(label, [channels, channels, side, 1], kind));
    return [...cases, depthwise(`${label} DW`, channels, side, 3, 1)];
  }),
  ...DEPTHWISE.map(([channels, side, kernel, stride]) =>
    depthwise(`${channels}@${side} DW ${kernel}×${kernel} stride ${stride}`, channels, side, kernel, stride),
  ),
  ...HALVING.flatMap(([inC, outC, side]) =>
    [KINDS[0]!, ...hetConvs([4, 8])].map((kind) => layer(`${inC}→${outC}@${side} stride 2`, [inC, outC, side, 2], kind)),
  ),
  ...FIRST.map(([outC, side, kernel, stride]): KernelCase => {
    const label = `3→${outC}@${side} ${kernel}×${kernel} stride ${stride}`;
    const dense = layerGraph(label, 3, side, (builder) => builder.conv('conv', builder.input, outC, { kernel, stride }));
    return { name: `${label} dense`, graph: dense, dense };
  }),
];
