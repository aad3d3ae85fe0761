// The table of ops: every name that a graph may use. An op is its file and its line here.
import { HetConvError } from '../graph/error.js';
import type { Node } from '../graph/graph.js';
import { argMax } from './argMax.js';
import { batchNorm } from './batchNorm.js';
import { conv } from './conv.js';
import { convTranspose } from './convTranspose.js';
import { hetConv } from './hetConv.js';
import { linear } from './linear.js';
import type { Op } from './op.js';
import { averagePool, maxPool } from './pooling.js';
import { globalAveragePool, reduceMax, reduceMean, reduceSum } from './reduce.js';
import { resize } from './resize.js';
import { logSoftmax, softmax } from './softmax.js';

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export const ops: Readonly<Record<string, Op<any>>> = {
  argMax,
  averagePool,
  batchNorm,
  conv,
  convTranspose,
  globalAveragePool,
  hetConv,
  linear,
  logSoftmax,
  maxPool,
  reduceMax,
  reduceMean,
  reduceSum,
  resize,
  softmax,
};

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export function opOf(node: Node): Op<any> {
  const op = Object.hasOwn(ops, node.op) ? ops[node.op] : undefined;
  if (!op) throw new HetConvError('unsupported-op', `node "${node.name}": there is no op "${node.op}"`);
  return op;
}
