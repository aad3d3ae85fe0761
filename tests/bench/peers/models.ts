// What is timed: networks and single layers of the project's builders with seeded weights, as the ONNX file that this package exports.
import { readFileSync } from 'node:fs';
import { architecture, type ConvolutionKind } from '../../../src/architectures/index.js';
import { seededRandom } from '../../../src/bench/random.js';
import { withRandomWeights } from '../../../src/bench/randomWeights.js';
import { DEFAULT_MAX_MEMORY } from '../../../src/formats/format.js';
import { native } from '../../../src/formats/native.js';
import { writeOnnx } from '../../../src/formats/onnx/export/index.js';
import { readSafetensors, toConstant } from '../../../src/formats/safetensors.js';
import { constant, valuesOf } from '../../../src/graph/constant.js';
import { elementCount, type Graph, type GraphInput, type Shape } from '../../../src/graph/graph.js';
import { costOf } from '../../../src/ops/cost.js';
import { inferShapes } from '../../../src/ops/inferShapes.js';
import { canonicalise } from '../../../src/passes/canonicalise.js';
import { kernelCases } from '../cases.js';
import { mobileNetV2 } from './mobileNetV2.js';

export interface PeerCase {
  readonly name: string;
  /** Of a single layer: what stands for the convolution, as in 'P4'. */
  readonly kind?: string;
  /** Dense weights are zero where a HetConv of this part has none: a structure that has to be found. */
  readonly masked?: number;
  bare(): Graph;
}

/** A model as every contestant is told of it. */
export interface PeerModel {
  readonly name: string;
  readonly macs: number;
  readonly onnx: Uint8Array;
  /** `data` is what every contestant computes from. */
  readonly input: { readonly name: string; readonly shape: Shape; readonly data: Float32Array };
  readonly output: { readonly name: string; readonly shape: Shape };
}

const DENSE: ConvolutionKind = { kind: 'standard' };
const P4: ConvolutionKind = { kind: 'hetconv', part: 4 };
const built = (name: string, label: string, kind: ConvolutionKind): PeerCase => ({
  name: label,
  bare: () => architecture(name, kind),
});

export const networkCases: readonly PeerCase[] = [
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

const maskedLayers = layers
  .filter(({ kind }) => kind === 'dense')
  .map((layer): PeerCase => ({ ...layer, name: layer.name.replace('dense', 'masked P4'), kind: 'masked P4', masked: 4 }));

export const layerCases: readonly PeerCase[] = [...layers, ...maskedLayers];

export function peerModel({ name, bare, masked }: PeerCase): PeerModel {
  const canonical = canonicalise(withRandomWeights(bare()));
  const graph = masked === undefined ? canonical : withMask(canonical, masked);
  const random = seededRandom(`input ${name}`);
  return modelOf(name, graph, ({ shape }) => Float32Array.from({ length: elementCount(shape) }, () => 2 * random() - 1));
}

/** K × K kernels stay where channel and filter are congruent modulo the part; of the others the centre does. */
function withMask(graph: Graph, part: number): Graph {
  const tensors = [...graph.tensors].map(([name, tensor]) => {
    const { shape } = tensor;
    if (shape.length !== 4) return [name, tensor] as const;
    const [, channels = 0, height = 0, width = 0] = shape;
    const area = height * width;
    const values = valuesOf(tensor, name).map((value, i) => {
      const kernel = Math.floor(i / area);
      const congruent = (Math.floor(kernel / channels) - (kernel % channels)) % part === 0;
      return congruent || i % area === (area - 1) / 2 ? value : 0;
    });
    return [name, constant(shape, values)] as const;
  });
  return { ...graph, tensors: new Map(tensors) };
}

/** The folder of the bundled model. */
export const TRAINED = 'models/vgg16-cifar10-p4';

/** The bundled VGG-16 HetConv P4, one of its golden inputs, and the logits that PyTorch computed of it. */
export async function trainedModel(): Promise<PeerModel & { readonly expected: Float32Array }> {
  const golden = readSafetensors(new Uint8Array(readFileSync(`${TRAINED}/golden.safetensors`))).tensors;
  const first = (name: string): Float32Array => {
    const all = toConstant(name, golden.get(name)!);
    return valuesOf(all, name).slice(0, elementCount(all.shape.slice(1)));
  };
  const bytes = new Uint8Array(readFileSync(`${TRAINED}/model.safetensors`));
  const { graph } = await native.read(bytes, { maxMemory: DEFAULT_MAX_MEMORY });
  return { ...modelOf('VGG-16 CIFAR, HetConv P4', graph, () => first('input')), expected: first('logits') };
}

/** Of a graph in canonical form with one input and one output. */
function modelOf(name: string, graph: Graph, dataFor: (input: GraphInput) => Float32Array): PeerModel {
  const input = graph.inputs[0]!;
  const output = graph.outputs[0]!;
  return {
    name,
    macs: costOf(graph).total.macs,
    onnx: writeOnnx({ graph }),
    input: { ...input, data: dataFor(input) },
    output: { name: output, shape: inferShapes(graph).get(output)! },
  };
}
