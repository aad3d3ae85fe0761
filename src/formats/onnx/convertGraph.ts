// Walks an ONNX graph and converts its nodes, gathering everything that cannot be run, so that one error tells it all.
import { HetConvError } from '../../graph/error.js';
import { conversions } from './conversions/index.js';
import type { Importer } from './importer.js';
import { NodeReader } from './nodeReader.js';
import { label, type Operand } from './operand.js';
import type { OnnxGraph, OnnxNode } from './proto.js';
import { knownTensor } from './tensor.js';

const MAX_NODES = 10_000;
const MAX_LISTED = 100;

/** Defines every name of the graph. Throws `unsupported-op` with all nodes that this release cannot run, `too-large` and `bad-graph`. */
export function convertGraph(graph: OnnxGraph, importer: Importer): void {
  const complaints: string[] = [];
  let count = 0;

  const convert = (node: OnnxNode): void => {
    const { opType, domain } = node;
    if (!Object.hasOwn(conversions, opType) || (domain !== '' && domain !== 'ai.onnx')) {
      complaints.push(domain ? `${domain}.${label(node)}` : label(node));
      leaveOut(node);
    } else if (node.inputs.some((name) => importer.isLeftOut(name))) leaveOut(node);
    else {
      try {
        const result = conversions[opType]!(new NodeReader(node, importer, inline));
        defineOutputs(node, Array.isArray(result) ? result : [result as Operand]);
      } catch (error) {
        if (!(error instanceof HetConvError) || error.code !== 'unsupported-op') throw error;
        complaints.push(error.message);
        leaveOut(node);
      }
    }
  };
  /** Its complaint is told once; what reads its outputs is left out silently. */
  const leaveOut = (node: OnnxNode): void => {
    for (const name of node.outputs) importer.leaveOut(name);
  };
  const defineOutputs = (node: OnnxNode, operands: readonly (Operand | undefined)[]): void => {
    if (operands[0] && !node.outputs[0]) throw new HetConvError('bad-graph', `${label(node)} names no output`);
    node.outputs.forEach((name, i) => {
      if (name === '') return;
      const operand = operands[i];
      if (operand) importer.define(name, operand, label(node));
      else importer.leaveOut(name, `${label(node)}: its output "${name}" is not supported`);
    });
  };
  const add = ({ nodes, initializers, sparseInitializers }: OnnxGraph): void => {
    count += nodes.length;
    if (count > MAX_NODES) {
      throw new HetConvError('too-large', `the ONNX graph has ${count} nodes, at most ${MAX_NODES} are supported`);
    }
    if (sparseInitializers > 0) {
      throw new HetConvError('unsupported-op', `${sparseInitializers} tensors are stored sparsely; store them densely`);
    }
    for (const tensor of initializers) {
      try {
        importer.define(tensor.name, knownTensor(tensor), 'an initializer');
      } catch (error) {
        if (!(error instanceof HetConvError) || error.code !== 'unsupported-op') throw error;
        importer.leaveOut(tensor.name, error.message);
      }
    }
    for (const node of nodes) convert(node);
  };
  const inline = (subgraph: OnnxGraph, what: string): Operand[] => {
    add(subgraph);
    return subgraph.outputs.map(({ name }) => importer.operand(name, what));
  };

  add(graph);
  if (complaints.length > 0) {
    const listed = complaints.slice(0, MAX_LISTED);
    if (complaints.length > MAX_LISTED) listed.push(`and ${complaints.length - MAX_LISTED} more`);
    throw new HetConvError(
      'unsupported-op',
      `this release cannot run ${complaints.length} of ${count} nodes: ${listed.join('; ')}`,
    );
  }
}
