// Convolutions as ONNX: HetConv is the two branches that training code writes, a grouped K×K and a dense 1×1, and their sum.
import { type Constant, derive } from '../../../graph/constant.js';
import { elementCount, type Node, type Shape } from '../../../graph/graph.js';
import type { ConvAttributes } from '../../../ops/conv.js';
import type { ClampAttributes, WindowAttributes } from '../../../ops/convolution.js';
import type { ConvTransposeAttributes } from '../../../ops/convTranspose.js';
import type { HetConvAttributes } from '../../../ops/hetConv.js';
import type { Case } from '../../../ops/op.js';
import type { SeparableConvAttributes } from '../../../ops/separableConv.js';
import type { Export, Exporter, OnnxAttributes, Stage } from './exporter.js';

/** What bounds a result: Relu, Clip or nothing. */
export function clampStage(exporter: Exporter, min: number, max: number): Stage | undefined {
  if (min === -Infinity && max === Infinity) return undefined;
  if (min === 0 && max === Infinity) return { opType: 'Relu' };
  const bound = (value: number) => (Number.isFinite(value) ? exporter.float(value) : '');
  return { opType: 'Clip', inputs: [bound(min), bound(max)] };
}

const clampOf = (exporter: Exporter, { clampMin, clampMax }: ClampAttributes) => clampStage(exporter, clampMin, clampMax);

const residualStage = (residual: string | undefined): Stage | undefined =>
  residual ? { opType: 'Add', inputs: [residual] } : undefined;

function windowAttributes({ stride, padding, dilation }: WindowAttributes, kernel: Shape, group: number): OnnxAttributes {
  return { kernel_shape: kernel.slice(2), strides: stride, pads: padding, dilations: dilation, group };
}

const conv: Export = ({ node, attributes, inputs }: Case<ConvAttributes>, exporter) => {
  const [x, weight, bias = '', residual] = node.inputs as [string, string, string?, string?];
  exporter.chain(
    node,
    x,
    { opType: 'Conv', inputs: [weight, bias], attributes: windowAttributes(attributes, inputs[1]!, attributes.groups) },
    residualStage(residual),
    clampOf(exporter, attributes),
  );
};

const POINT: WindowAttributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1] };

const separableConv: Export = ({ node, attributes, inputs }: Case<SeparableConvAttributes>, exporter) => {
  const [x, weight, pointwise, depthwiseBias = '', bias = '', residual] = node.inputs as [string, string, string, ...string[]];
  const depthwise = windowAttributes(attributes, inputs[1]!, inputs[0]![1]!);
  exporter.chain(
    node,
    x,
    { opType: 'Conv', inputs: [weight, depthwiseBias], attributes: depthwise },
    clampStage(exporter, attributes.depthwiseMin, attributes.depthwiseMax),
    { opType: 'Conv', inputs: [pointwise, bias], attributes: windowAttributes(POINT, inputs[2]!, 1) },
    residualStage(residual),
    clampOf(exporter, attributes),
  );
};

const hetConv: Export = (c: Case<HetConvAttributes>, exporter) => {
  const { node, attributes, inputs } = c;
  const [x, weight, pointwise, bias = '', residual] = node.inputs as [string, string, string, string?, string?];
  const { part, pattern, stride, padding, dilation } = attributes;
  const kernel = inputs[1]!;
  const reach = dilation.map((step, axis) => (step * (kernel[2 + axis]! - 1)) / 2);
  const inner = padding.map((pad, side) => pad - reach[side % 2]!);
  const own = tensorOf(exporter, node, weight);
  const others = tensorOf(exporter, node, pointwise);
  const last = [residualStage(residual), clampOf(exporter, attributes)];
  // Where the picture is cropped no 1×1 window of it begins at the right pixel, and classes modulo P are no groups of ONNX's.
  if (inner.some((pad) => pad < 0) || pattern === 'shifted') {
    const dense = exporter.floats(`${node.name}.dense`, denseWeight(attributes, own, others));
    const attributesOfDense = windowAttributes(attributes, kernel, 1);
    exporter.chain(node, x, { opType: 'Conv', inputs: [dense, bias], attributes: attributesOfDense }, ...last);
    return;
  }
  const centre = exporter.floats(`${node.name}.pwc.weight`, densePointwise(part, own, others));
  const window = { stride, padding: inner, dilation: [1, 1] };
  const branch = exporter.step(node, 'Conv', [x, centre], windowAttributes(window, [0, 0, 1, 1], 1));
  const grouped = { opType: 'Conv', inputs: [weight, bias], attributes: windowAttributes(attributes, kernel, part) };
  exporter.chain(node, x, grouped, { opType: 'Add', inputs: [branch] }, ...last);
};

function tensorOf(exporter: Exporter, node: Node, name: string): Constant {
  const tensor = exporter.tensor(name);
  if (tensor) return tensor;
  throw exporter.unsupported(node, `its weight "${name}" is computed`);
}

/** [N, M, 1, 1] with zeros on the blocks that the K×K kernels cover. */
function densePointwise(part: number, own: Constant, others: Constant): Constant {
  const [outC, ownC] = own.shape as [number, number];
  const inC = ownC * part;
  return derive([outC, inC, 1, 1], [others], (source) => {
    const values = new Float32Array(outC * inC);
    const otherC = inC - ownC;
    for (let n = 0; n < outC; n++) {
      const before = Math.floor((n * part) / outC) * ownC;
      const row = source!.subarray(n * otherC, (n + 1) * otherC);
      values.set(row.subarray(0, before), n * inC);
      values.set(row.subarray(before), n * inC + before + ownC);
    }
    return values;
  });
}

/** [N, M, kH, kW] with every 1×1 kernel as the centre tap of one that is zero elsewhere. */
function denseWeight({ part, pattern }: HetConvAttributes, own: Constant, others: Constant): Constant {
  const [outC, ownC, kernelH, kernelW] = own.shape as [number, number, number, number];
  const inC = ownC * part;
  const area = kernelH * kernelW;
  const classOf = (channel: number, count: number) =>
    pattern === 'block' ? Math.floor((channel * part) / count) : channel % part;
  return derive([outC, inC, kernelH, kernelW], [own, others], (kernels, taps) => {
    const values = new Float32Array(outC * inC * area);
    for (let n = 0; n < outC; n++) {
      let kernel = n * ownC * area;
      let tap = n * (inC - ownC);
      for (let m = 0; m < inC; m++) {
        const target = (n * inC + m) * area;
        if (classOf(m, inC) === classOf(n, outC)) {
          values.set(kernels!.subarray(kernel, kernel + area), target);
          kernel += area;
        } else values[target + (area - 1) / 2] = taps![tap++]!;
      }
    }
    return values;
  });
}

const convTranspose: Export = ({ node, attributes, inputs }: Case<ConvTransposeAttributes>, exporter) => {
  const [x, weight, bias = ''] = node.inputs as [string, string, string?];
  const window = { ...windowAttributes(attributes, inputs[1]!, attributes.groups), output_padding: attributes.outputPadding };
  exporter.chain(node, x, { opType: 'ConvTranspose', inputs: [weight, bias], attributes: window }, clampOf(exporter, attributes));
};

const linear: Export = ({ node, attributes }: Case<ClampAttributes>, exporter) => {
  const [x, ...parameters] = node.inputs as [string, string, string?];
  const stage = { opType: 'Gemm', inputs: parameters.map((name) => name ?? ''), attributes: { transB: 1 } };
  exporter.chain(node, x, stage, clampOf(exporter, attributes));
};

const batchNorm: Export = ({ node, attributes }: Case<{ readonly epsilon: number }>, exporter) => {
  exporter.finish(node, 'BatchNormalization', node.inputs, { epsilon: { float: attributes.epsilon } });
};

const instanceNorm: Export = ({ node, attributes }: Case<{ readonly epsilon: number }>, exporter) => {
  exporter.finish(node, 'InstanceNormalization', node.inputs, { epsilon: { float: attributes.epsilon } });
};

/** As PyTorch exports it: each group normalised as one channel, then scaled and shifted channel by channel. */
const groupNorm: Export = (
  { node, attributes, inputs }: Case<{ readonly groups: number; readonly epsilon: number }>,
  exporter,
) => {
  const [x, scale, shift] = node.inputs as [string, string, string];
  const { groups, epsilon } = attributes;
  const shape = inputs[0]!;
  const perGroup = (name: string, value: number) =>
    exporter.floats(`${node.name}.${name}`, { shape: [groups], read: () => new Float32Array(groups).fill(value) });
  const norm = { inputs: [perGroup('one', 1), perGroup('zero', 0)], attributes: { epsilon: { float: epsilon } } };
  exporter.chain(
    node,
    x,
    { opType: 'Reshape', inputs: [exporter.integers([shape[0]!, groups, elementCount(shape.slice(1)) / groups])] },
    { opType: 'InstanceNormalization', ...norm },
    { opType: 'Reshape', inputs: [exporter.integers(shape)] },
    { opType: 'Mul', inputs: [perChannel(exporter, node, scale, shape)] },
    { opType: 'Add', inputs: [perChannel(exporter, node, shift, shape)] },
  );
};

/** A value of shape [C] where it broadcasts along axis 1 of `shape`. */
export function perChannel(exporter: Exporter, node: Node, value: string, shape: Shape): string {
  const aligned = [shape[1]!, ...shape.slice(2).map(() => 1)];
  if (aligned.length === 1) return value;
  const tensor = exporter.tensor(value);
  if (tensor) return exporter.floats(`${value}/aligned`, { ...tensor, shape: aligned });
  return exporter.step(node, 'Reshape', [value, exporter.integers(aligned)]);
}

export const convolutionExports = { batchNorm, conv, convTranspose, groupNorm, hetConv, instanceNorm, linear, separableConv };
