// A sum right after a convolution becomes its residual input: the convolution starts from the other summand.
import { type Graph, type Node, sameShape } from '../graph/graph.js';
import { inferShapes } from '../ops/inferShapes.js';
import { filterOpOf, isPlainFilterOp } from './filterOps.js';
import { GraphEditor } from './graphEditor.js';

/** `source` has all values of the graph, and its shapes may be known already. */
export function fuseResidual(graph: Graph, source: Graph = graph): Graph {
  if (!graph.nodes.some(({ op }) => op === 'add')) return graph;
  const shapes = inferShapes(source);
  const editor = new GraphEditor(graph);
  editor.forEach((node) => {
    if (node.op !== 'add') return;
    const [a, b] = node.inputs as [string, string];
    if (!sameShape(shapes.get(a)!, shapes.get(b)!)) return;
    const candidates = [
      { producer: editor.soleProducer(a), residual: b },
      { producer: editor.soleProducer(b), residual: a },
    ].filter(({ producer, residual }) => accepts(producer) && !editor.constant(residual));
    // Of two convolutions the later one: the other summand is ready by then.
    const last = candidates.reduce<(typeof candidates)[0] | undefined>(
      (latest, candidate) => (latest && editor.isAfter(latest.producer!, candidate.producer!) ? latest : candidate),
      undefined,
    );
    if (!last) return;
    const producer = last.producer!;
    const slot = filterOpOf(producer)!.residual!;
    const inputs = Array.from({ length: slot + 1 }, (_, i) => (i === slot ? last.residual : (producer.inputs[i] ?? '')));
    editor.replace([producer, node], {
      ...producer,
      inputs,
      outputs: node.outputs,
      attributes: { ...producer.attributes, ...node.attributes },
    });
  });
  return editor.finish();
}

function accepts(producer: Node | undefined): boolean {
  return producer !== undefined && isPlainFilterOp(producer) && filterOpOf(producer)!.residual !== undefined;
}
