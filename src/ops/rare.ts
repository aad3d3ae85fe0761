// The ops that fewer networks need: the second part of the table of index.ts, loaded for graphs that name one of them.
import { argMax } from './argMax.js';
import { channelShuffle } from './channelShuffle.js';
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
import type { Op } from './op.js';
import { pixelShuffle } from './pixelShuffle.js';
import { prelu } from './prelu.js';
import { resize } from './resize.js';
import { transpose } from './transpose.js';

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export const rareOps: Readonly<Record<string, Op<any>>> = {
  abs,
  argMax,
  ceil,
  channelShuffle,
  convTranspose,
  erf,
  exp,
  floor,
  log,
  max,
  min,
  neg,
  pixelShuffle,
  pow,
  prelu,
  reciprocal,
  resize,
  round,
  selu,
  sign,
  softplus,
  softsign,
  sqrt,
  transpose,
};
