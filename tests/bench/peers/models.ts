// What is timed: networks and single layers of the project's builders with seeded weights, as the ONNX file that this package exports.
import { architecture, type ConvolutionKind } from '../../../src/architectures/index.js';
import { seededRandom } from '../../../src/bench/random.js';
import { withRandomWeights } from '../../../src/bench/randomWeights.js';
import { writeOnnx } from '../../../src/formats/onnx/export/index.js';
import { elementCount, type Graph, type Shape } from '../../../src/graph/graph.js';
import { costOf } from '../../../src/ops/cost.js';
import { inferShapes } from '../../../src/ops/inferShapes.js';
import { canonicalise } from '../../../src/passes/canonicalise.js';
import { kernelCases } from '../cases.js';
import { mobileNetV2 } from './mobileNetV2.js';

export interface PeerCase {
  readonly name: string;
  /** Of a single layer: what stands for the convolution, as in 'P4'. */
  readonly kind?: string;
  bare(): Graph;
}

/** A model as every contestant is told of it. */
export interface PeerModel {
  readonly name: string;
  readonly macs: number;
  readonly onnx: Uint8Array;
  readonly input: { readonly name: string; readonly shape: Shape };
  readonly output: { readonly name: string; readonly shape: Shape };
}

const DENSE: ConvolutionKind = { kind: 'standard' };
const P4: ConvolutionKind = { kind: 'hetconv', part: 4 };
const built = (name: string, label: string, kind: ConvolutionKind): PeerCase => ({
  name: label,
  bare: () => architecture(name, kind),
});

const networks: readonly PeerCase[] = [
  built('vgg16-cifar10', 'VGG-16 CIFAR, dense', DENSE),
  built('vgg16-cifar10', 'VGG-16 CIFAR, HetConv P4', P4),
  built('resnet18-imagenet', 'ResNet-18 224², dense', DENSE),
  built('resnet18-imagenet', 'ResNet-18 224², HetConv P4', P4),
  built('resnet50-imagenet', 'ResNet-50 224², dense', DENSE),
  built('resnet50-imagenet', 'ResNet-50 224², HetConv P4', P4),
  built('mobilenet-v1-imagenet', 'MobileNetV1 224²', { kind: 'dwpw' }),
  { name: 'MobileNetV2 224²', bare: () => mobileNetV2() },
];

/** Channels @ pixels along a side, and kinds, of `npm run bench`. */
const LAYER = /^(?:64@32|128@16|256@8|64@56|256@28|512@14) (dense|P2|P4|P8|P16|GW\+PW|DW\+PW|PW)$/;

const layers = kernelCases.flatMap(({ name, graph }): PeerCase[] => {
  const [, kind] = name.match(LAYER) ?? [];
  return kind === undefined ? [] : [{ name, kind, bare: () => graph }];
});

export const peerCases: readonly PeerCase[] = [...networks, ...layers];

export function peerModel({ name, bare }: PeerCase): PeerModel {
  return modelOf(name, canonicalise(withRandomWeights(bare())));
}

/** Of a graph in canonical form with one input and one output. */
export function modelOf(name: string, graph: Graph): PeerModel {
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  return {
    name,
    macs: costOf(graph).total.macs,
    onnx: writeOnnx({ graph }),
    input: input!,
    output: { name: output!, shape: inferShapes(graph).get(output!)! },
  };
}

/** What every contestant computes from, the same on all platforms. */
export function inputOf({ shape }: PeerModel['input']): Float32Array {
  const random = seededRandom(`input ${shape}`);
  return Float32Array.from({ length: elementCount(shape) }, () => 2 * random() - 1);
}
