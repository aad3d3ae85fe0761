// Normalisation by stored or computed statistics, softmax, and what vanishes at inference.
import { elementCount } from '../../../graph/graph.js';
import type { Conversion, NodeReader } from '../nodeReader.js';
import { known, type Operand } from '../operand.js';
import { asPicture } from './window.js';

const batchNorm: Conversion = (node) => {
  if (node.int('training_mode', 0) !== 0) node.fail('it is in training mode; export the model after model.eval()');
  if (node.int('spatial', 1) === 0) node.fail('spatial = 0 is not supported');
  const statistics = [1, 2, 3, 4].map((i) => node.known(i));
  return [node.emit('batchNorm', [node.input(0), ...statistics], { epsilon: node.float('epsilon', 1e-5) })];
};

const instanceNorm: Conversion = (node) => {
  const x = node.input(0);
  const y = node.emit('instanceNorm', [asPicture(node, x), node.known(1), node.known(2)], {
    epsilon: node.float('epsilon', 1e-5),
  });
  return node.reshape(y, x.shape);
};

/** Until opset 20 scale and bias had one number for each group, since 21 for each channel. */
const groupNorm: Conversion = (node) => {
  const x = node.input(0);
  const groups = node.int('num_groups', 0);
  const perChannel = (i: number): Operand => {
    const weight = node.known(i);
    const each = x.shape[1]! / groups;
    if (weight.shape[0] !== groups || each === 1 || node.opset >= 21) return weight;
    const spread = node.emit('expand', [node.reshape(weight, [groups, 1])], { shape: [groups, each] });
    return node.reshape(spread, [groups * each]);
  };
  const y = node.emit('groupNorm', [asPicture(node, x), perChannel(1), perChannel(2)], {
    groups,
    epsilon: node.float('epsilon', 1e-5),
  });
  return node.reshape(y, x.shape);
};

/** (x - mean) / sqrt(variance + epsilon) over the axes from `axis` on, times scale, plus bias. */
const layerNorm: Conversion = (node) => {
  const x = node.input(0);
  const first = node.axis(node.int('axis', -1), x.shape.length);
  const along = { axes: x.shape.map((_, axis) => axis).slice(first), keepDims: true };
  const mean = node.emit('reduceMean', [x], along);
  const centred = node.emit('sub', [x, mean]);
  const variance = node.emit('reduceMean', [node.emit('mul', [centred, centred])], along);
  const deviation = node.emit('sqrt', [node.emit('add', [variance, known('f32', [], [node.float('epsilon', 1e-5)])])]);
  const scaled = node.emit('mul', [node.emit('div', [centred, deviation]), node.input(1)]);
  const y = node.has(2) ? node.emit('add', [scaled, node.input(2)]) : scaled;
  return [y, mean, node.source.outputs[2] ? node.emit('reciprocal', [deviation]) : undefined];
};

/** Before opset 13 the axes from `axis` on were one. */
const softmax =
  (op: string): Conversion =>
  (node) => {
    const x = node.input(0);
    const rank = x.shape.length;
    if (node.opset >= 13) return node.emit(op, [x], { axis: node.axis(node.int('axis', -1), rank) });
    const named = node.int('axis', 1);
    const axis = named === rank ? rank : node.axis(named, rank);
    if (axis === rank - 1) return node.emit(op, [x], { axis });
    const rows = node.reshape(x, [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))]);
    return node.reshape(node.emit(op, [rows], { axis: 1 }), x.shape);
  };

const dropout: Conversion = (node) => {
  if (node.has(2) && node.number(2) !== 0) node.fail('it is in training mode; export the model after model.eval()');
  return [node.input(0)];
};

const lrn = (node: NodeReader): Operand => {
  const x = node.input(0);
  const y = node.emit('lrn', [asPicture(node, x)], {
    size: node.int('size', 0),
    alpha: node.float('alpha', 1e-4),
    beta: node.float('beta', 0.75),
    bias: node.float('bias', 1),
  });
  return node.reshape(y, x.shape);
};

export const normalisation: Readonly<Record<string, Conversion>> = {
  BatchNormalization: batchNorm,
  Dropout: dropout,
  GroupNormalization: groupNorm,
  InstanceNormalization: instanceNorm,
  LRN: lrn,
  LayerNormalization: layerNorm,
  LogSoftmax: softmax('logSoftmax'),
  Softmax: softmax('softmax'),
};
