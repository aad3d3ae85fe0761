// The table of ops: every name that a graph may use. An op is its file and its line here.
import { HetConvError } from '../graph/error.js';
import type { Node } from '../graph/graph.js';
import { conv } from './conv.js';
import { convTranspose } from './convTranspose.js';
import { hetConv } from './hetConv.js';
import { linear } from './linear.js';
import type { Op } from './op.js';

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export const ops: Readonly<Record<string, Op<any>>> = {
  conv,
  convTranspose,
  hetConv,
  linear,
};

// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export function opOf(node: Node): Op<any> {
  const op = Object.hasOwn(ops, node.op) ? ops[node.op] : undefined;
  if (!op) throw new HetConvError('unsupported-op', `node "${node.name}": there is no op "${node.op}"`);
  return op;
}
