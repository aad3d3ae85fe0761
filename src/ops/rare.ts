// The ops that fewer networks need: the second part of the table of index.ts, loaded for graphs that name one of them.
import { argMax } from './argMax.js';
import { batchNorm } from './batchNorm.js';
import { cast } from './cast.js';
import { channelShuffle } from './channelShuffle.js';
import { concat } from './concat.js';
import { convTranspose } from './convTranspose.js';
import {
  abs,
  ceil,
  erf,
  exp,
  floor,
  log,
  max,
  min,
  neg,
  pow,
  reciprocal,
  round,
  selu,
  sign,
  softplus,
  softsign,
  sqrt,
} from './functions.js';
import { gather } from './gather.js';
import { groupNorm, instanceNorm } from './groupNorm.js';
import { lrn } from './lrn.js';
import { matMul } from './matMul.js';
import { nonMaxSuppression } from './nonMaxSuppression.js';
import type { Op } from './op.js';
import { permuteChannels } from './permuteChannels.js';
import { pixelShuffle } from './pixelShuffle.js';
import { prelu } from './prelu.js';
import { globalMaxPool, reduceL1, reduceL2, reduceMin, reduceSumSquare } from './reduce.js';
import { expand, tile } from './repeat.js';
import { resize } from './resize.js';
import { separableConv } from './separableConv.js';
import { logSoftmax, softmax } from './softmax.js';
import { topK } from './topK.js';
import { transpose } from './transpose.js';

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export const rareOps: Readonly<Record<string, Op<any>>> = {
  concat,
  logSoftmax,
  softmax,
  permuteChannels,
  batchNorm,
  abs,
  argMax,
  cast,
  ceil,
  channelShuffle,
  convTranspose,
  erf,
  exp,
  expand,
  floor,
  gather,
  globalMaxPool,
  groupNorm,
  instanceNorm,
  log,
  lrn,
  matMul,
  max,
  min,
  neg,
  nonMaxSuppression,
  pixelShuffle,
  pow,
  prelu,
  reciprocal,
  reduceL1,
  reduceL2,
  reduceMin,
  reduceSumSquare,
  resize,
  round,
  selu,
  separableConv,
  sign,
  softplus,
  softsign,
  sqrt,
  tile,
  topK,
  transpose,
};
