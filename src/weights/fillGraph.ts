// Puts the tensors of a trained network into the bare graph of its architecture: by their names where these agree, else by the
// order in which both define their layers, every shape checked, no tensor left over.
import { type Constant, constant } from '../graph/constant.js';
import { type Graph, type Node, type Shape, sameShape, sortTopologically } from '../graph/graph.js';
import { inferShapes } from '../ops/inferShapes.js';
import { type Filled, fillConvolution } from './spelling.js';
import { type Module, type ModuleKind, modulesOf, type StateDict } from './stateDict.js';

/** Layers up to the first that finds no weights. */
export interface Mismatch {
  readonly graph: Graph;
  readonly filled: number;
  /** Layers that need weights and modules that are not used, from there on, with shapes. */
  readonly missing: readonly string[];
  readonly leftOver: readonly string[];
}

/** A node that reads tensors. */
interface Slot {
  readonly node: Node;
  readonly kind: ModuleKind;
}

/** `graph` must be sorted. A batch norm that the network lacks is left out, biases are as the network has them. */
export function fillGraph(graph: Graph, state: StateDict): Graph | Mismatch {
  const named = fillByName(graph, state);
  if (named) return named;
  const slots = slotsOf(graph);
  const modules = modulesOf(state);
  let best: Mismatch | undefined;
  for (const [needs, found] of [[slots, modules] as const, ...byKind(slots, modules)]) {
    const result = align(graph, needs, found);
    if (!('missing' in result)) return result;
    if (!best || result.filled > best.filled) best = result;
  }
  return best!;
}

function fillByName(graph: Graph, tensors: StateDict): Graph | undefined {
  if (tensors.size !== graph.tensors.size) return undefined;
  const agree = [...graph.tensors].every(([name, { shape }]) => sameShape(tensors.get(name)?.shape, shape));
  return agree ? { ...graph, tensors: new Map([...graph.tensors.keys()].map((name) => [name, tensors.get(name)!])) } : undefined;
}

function slotsOf({ nodes, tensors }: Graph): Slot[] {
  return nodes.filter(({ inputs }) => inputs.some((name) => tensors.has(name))).map((node) => ({ node, kind: kindOf(node) }));
}

function kindOf({ op }: Node): ModuleKind {
  if (op === 'conv' || op === 'hetConv' || op === 'convTranspose') return 'conv';
  if (op === 'linear') return 'linear';
  return op === 'batchNorm' || op === 'groupNorm' || op === 'instanceNorm' ? 'norm' : 'other';
}

/** Layers kind by kind, for networks that define all convolutions of a block before its batch norms; all of those, or none. */
function byKind(slots: readonly Slot[], modules: readonly Module[]): [Slot[], Module[]][] {
  const kinds: ModuleKind[] = ['conv', 'norm', 'linear', 'other'];
  const sorted = <T extends { readonly kind: ModuleKind }>(list: readonly T[]) =>
    kinds.flatMap((kind) => list.filter((item) => item.kind === kind));
  const norms = [slots, modules].map((list) => list.filter(({ kind }) => kind === 'norm').length);
  return norms[1] === 0 || norms[0] === norms[1] ? [[sorted(slots), sorted(modules)]] : [];
}

function align(graph: Graph, slots: readonly Slot[], modules: readonly Module[]): Graph | Mismatch {
  const shapes = inferShapes(graph);
  const replaced = new Map<Node, Filled>();
  let at = 0;
  for (const [i, { node }] of slots.entries()) {
    const result = fillSlot(graph, node, shapes, modules, at);
    if (!result) return mismatch(graph, slots, i, modules, at);
    replaced.set(node, result);
    at += result.used;
  }
  if (at < modules.length) return mismatch(graph, slots, slots.length, modules, at);
  return rebuilt(graph, replaced);
}

function fillSlot(
  graph: Graph,
  node: Node,
  shapes: ReadonlyMap<string, Shape>,
  modules: readonly Module[],
  at: number,
): Filled | undefined {
  const module = modules[at];
  if (node.op === 'batchNorm')
    return module?.kind === 'norm' ? fillBatchNorm(graph, node, module) : { nodes: [], tensors: [], used: 0 };
  if (node.op === 'conv' || node.op === 'hetConv') {
    if (module?.kind !== 'conv') return undefined;
    const inC = shapes.get(node.inputs[0]!)![1]!;
    const [outC, own, kernelH, kernelW] = graph.tensors.get(node.inputs[1]!)?.shape ?? [];
    if (kernelW === undefined) return undefined;
    const groups = node.op === 'conv' ? inC / own! : 1;
    const shape = [outC!, inC / groups, kernelH!, kernelW];
    return fillConvolution({ node, inC, shape, groups }, modules.slice(at, modules.length));
  }
  return module && fillExactly(graph, node, module);
}

function fillBatchNorm(graph: Graph, node: Node, { tensors }: Module): Filled | undefined {
  const mean = tensors.get('running_mean') ?? tensors.get('mean');
  const variance = tensors.get('running_var') ?? tensors.get('variance');
  if (!mean || !variance || tensors.size % 2 === 1) return undefined;
  const filler = (value: number) => constant(mean.shape, new Float32Array(mean.shape[0]!).fill(value));
  const scale = tensors.get('weight') ?? tensors.get('scale') ?? filler(1);
  const shift = tensors.get('bias') ?? tensors.get('shift') ?? filler(0);
  return assigned(graph, node, [scale, shift, mean, variance]);
}

/** Weight and bias, or whatever the module has in that order; a linear layer may lack its bias or have one more. */
function fillExactly(graph: Graph, node: Node, { tensors }: Module): Filled | undefined {
  const { weight, bias, ...rest } = Object.fromEntries(tensors) as Record<string, Constant>;
  const values = [...(weight ? [weight] : []), ...(bias ? [bias] : []), ...Object.values(rest)];
  if (node.op !== 'linear' && node.op !== 'convTranspose') return assigned(graph, node, values);
  const [x, name] = node.inputs as [string, string];
  const biasShape = node.op === 'linear' ? [weight!.shape[0]!] : bias?.shape;
  if (!weight || values.length > 2 || !sameShape(graph.tensors.get(name)?.shape, weight.shape)) return undefined;
  if (bias && !sameShape(biasShape, bias.shape)) return undefined;
  const named: [string, Constant][] = [[name, weight], ...(bias ? [[`${node.name}.bias`, bias] as [string, Constant]] : [])];
  return { nodes: [{ ...node, inputs: [x, ...named.map(([key]) => key)] }], tensors: named, used: 1 };
}

/** Values for the tensors of a node in the order of its inputs. */
function assigned(graph: Graph, node: Node, values: readonly Constant[]): Filled | undefined {
  const names = node.inputs.filter((name) => graph.tensors.has(name));
  const fits =
    names.length === values.length && names.every((name, i) => sameShape(graph.tensors.get(name)!.shape, values[i]!.shape));
  return fits ? { nodes: [node], tensors: names.map((name, i) => [name, values[i]!]), used: 1 } : undefined;
}

/** The graph with the filled nodes; what read a node that was left out reads its input. */
function rebuilt(graph: Graph, replaced: ReadonlyMap<Node, Filled>): Graph {
  const renamed = new Map<string, string>();
  const current = (name: string) => renamed.get(name) ?? name;
  const nodes = graph.nodes.flatMap((node) => {
    const filled = replaced.get(node);
    if (filled?.nodes.length === 0) renamed.set(node.outputs[0]!, current(node.inputs[0]!));
    return (filled?.nodes ?? [node]).map((each) => ({ ...each, inputs: each.inputs.map(current) }));
  });
  const tensors = new Map([...replaced.values()].flatMap((filled) => filled.tensors));
  return sortTopologically({ ...graph, nodes, tensors, outputs: graph.outputs.map(current) });
}

function mismatch(graph: Graph, slots: readonly Slot[], filled: number, modules: readonly Module[], at: number): Mismatch {
  const sizes = (tensors: readonly (Constant | undefined)[]) => tensors.map((tensor) => `[${tensor?.shape}]`).join(' ');
  return {
    graph,
    filled,
    missing: slots
      .slice(filled)
      .map(({ node }) => `${node.op} "${node.name}" ${sizes(node.inputs.flatMap((name) => graph.tensors.get(name) ?? []))}`),
    leftOver: modules.slice(at).map(({ name, tensors }) => `"${name.slice(0, 80)}" ${sizes([...tensors.values()])}`),
  };
}
