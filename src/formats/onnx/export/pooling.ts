// Pooling as ONNX. Runtimes disagree about windows that ceilMode lets leave the padded picture, so such padding is written out.
import { type Constant, constant } from '../../../graph/constant.js';
import type { Case } from '../../../ops/op.js';
import type { AveragePoolAttributes, MaxPoolAttributes, PoolAttributes } from '../../../ops/pooling.js';
import type { Export, Exporter, Stage } from './exporter.js';

/** Padding top, left, bottom, right that holds every window whole. */
function wholePadding(a: PoolAttributes, dilation: readonly number[], c: Case<unknown>): number[] {
  const ends = [0, 1].map((axis) => {
    const [size, count] = [c.inputs[0]![2 + axis]!, c.outputs[0]![2 + axis]!];
    const reach = (count - 1) * a.stride[axis]! + dilation[axis]! * (a.kernel[axis]! - 1) + 1;
    return Math.max(a.padding[2 + axis]!, reach - size - a.padding[axis]!);
  });
  return [...a.padding.slice(0, 2), ...ends];
}

/** Padding that no runtime takes, of a whole kernel or more, as an operator before the pooling. */
function padStage(exporter: Exporter, [top, left, bottom, right]: readonly number[], value: number): Stage {
  const pads = exporter.integers([0, 0, top!, left!, 0, 0, bottom!, right!]);
  return { opType: 'Pad', inputs: [pads, exporter.float(value)] };
}

const exceeds = (pads: readonly number[], kernel: readonly number[]) => pads.some((pad, side) => pad >= kernel[side % 2]!);

const NO_PADDING = [0, 0, 0, 0];

const maxPool: Export = (c: Case<MaxPoolAttributes>, exporter) => {
  const { kernel, stride, dilation } = c.attributes;
  const pads = wholePadding(c.attributes, dilation, c);
  const before = exceeds(pads, kernel) ? padStage(exporter, pads, -Infinity) : undefined;
  const attributes = { kernel_shape: kernel, strides: stride, pads: before ? NO_PADDING : pads, dilations: dilation };
  exporter.chain(c.node, c.node.inputs[0]!, before, { opType: 'MaxPool', attributes });
};

const averagePool: Export = (c: Case<AveragePoolAttributes>, exporter) => {
  const { kernel, stride, padding, countIncludePad } = c.attributes;
  const pads = wholePadding(c.attributes, [1, 1], c);
  const overhangs = pads.some((pad, side) => pad !== padding[side]);
  const [x] = c.node.inputs as [string];
  const window = { kernel_shape: kernel, strides: stride };
  if (!exceeds(pads, kernel) && !(overhangs && countIncludePad)) {
    exporter.finish(c.node, 'AveragePool', [x], { ...window, pads, count_include_pad: Number(countIncludePad) });
    return;
  }
  const pool = { opType: 'AveragePool', attributes: { ...window, pads: NO_PADDING } };
  const correction = { opType: 'Mul', inputs: [exporter.floats(`${c.node.name}.correction`, correctionOf(c))] };
  exporter.chain(c.node, x, padStage(exporter, pads, 0), pool, correction);
};

/** [1, 1, H, W]: taps of the kernel over those taps of each window that count. */
function correctionOf({ attributes, inputs, outputs }: Case<AveragePoolAttributes>): Constant {
  const { kernel, stride, padding, countIncludePad } = attributes;
  const [rows, columns] = [0, 1].map((axis) => {
    const size = inputs[0]![2 + axis]!;
    const [first, end] = countIncludePad ? [-padding[axis]!, size + padding[2 + axis]!] : [0, size];
    return Array.from({ length: outputs[0]![2 + axis]! }, (_, i) => {
      const begin = i * stride[axis]! - padding[axis]!;
      const counted = Math.min(begin + kernel[axis]!, end) - Math.max(begin, first);
      return kernel[axis]! / Math.max(1, counted);
    });
  }) as [number[], number[]];
  const values = Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)));
  return constant([1, 1, rows.length, columns.length], values);
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
