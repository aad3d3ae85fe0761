// A test case as a graph of one node: inputs `x0`, `x1`, … (some of them constants), outputs `y`, `y1`, …
import { constant } from '../../src/graph/constant.js';
import type { Graph } from '../../src/graph/graph.js';
import type { TestCase } from '../cases/testCase.js';
import type { Values } from '../reference/reference.js';

export function graphOf({ name, node, inputs, outputs: count = 1 }: TestCase, values: readonly (Values | undefined)[]): Graph {
  const names = inputs.map((input, i) => (input ? `x${i}` : ''));
  const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? 'y' : `y${i}`));
  return {
    name,
    inputs: inputs.flatMap((input, i) => (input && !input.constant ? [{ name: `x${i}`, shape: input.shape }] : [])),
    outputs,
    nodes: [{ name: 'node', op: node.op, inputs: names, outputs, attributes: node.attributes }],
    tensors: new Map(
      inputs.flatMap((input, i) =>
        input?.constant ? [[`x${i}`, constant(input.shape, values[i]!.data as Float32Array)] as const] : [],
      ),
    ),
  };
}
