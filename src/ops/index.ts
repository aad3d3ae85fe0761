// The table of ops: every name that a graph may use. An op is its file and its line here, or in rare.ts, which is loaded only for
// graphs that need it.
import { HetConvError } from '../graph/error.js';
import type { Node } from '../graph/graph.js';
import { add, div, mul, sub } from './binary.js';
import { conv } from './conv.js';
import { hetConv } from './hetConv.js';
import { linear } from './linear.js';
import type { Op } from './op.js';
import { pad } from './pad.js';
import { averagePool, maxPool } from './pooling.js';
import { globalAveragePool, reduceMax, reduceMean, reduceSum } from './reduce.js';
import { flatten, reshape } from './reshape.js';
import { slice } from './slice.js';
import { clip, elu, gelu, hardSigmoid, hardSwish, leakyRelu, relu, sigmoid, silu, tanh } from './unary.js';

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
type OpTable = Readonly<Record<string, Op<any>>>;

/** What most classifiers come to. */
export const ops: OpTable = {
  add,
  averagePool,
  clip,
  conv,
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
  maxPool,
  mul,
  pad,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  sigmoid,
  silu,
  slice,
  sub,
  tanh,
};

let rareOps: OpTable = {};

/** Makes the ops of `nodes` known: to be awaited before shapes of a graph from outside are inferred. */
export async function loadOps(nodes: readonly Node[]): Promise<void> {
  if (!nodes.every(({ op }) => Object.hasOwn(ops, op))) await loadRareOps();
}

/** Makes all ops known. */
export async function loadRareOps(): Promise<void> {
  knowRareOps((await import('./rare.js')).rareOps);
}

/** For who imports src/ops/rare.ts: scripts of some platforms cannot wait for `loadRareOps` where they begin. */
export function knowRareOps(table: OpTable): void {
  rareOps = table;
}

/** Throws `unsupported-op` where there is none, or it is rare and nobody loaded it. */
// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export function opOf(node: Node): Op<any> {
  for (const table of [ops, rareOps]) if (Object.hasOwn(table, node.op)) return table[node.op]!;
  throw new HetConvError('unsupported-op', `node "${node.name}": there is no op "${node.op}"`);
}
