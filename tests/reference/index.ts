// The reference of each op.

import { batchNorm } from './batchNorm.js';
import { add, div, mul, prelu, sub } from './binary.js';
import { conv } from './conv.js';
import { convTranspose } from './convTranspose.js';
import * as functions from './functions.js';
import { hetConv } from './hetConv.js';
import { linear } from './linear.js';
import { channelShuffle, concat, flatten, pad, permuteChannels, pixelShuffle, reshape, slice, transpose } from './moves.js';
import { averagePool, maxPool } from './pooling.js';
import { argMax, globalAveragePool, reduceMax, reduceMean, reduceSum } from './reduce.js';
import type { Reference } from './reference.js';
import { resize } from './resize.js';
import { logSoftmax, softmax } from './softmax.js';
import { clip, elu, gelu, hardSigmoid, hardSwish, leakyRelu, relu, sigmoid, silu, tanh } from './unary.js';

export const references: Readonly<Record<string, Reference>> = {
  ...functions,
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
