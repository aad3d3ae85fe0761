// The table of ops: every name that a graph may use. An op is its file and its line here.
import { HetConvError } from '../graph/error.js';
import type { Node } from '../graph/graph.js';
import { argMax } from './argMax.js';
import { batchNorm } from './batchNorm.js';
import { add, div, mul, sub } from './binary.js';
import { channelShuffle } from './channelShuffle.js';
import { concat } from './concat.js';
import { conv } from './conv.js';
import { convTranspose } from './convTranspose.js';
import { hetConv } from './hetConv.js';
import { linear } from './linear.js';
import type { Op } from './op.js';
import { pad } from './pad.js';
import { permuteChannels } from './permuteChannels.js';
import { pixelShuffle } from './pixelShuffle.js';
import { averagePool, maxPool } from './pooling.js';
import { prelu } from './prelu.js';
import { globalAveragePool, reduceMax, reduceMean, reduceSum } from './reduce.js';
import { flatten, reshape } from './reshape.js';
import { resize } from './resize.js';
import { slice } from './slice.js';
import { logSoftmax, softmax } from './softmax.js';
import { transpose } from './transpose.js';
import { clip, elu, gelu, hardSigmoid, hardSwish, leakyRelu, relu, sigmoid, silu, tanh } from './unary.js';

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export const ops: Readonly<Record<string, Op<any>>> = {
  add,
  argMax,
  averagePool,
  batchNorm,
  channelShuffle,
  clip,
  concat,
  conv,
  convTranspose,
  div,
  elu,
  flatten,
  gelu,
  globalAveragePool,
  hardSigmoid,
  hardSwish,
  hetConv,
  leakyRelu,
  linear,
  logSoftmax,
  maxPool,
  mul,
  pad,
  permuteChannels,
  pixelShuffle,
  prelu,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  resize,
  sigmoid,
  silu,
  slice,
  softmax,
  sub,
  tanh,
  transpose,
};

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export function opOf(node: Node): Op<any> {
  const op = Object.hasOwn(ops, node.op) ? ops[node.op] : undefined;
  if (!op) throw new HetConvError('unsupported-op', `node "${node.name}": there is no op "${node.op}"`);
  return op;
}
