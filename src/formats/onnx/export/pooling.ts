// Pooling as ONNX. Runtimes disagree about windows that ceilMode lets leave the padded picture, so such padding is written out.
import { elementCount } from '../../../graph/graph.js';
import type { Case } from '../../../ops/op.js';
import type { AveragePoolAttributes, MaxPoolAttributes, PoolAttributes } from '../../../ops/pooling.js';
import type { Export } from './exporter.js';

/** Padding top, left, bottom, right that holds every window whole. */
function wholePadding(a: PoolAttributes, dilation: readonly number[], c: Case<unknown>): number[] {
  const ends = [0, 1].map((axis) => {
    const [size, count] = [c.inputs[0]![2 + axis]!, c.outputs[0]![2 + axis]!];
    const reach = (count - 1) * a.stride[axis]! + dilation[axis]! * (a.kernel[axis]! - 1) + 1;
    return Math.max(a.padding[2 + axis]!, reach - size - a.padding[axis]!);
  });
  return [...a.padding.slice(0, 2), ...ends];
}

const maxPool: Export = (c: Case<MaxPoolAttributes>, exporter) => {
  const { kernel, stride, dilation } = c.attributes;
  const pads = wholePadding(c.attributes, dilation, c);
  const attributes = { kernel_shape: kernel, strides: stride, pads, dilations: dilation };
  exporter.finish(c.node, 'MaxPool', c.node.inputs, attributes);
};

const averagePool: Export = (c: Case<AveragePoolAttributes>, exporter) => {
  const { kernel, stride, padding, countIncludePad } = c.attributes;
  const pads = wholePadding(c.attributes, [1, 1], c);
  const attributes = { kernel_shape: kernel, strides: stride, pads, count_include_pad: Number(countIncludePad) };
  const pool = { opType: 'AveragePool', attributes };
  const overhangs = pads.some((pad, side) => pad !== padding[side]);
  const correction = overhangs && countIncludePad ? exporter.floats(`${c.node.name}.correction`, correctionOf(c)) : undefined;
  exporter.chain(c.node, c.node.inputs[0]!, pool, correction ? { opType: 'Mul', inputs: [correction] } : undefined);
};

/** [1, 1, H, W]: taps of the kernel over taps of the window that are in the padded picture, the ones that count. */
function correctionOf({ attributes, inputs, outputs }: Case<AveragePoolAttributes>) {
  const { kernel, stride, padding } = attributes;
  const [height, width] = [0, 1].map((axis) =>
    Array.from({ length: outputs[0]![2 + axis]! }, (_, i) => {
      const padded = inputs[0]![2 + axis]! + padding[axis]! + padding[2 + axis]!;
      return kernel[axis]! / Math.min(kernel[axis]!, padded - i * stride[axis]!);
    }),
  ) as [number[], number[]];
  const shape = [1, 1, height.length, width.length];
  const values = Float32Array.from({ length: elementCount(shape) }, (_, i) => {
    return height[Math.floor(i / width.length)]! * width[i % width.length]!;
  });
  return { shape, read: () => values };
}

const global =
  (opType: string): Export =>
  ({ node }, exporter) =>
    exporter.finish(node, opType, node.inputs);

export const poolingExports = {
  averagePool,
  globalAveragePool: global('GlobalAveragePool'),
  globalMaxPool: global('GlobalMaxPool'),
  maxPool,
};
