// Pooling over one or two axes; over one it runs on pictures of height 1.
import type { Conversion, NodeReader } from '../nodeReader.js';
import type { Operand } from '../operand.js';
import { asPicture, spatialRank, windowOf } from './window.js';

function pool(node: NodeReader, emit: (picture: Operand, window: ReturnType<typeof poolWindow>) => Operand): Operand {
  const x = node.input(0);
  const output = emit(asPicture(node, x), poolWindow(node, x));
  const [n, c, , w] = output.shape;
  return x.shape.length === 3 ? node.reshape(output, [n!, c!, w!]) : output;
}

function poolWindow(node: NodeReader, x: Operand) {
  const axes = spatialRank(node, x.shape);
  const kernel = node.ints('kernel_shape', []);
  if (kernel.length !== axes) {
    node.fail(`kernel_shape [${kernel.slice(0, 8)}] must have an entry for each axis of space of its input [${x.shape}]`);
  }
  return {
    kernel: axes === 1 ? [1, kernel[0]!] : kernel,
    ...windowOf(node, x.shape, kernel),
    ceilMode: node.int('ceil_mode', 0) !== 0,
  };
}

const averagePool: Conversion = (node) =>
  pool(node, (picture, { dilation, ...window }) => {
    if (dilation.some((step) => step !== 1)) node.fail('dilations other than 1 are not supported');
    return node.emit('averagePool', [picture], { ...window, countIncludePad: node.int('count_include_pad', 0) !== 0 });
  });

/** Pictures have an op of their own; any other rank is reduced along its axes of space. */
const global =
  (op: string, reduce: string): Conversion =>
  (node) => {
    const x = node.input(0);
    if (x.shape.length === 4) return node.emit(op, [x]);
    return node.emit(reduce, [x], { axes: x.shape.map((_, axis) => axis).slice(2), keepDims: true });
  };

export const pooling: Readonly<Record<string, Conversion>> = {
  AveragePool: averagePool,
  GlobalAveragePool: global('globalAveragePool', 'reduceMean'),
  GlobalMaxPool: global('globalMaxPool', 'reduceMax'),
  MaxPool: (node) => [pool(node, (picture, window) => node.emit('maxPool', [picture], window))],
};
