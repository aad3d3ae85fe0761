// ONNX operators to ours, one entry each. Semantics: https://onnx.ai/onnx/operators/, opsets 6 to 17 and later where they agree.
import { derive } from '../../graph/constant.js';
import { HetConvError } from '../../graph/error.js';
import { elementCount } from '../../graph/graph.js';
import { type Importer, label, unsupported } from './importer.js';
import type { OnnxNode } from './proto.js';
import { constantNode } from './tensor.js';

export type Conversion = (node: OnnxNode, importer: Importer) => void;

const int = (node: OnnxNode, name: string, otherwise: number) =>
  node.attributes.has(name) ? (node.attributes.get(name)!.int ?? 0) : otherwise;
const float = (node: OnnxNode, name: string, otherwise: number) =>
  node.attributes.has(name) ? (node.attributes.get(name)!.float ?? 0) : otherwise;
const ints = (node: OnnxNode, name: string, otherwise: readonly number[]) => node.attributes.get(name)?.ints ?? otherwise;

/** An operator with the same inputs and no attributes on both sides. */
const plain =
  (op: string): Conversion =>
  (node, importer) =>
    importer.emit(node, op, node.inputs);

const alias: Conversion = (node, importer) => importer.alias(node);

export const conversions: Readonly<Record<string, Conversion>> = {
  Add: (node, importer) => {
    if (int(node, 'broadcast', 0) !== 0)
      unsupported(node, 'the broadcast attribute of opset 6 is not supported; convert the model to opset 13');
    importer.emit(node, 'add', node.inputs);
  },

  AveragePool: (node, importer) => {
    if (ints(node, 'dilations', []).some((step) => step !== 1)) unsupported(node, 'dilations other than 1 are not supported');
    const { dilation: _, ...window } = poolWindow(node, importer);
    importer.emit(node, 'averagePool', node.inputs, { ...window, countIncludePad: int(node, 'count_include_pad', 0) !== 0 });
  },

  BatchNormalization: (node, importer) => {
    if (int(node, 'training_mode', 0) !== 0) unsupported(node, 'it is in training mode; export the model after model.eval()');
    if (int(node, 'spatial', 1) === 0) unsupported(node, 'spatial = 0 is not supported');
    importer.emit(node, 'batchNorm', node.inputs, { epsilon: float(node, 'epsilon', 1e-5) });
  },

  Clip: (node, importer) => {
    const bound = (i: number, name: string) => {
      if (!node.inputs[i]) return node.attributes.get(name)?.float;
      const constant = importer.constant(node, i);
      return elementCount(constant.shape) === 1 ? constant.read!()[0]! : unsupported(node, `input ${i} must be one number`);
    };
    const min = bound(1, 'min');
    const max = bound(2, 'max');
    importer.emit(node, 'clip', node.inputs.slice(0, 1), {
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
    });
  },

  Constant: (node, importer) => {
    importer.addInitializer(node, constantNode(node) ?? unsupported(node, 'only floats, integers and tensors are supported'));
  },

  Conv: (node, importer) => {
    const { shape } = importer.constant(node, 1);
    if (shape.length !== 4)
      unsupported(node, `its weight has ${shape.length} axes; only convolutions over two axes are supported`);
    importer.emit(node, 'conv', node.inputs, { ...windowOf(node, importer, shape.slice(2)), groups: int(node, 'group', 1) });
  },

  Dropout: (node, importer) => {
    if (node.inputs[2]) unsupported(node, 'it has a training mode input; export the model after model.eval()');
    alias(node, importer);
  },

  Flatten: (node, importer) => {
    const axis = int(node, 'axis', 1);
    importer.emit(node, 'flatten', node.inputs, { axis: axis < 0 ? axis + importer.shape(node, 0).length : axis });
  },

  Gemm: (node, importer) => {
    if (int(node, 'transA', 0) !== 0) unsupported(node, 'transA = 1 is not supported');
    importer.emit(node, 'linear', [node.inputs[0] ?? '', gemmWeight(node, importer), ...gemmBias(node, importer)]);
  },

  GlobalAveragePool: plain('globalAveragePool'),
  Identity: alias,

  MaxPool: (node, importer) => {
    importer.emit(node, 'maxPool', node.inputs, poolWindow(node, importer));
  },

  Relu: plain('relu'),

  Reshape: (node, importer) => {
    const from = importer.shape(node, 0);
    const asked = node.inputs[1] ? importer.integers(node, 1) : ints(node, 'shape', []);
    const keepZeros = int(node, 'allowzero', 0) !== 0;
    const sizes = asked.map((size, axis) => (size === 0 && !keepZeros ? (from[axis] ?? 0) : size));
    const rest = elementCount(from) / elementCount(sizes.filter((size) => size !== -1));
    importer.emit(node, 'reshape', node.inputs.slice(0, 1), { shape: sizes.map((size) => (size === -1 ? rest : size)) });
  },
};

/** Stride, padding and dilation of a window of `kernel` pixels, `auto_pad` resolved. */
function windowOf(node: OnnxNode, importer: Importer, kernel: readonly number[]) {
  const kernelShape = ints(node, 'kernel_shape', kernel);
  if (`${kernelShape}` !== `${kernel}`) {
    throw new HetConvError(
      'bad-attribute',
      `${label(node)}: kernel_shape [${kernelShape.slice(0, 8)}] differs from its weight's, [${kernel}]`,
    );
  }
  const stride = ints(node, 'strides', [1, 1]);
  const dilation = ints(node, 'dilations', [1, 1]);
  const mode = node.attributes.get('auto_pad')?.string ?? 'NOTSET';
  switch (mode) {
    case 'NOTSET':
      return { stride, dilation, padding: ints(node, 'pads', [0, 0, 0, 0]) };
    case 'VALID':
      return { stride, dilation, padding: [0, 0, 0, 0] };
    case 'SAME_UPPER':
    case 'SAME_LOWER': {
      const sizes = importer.shape(node, 0).slice(2);
      const totals = kernel.map((taps, i) => {
        const outputs = Math.ceil(sizes[i]! / stride[i]!);
        return Math.max(0, (outputs - 1) * stride[i]! + (taps - 1) * dilation[i]! + 1 - sizes[i]!);
      });
      const halves = totals.map((total) => Math.floor(total / 2));
      const others = totals.map((total, i) => total - halves[i]!);
      return { stride, dilation, padding: mode === 'SAME_UPPER' ? [...halves, ...others] : [...others, ...halves] };
    }
    default:
      return unsupported(node, `auto_pad "${mode.slice(0, 40)}" is unknown`);
  }
}

function poolWindow(node: OnnxNode, importer: Importer) {
  const kernel = ints(node, 'kernel_shape', []);
  if (kernel.length !== 2)
    unsupported(node, `kernel_shape [${kernel.slice(0, 8)}] must have two entries; only pooling over two axes is supported`);
  return { kernel, ...windowOf(node, importer, kernel), ceilMode: int(node, 'ceil_mode', 0) !== 0 };
}

/** alpha B, as [N, M]. */
function gemmWeight(node: OnnxNode, importer: Importer): string {
  const alpha = float(node, 'alpha', 1);
  const transposed = int(node, 'transB', 0) !== 0;
  const weight = importer.constant(node, 1);
  if (weight.shape.length !== 2) unsupported(node, `its weight has ${weight.shape.length} axes instead of 2`);
  if (transposed && alpha === 1) return node.inputs[1]!;
  const [rows, columns] = weight.shape as [number, number];
  if (transposed) {
    return importer.addTensor(
      node,
      'weight',
      derive(weight.shape, [weight], (values) => values.map((value) => alpha * value)),
    );
  }
  const transpose = (values: Float32Array) => {
    const result = new Float32Array(values.length);
    for (let n = 0; n < columns; n++) for (let m = 0; m < rows; m++) result[n * rows + m] = alpha * values[m * columns + n]!;
    return result;
  };
  return importer.addTensor(node, 'weight', derive([columns, rows], [weight], transpose));
}

/** beta C, broadcast to [N]; nothing if there is no C. */
function gemmBias(node: OnnxNode, importer: Importer): string[] {
  if (!node.inputs[2]) return [];
  const beta = float(node, 'beta', 1);
  const { shape } = importer.constant(node, 1);
  const filters = int(node, 'transB', 0) !== 0 ? shape[0]! : shape[1]!;
  const bias = importer.constant(node, 2);
  const count = elementCount(bias.shape);
  if (count !== 1 && (count !== filters || bias.shape.at(-1) !== filters)) {
    unsupported(node, `its bias has shape [${bias.shape}]; only one number for each of the ${filters} outputs is supported`);
  }
  if (beta === 1 && bias.shape.length === 1 && count === filters) return [node.inputs[2]];
  const expand = (values: Float32Array) => Float32Array.from({ length: filters }, (_, n) => beta * values[count === 1 ? 0 : n]!);
  return [importer.addTensor(node, 'bias', derive([filters], [bias], expand))];
}
