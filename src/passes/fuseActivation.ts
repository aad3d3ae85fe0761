// ReLU and clip right after a convolution, a linear layer or a sum become its clamp.
import type { Graph, Node } from '../graph/graph.js';
import { attributesOf } from '../ops/attributes.js';
import { opOf } from '../ops/index.js';
import { filterOpOf } from './filterOps.js';
import { GraphEditor } from './graphEditor.js';

interface Bounds {
  readonly min: number;
  readonly max: number;
}

export function fuseActivation(graph: Graph): Graph {
  const editor = new GraphEditor(graph);
  editor.forEach((node) => {
    const bounds = boundsOf(node);
    const producer = bounds && editor.soleProducer(node.inputs[0]!);
    if (!producer || !(producer.op === 'add' || filterOpOf(producer))) return;
    const clamp = (value: number) => Math.min(Math.max(value, bounds.min), bounds.max);
    const { clampMin = -Infinity, clampMax = Infinity } = producer.attributes;
    const attributes = {
      ...producer.attributes,
      ...finite('clampMin', clamp(clampMin as number)),
      ...finite('clampMax', clamp(clampMax as number)),
    };
    editor.replace([producer, node], { ...producer, outputs: node.outputs, attributes });
  });
  return editor.finish();
}

/** What a node clamps its input to; undefined for anything but a clamp. */
function boundsOf(node: Node): Bounds | undefined {
  if (node.op === 'relu') return { min: 0, max: Infinity };
  if (node.op !== 'clip') return undefined;
  const bounds: Bounds = attributesOf(node, opOf(node).attributes);
  return bounds.min <= bounds.max ? bounds : undefined;
}

function finite(name: string, value: number): Record<string, number> {
  return Number.isFinite(value) ? { [name]: value } : {};
}
