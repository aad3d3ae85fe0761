// Which kernel row computes each node, and the halo that each value must carry for them.
import { HetConvError } from '../graph/error.js';
import type { Graph, Node, Shape } from '../graph/graph.js';
import { opOf } from '../ops/index.js';
import { caseOf, geometryOf } from '../ops/inferShapes.js';
import { ACCURACIES, type Accuracy, type Case, type Halo, type Kernel } from '../ops/op.js';

export interface Choice {
  readonly at: Case<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
  readonly kernel: Kernel<any>;
  readonly reason: Reason;
}

/** Why a row: no other was allowed, it has the shortest predicted time, or it stands first in the op's table. */
export type Reason = 'only' | 'predicted' | 'first';

export interface Choices {
  /** One for each node, in the graph's order. */
  readonly nodes: readonly Choice[];
  /** Values that carry a halo; all others carry none. */
  readonly halos: ReadonlyMap<string, Halo>;
}

/** Of the rows that can compute a case those that may, best first; the same for all cases of one geometry. */
// biome-ignore lint/suspicious/noExplicitAny: each op has attributes of its own type
export type Preference = (rows: readonly Kernel<any>[], at: Case<any>) => readonly Kernel<any>[];

/** The order of the table, but by predicted time where rows tell it. */
export function byTime(accuracy: Accuracy): Preference {
  return (rows, at) => {
    const rank = (needed: Accuracy): number => ACCURACIES.indexOf(needed);
    const allowed = rows.filter((row) => rank(row.accuracy?.(at) ?? 'direct') <= rank(accuracy));
    const times = new Map(allowed.map((row) => [row, row.time?.(at) ?? 0]));
    return allowed.toSorted((a, b) => times.get(a)! - times.get(b)!);
  };
}

export interface Candidates {
  readonly at: Case<unknown>;
  /** Those that the binary offers and that accept the case, best first. */
  readonly rows: ReturnType<Preference>;
}

/** Each node's case, and the rows that may compute it. */
export function candidatesOf(
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
  offered: ReadonlySet<string>,
  preference: Preference,
): Candidates[] {
  const known = new Map<string, Candidates['rows']>();
  return graph.nodes.map((node) => {
    const at = caseOf(node, shapes);
    const geometry = geometryOf(at);
    let rows = known.get(geometry);
    if (!rows) {
      const kernels = opOf(node).kernels.filter((row) => row.exports.every((name) => offered.has(name)));
      rows = preference(
        kernels.filter((row) => row.accepts?.(at) ?? true),
        at,
      );
      known.set(geometry, rows);
    }
    return { at, rows };
  });
}

/** The row that is preferred for each node. Throws `unsupported-op` where there is none. */
export function chooseKernels(
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
  offered: ReadonlySet<string>,
  preference: Preference,
): Choices {
  const candidates = candidatesOf(graph, shapes, offered, preference);
  const halos = new Map<string, Halo>();
  for (const { at, rows } of candidates) {
    const halo = rows[0]?.halo?.(at);
    if (halo) widen(halos, at.node.inputs[0]!, halo);
  }
  const aliasable = (node: Node) =>
    !graph.tensors.has(node.inputs[0]!) && !halos.has(node.inputs[0]!) && !halos.has(node.outputs[0]!);
  const nodes = candidates.map(({ at, rows }): Choice => {
    const kernel = rows.find((row) => !row.alias || aliasable(at.node));
    if (!kernel) {
      throw new HetConvError(
        'unsupported-op',
        `node "${at.node.name}": no kernel of "${at.node.op}" computes [${at.inputs.join('], [')}] -> [${at.outputs.join('], [')}]`,
      );
    }
    return { at, kernel, reason: rows.length === 1 ? 'only' : kernel.time ? 'predicted' : 'first' };
  });
  return { nodes, halos };
}

const NO_HALO: Halo = { top: 0, left: 0, bottom: 0, right: 0 };

function widen(halos: Map<string, Halo>, name: string, more: Halo): void {
  const { top, left, bottom, right } = halos.get(name) ?? NO_HALO;
  const wide: Halo = {
    top: Math.max(top, more.top),
    left: Math.max(left, more.left),
    bottom: Math.max(bottom, more.bottom),
    right: Math.max(right, more.right),
  };
  if (wide.top + wide.left + wide.bottom + wide.right > 0) halos.set(name, wide);
}
