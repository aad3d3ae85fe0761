// An error of one node: it says where.
import { type ErrorCode, HetConvError } from '../graph/error.js';
import type { Node } from '../graph/graph.js';

/** To be thrown where a node's shapes or attributes cannot be. */
export function nodeError({ name, op }: Node, text: string, code: ErrorCode = 'bad-shape'): HetConvError {
  return new HetConvError(code, `node "${name}" (${op}): ${text}`);
}
