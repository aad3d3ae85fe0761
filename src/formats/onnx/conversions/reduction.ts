// Reductions along axes, and where along one axis the extremes lie.
import type { Conversion, NodeReader } from '../nodeReader.js';

/** The axes that a reduction names, as an attribute or since opset 13 or 18 as input 1; none named are all, or really none. */
export function reducedAxes(node: NodeReader): number[] {
  const rank = node.input(0).shape.length;
  const axes = node.integersOf('axes', 1) ?? [];
  if (axes.length > 0) return [...new Set(axes.map((axis) => node.axis(axis, rank)))].sort((a, b) => a - b);
  return node.int('noop_with_empty_axes', 0) !== 0 ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

const reduce =
  (op: string): Conversion =>
  (node) => {
    const axes = reducedAxes(node);
    const x = node.input(0);
    return axes.length === 0 ? x : node.emit(op, [x], { axes, keepDims: node.int('keepdims', 1) !== 0 });
  };

const argument =
  (prepare: (node: NodeReader) => ReturnType<NodeReader['input']>): Conversion =>
  (node) => {
    const x = prepare(node);
    return node.emit('argMax', [x], {
      axis: node.axis(node.int('axis', 0), x.shape.length),
      keepDims: node.int('keepdims', 1) !== 0,
      last: node.int('select_last_index', 0) !== 0,
    });
  };

export const reduction: Readonly<Record<string, Conversion>> = {
  ArgMax: argument((node) => node.input(0)),
  ArgMin: argument((node) => node.emit('neg', [node.input(0)])),
  ReduceL1: reduce('reduceL1'),
  ReduceL2: reduce('reduceL2'),
  ReduceMax: reduce('reduceMax'),
  ReduceMean: reduce('reduceMean'),
  ReduceMin: reduce('reduceMin'),
  ReduceSum: reduce('reduceSum'),
  ReduceSumSquare: reduce('reduceSumSquare'),
};
