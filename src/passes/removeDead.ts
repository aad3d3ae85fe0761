// Drops what no output needs: nodes, then tensors.
import type { Graph } from '../graph/graph.js';

/** `graph` must be sorted; comes back itself when all of it is needed. */
export function removeDead(graph: Graph): Graph {
  const needed = new Set(graph.outputs);
  const kept = [...graph.nodes].reverse().filter((node) => {
    const live = node.outputs.some((output) => needed.has(output));
    if (live) for (const input of node.inputs) needed.add(input);
    return live;
  });
  const tensors = new Map([...graph.tensors].filter(([name]) => needed.has(name)));
  if (kept.length === graph.nodes.length && tensors.size === graph.tensors.size) return graph;
  return { ...graph, nodes: kept.reverse(), tensors };
}
