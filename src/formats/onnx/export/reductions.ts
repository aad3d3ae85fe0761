// Reductions, normalisations across channels, products and searches as ONNX.
import type { ArgMaxAttributes } from '../../../ops/argMax.js';
import type { Case } from '../../../ops/op.js';
import type { ReduceAttributes } from '../../../ops/reduce.js';
import type { Export } from './exporter.js';

const reduce =
  (opType: string): Export =>
  ({ node, attributes: { axes, keepDims } }: Case<ReduceAttributes>, exporter) =>
    exporter.finish(node, opType, node.inputs, { axes, keepdims: Number(keepDims) });

/** The axes of ReduceSum alone are an input in opset 17. */
const reduceSum: Export = ({ node, attributes: { axes, keepDims } }: Case<ReduceAttributes>, exporter) =>
  exporter.finish(node, 'ReduceSum', [node.inputs[0]!, exporter.integers(axes)], { keepdims: Number(keepDims) });

const alongAxis =
  (opType: string): Export =>
  ({ node, attributes: { axis } }: Case<{ readonly axis: number }>, exporter) =>
    exporter.finish(node, opType, node.inputs, { axis });

const argMax: Export = ({ node, attributes: { axis, keepDims, last } }: Case<ArgMaxAttributes>, exporter) =>
  exporter.finish(node, 'ArgMax', node.inputs, { axis, keepdims: Number(keepDims), select_last_index: Number(last) });

interface LrnAttributes {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

const lrn: Export = ({ node, attributes: { size, alpha, beta, bias } }: Case<LrnAttributes>, exporter) =>
  exporter.finish(node, 'LRN', node.inputs, { size, alpha: { float: alpha }, beta: { float: beta }, bias: { float: bias } });

const matMul: Export = ({ node }, exporter) => exporter.finish(node, 'MatMul', node.inputs);

interface NonMaxSuppressionAttributes {
  readonly maxOutputBoxesPerClass: number;
  readonly iouThreshold: number;
  readonly scoreThreshold: number;
  readonly centerPointBox: boolean;
}

const nonMaxSuppression: Export = ({ node, attributes }: Case<NonMaxSuppressionAttributes>, exporter) => {
  const { maxOutputBoxesPerClass, iouThreshold, scoreThreshold, centerPointBox } = attributes;
  const limits = [exporter.integers([maxOutputBoxesPerClass]), exporter.float(iouThreshold), exporter.float(scoreThreshold)];
  const inputs = [...node.inputs, ...limits];
  exporter.finish(node, 'NonMaxSuppression', inputs, { center_point_box: Number(centerPointBox) });
};

interface TopKAttributes {
  readonly k: number;
  readonly axis: number;
  readonly largest: boolean;
}

const topK: Export = ({ node, attributes: { k, axis, largest } }: Case<TopKAttributes>, exporter) =>
  exporter.finish(node, 'TopK', [node.inputs[0]!, exporter.integers([k])], { axis, largest: Number(largest) });

export const reductionExports = {
  argMax,
  logSoftmax: alongAxis('LogSoftmax'),
  lrn,
  matMul,
  nonMaxSuppression,
  reduceL1: reduce('ReduceL1'),
  reduceL2: reduce('ReduceL2'),
  reduceMax: reduce('ReduceMax'),
  reduceMean: reduce('ReduceMean'),
  reduceMin: reduce('ReduceMin'),
  reduceSum,
  reduceSumSquare: reduce('ReduceSumSquare'),
  softmax: alongAxis('Softmax'),
  topK,
};
