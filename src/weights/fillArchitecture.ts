// Trained tensors in the architectures that have builders, in whatever form they were published.
import { architectures, type ConvolutionKind, publishedForms } from '../architectures/index.js';
import { HetConvError } from '../graph/error.js';
import { elementCount, type Graph } from '../graph/graph.js';
import { fillGraph, type Mismatch } from './fillGraph.js';
import { modulesOf, type StateDict } from './stateDict.js';

/**
 * Convolutions that may stand in a network, in the order of trial. A standard one may turn out to be a HetConv in any spelling.
 * Depthwise and pointwise ones of as many channels as filters have the shapes of a HetConv with P = M, groupwise ones those
 * of any HetConv: the more usual is meant. A groupwise one is of any even number of groups.
 */
const KINDS: readonly ConvolutionKind[] = [{ kind: 'dwpw' }, { kind: 'standard' }, { kind: 'gwpw', groups: 2 }];
const LISTED = 5;

/** The named architecture with these weights, its name that of the graph. Throws `bad-option`, which says what does not fit. */
export function fillArchitecture(name: string, state: StateDict): Graph {
  const result = tryArchitecture(name, state);
  if (!('missing' in result)) return result;
  const others = fittingArchitectures(state);
  const advice = others.length > 0 ? `; they fit ${others.join(' and ')}` : '';
  throw new HetConvError('bad-option', `the weights are not those of ${name}: ${describeMismatch(result)}${advice}`);
}

/** `fillGraph` for a network that the user describes. Throws `bad-option`. */
export function fillOwnGraph(graph: Graph, state: StateDict): Graph {
  const result = fillGraph(graph, state);
  if (!('missing' in result)) return result;
  throw new HetConvError('bad-option', `the weights do not fit the graph "${graph.name}": ${describeMismatch(result)}`);
}

/** What to tell somebody who has weights only. */
export function describeWeights(state: StateDict): string {
  const names = [...state].slice(0, 3).map(([name, { shape }]) => `"${name.slice(0, 80)}" [${shape.slice(0, 8)}]`);
  const count = [...state.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const held = `${state.size} tensors with ${count.toLocaleString('en')} numbers (${names.join(', ')}${state.size > 3 ? ', …' : ''})`;
  const [fits] = fittingArchitectures(state);
  const advice = fits
    ? `they fit an architecture that is known: try hetconv convert <this file> net.safetensors --arch ${fits}`
    : 'name it with hetconv convert --arch or --graph, or export the model to ONNX, torch.onnx.export(model, …)';
  return `these are weights without their network, ${held}; ${advice}`;
}

function fittingArchitectures(state: StateDict): string[] {
  return Object.keys(architectures).filter((name) => !('missing' in tryArchitecture(name, state)));
}

function tryArchitecture(name: string, state: StateDict): Graph | Mismatch {
  const head = modulesOf(state).findLast(({ kind }) => kind === 'linear');
  const classes = head?.tensors.get('weight')?.shape[0] || undefined;
  let best: Mismatch | undefined;
  for (const kind of KINDS) {
    for (const graph of publishedForms(name, kind, classes)) {
      const result = fillGraph({ ...graph, name }, state);
      if (!('missing' in result)) return result;
      if (!best || result.filled > best.filled) best = result;
    }
  }
  return best!;
}

function describeMismatch({ filled, missing, leftOver }: Mismatch): string {
  const list = (items: readonly string[]) => {
    const more = items.length > LISTED ? `, and ${items.length - LISTED} more` : '';
    return `${items.slice(0, LISTED).join(', ')}${more}`;
  };
  const needs = missing.length > 0 ? `the network needs ${list(missing)}` : 'the network needs nothing more';
  const has = leftOver.length > 0 ? `the file has ${list(leftOver)}` : 'the file has nothing more';
  return `${filled} of ${filled + missing.length} layers fit; then ${needs}; ${has}`;
}
