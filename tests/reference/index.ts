// The reference of each op.

import { batchNorm } from './batchNorm.js';
import { add, div, mul, prelu, sub } from './binary.js';
import { conv } from './conv.js';
import { convTranspose } from './convTranspose.js';
import * as functions from './functions.js';
import { hetConv } from './hetConv.js';
import { linear } from './linear.js';
import { matMul } from './matMul.js';
import * as moves from './moves.js';
import { groupNorm, instanceNorm, lrn } from './normalisation.js';
import { averagePool, maxPool } from './pooling.js';
import * as reductions from './reduce.js';
import type { Reference } from './reference.js';
import { resize } from './resize.js';
import { nonMaxSuppression, topK } from './selection.js';
import { separableConv } from './separableConv.js';
import { logSoftmax, softmax } from './softmax.js';
import { clip, elu, gelu, hardSigmoid, hardSwish, leakyRelu, relu, sigmoid, silu, tanh } from './unary.js';

export const references: Readonly<Record<string, Reference>> = {
  ...functions,
  ...moves,
  ...reductions,
  add,
  averagePool,
  batchNorm,
  clip,
  conv,
  convTranspose,
  div,
  elu,
  gelu,
  groupNorm,
  hardSigmoid,
  hardSwish,
  hetConv,
  instanceNorm,
  leakyRelu,
  linear,
  logSoftmax,
  lrn,
  matMul,
  maxPool,
  mul,
  nonMaxSuppression,
  prelu,
  relu,
  resize,
  separableConv,
  sigmoid,
  silu,
  softmax,
  sub,
  tanh,
  topK,
};
