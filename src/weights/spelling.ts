// The spellings in which trained networks hold one convolution with N filters of K×K on M channels: one module, or several
// whose outputs are summed, concatenated or both. Names differ from network to network, so shapes alone tell them apart.
import { type Constant, derive } from '../graph/constant.js';
import { elementCount, type Node, type Shape } from '../graph/graph.js';
import type { Module } from './stateDict.js';

/** What a layer needs: its node in the graph, a `conv` or `hetConv` whose x has `inC` channels. */
export interface ConvolutionSlot {
  readonly node: Node;
  readonly inC: number;
  /** Of the dense convolution: [N, M/groups, kH, kW]. */
  readonly shape: Shape;
  readonly groups: number;
}

/** Nodes in place of the slot's, with their tensors, from the first `used` modules. */
export interface Filled {
  readonly nodes: readonly Node[];
  readonly tensors: readonly (readonly [string, Constant])[];
  readonly used: number;
}

/** The first spelling that fits, those of several modules first. */
export function fillConvolution(slot: ConvolutionSlot, modules: readonly Module[]): Filled | undefined {
  const plain = slot.node.op === 'conv' && isPlain(slot.node);
  const [, , kernelH, kernelW] = slot.shape;
  const spatial = slot.groups === 1 && kernelH! * kernelW! > 1;
  return (
    (spatial && plain ? (fillSum(slot, modules, 3) ?? fillSum(slot, modules, 2)) : undefined) ??
    (spatial ? (fillBranches(slot, modules) ?? fillKernels(slot, modules)) : undefined) ??
    fillPlain(slot, modules)
  );
}

function isPlain({ inputs, attributes }: Node): boolean {
  return !inputs[3] && attributes.clampMin === undefined && attributes.clampMax === undefined;
}

/** An ordinary weight, perhaps of more groups than the slot has; masked ones are found later, by their zeros. */
function fillPlain({ node, inC, shape, groups }: ConvolutionSlot, [module]: readonly Module[]): Filled | undefined {
  const weight = module?.tensors.get('weight');
  const own = weight?.shape[1] ?? 0;
  if (!weight || !isFilter(weight, [shape[0]!, own, shape[2]!, shape[3]!]) || inC % own !== 0) return undefined;
  const found = inC / own;
  if (found % groups !== 0 || shape[0]! % found !== 0) return undefined;
  const { part: _part, pattern: _pattern, ...attributes } = node.attributes;
  const residual = node.op === 'conv' ? node.inputs[3] : node.inputs[4];
  return filled(
    { ...node, op: 'conv', attributes: { ...attributes, groups: found } },
    { weight, bias: biasOf([module!]) },
    1,
    residual,
  );
}

/**
 * A K×K and a 1×1 convolution in one sum, in any order, each with groups of its own; or three, with the K×K's groups in a second
 * 1×1 that is subtracted.
 */
function fillSum(slot: ConvolutionSlot, modules: readonly Module[], used: 2 | 3): Filled | undefined {
  const { node, inC, shape } = slot;
  const [outC, , kernelH, kernelW] = shape as [number, number, number, number];
  const parts = modules.slice(0, used).flatMap((module) => {
    const weight = module.tensors.get('weight');
    const own = weight?.shape[1] ?? 0;
    const fits = weight?.shape[0] === outC && inC % own === 0 && outC % (inC / own) === 0;
    const spatial = weight?.shape[2] === kernelH && weight.shape[3] === kernelW;
    const pointwise = weight?.shape[2] === 1 && weight.shape[3] === 1;
    return weight && fits && (spatial || pointwise) ? [{ module, weight, spatial, groups: inC / own }] : [];
  });
  const spatial = parts.find((part) => part.spatial);
  const rest = parts.filter((part) => part !== spatial);
  if (parts.length !== used || !spatial || spatial.groups === 1 || rest.some((part) => part.spatial)) return undefined;
  const added = used === 2 ? rest[0]! : rest.find(({ groups }) => groups === 1);
  const subtracted = used === 3 ? rest.find((part) => part !== added) : undefined;
  if (!added || (subtracted && subtracted.groups !== spatial.groups)) return undefined;

  const padding = samePixel(node, kernelH, kernelW);
  if (!padding) return undefined;
  const x = node.inputs[0]!;
  const branch = (role: string, { module, weight, spatial, groups }: typeof added) => {
    const name = `${node.name}.${role}`;
    const attributes = spatial ? { ...node.attributes, groups } : { ...node.attributes, groups, padding, dilation: [1, 1] };
    return filled({ name, op: 'conv', inputs: [x], outputs: [name], attributes }, { weight, bias: biasOf([module]) }, 1);
  };
  const branches = [branch('gwc', spatial), branch('pwc', added), ...(subtracted ? [branch('own', subtracted)] : [])];
  const [a, b, c] = branches.map(({ nodes }) => nodes[0]!.name);
  const sum = subtracted ? `${node.name}.sum` : node.outputs[0]!;
  const sums: Node[] = [{ name: subtracted ? sum : node.name, op: 'add', inputs: [a!, b!], outputs: [sum], attributes: {} }];
  if (c) sums.push({ ...node, op: 'sub', inputs: [sum, c], attributes: {} });
  return {
    nodes: [...branches.flatMap(({ nodes }) => nodes), ...sums],
    tensors: branches.flatMap(({ tensors }) => tensors),
    used,
  };
}

/** Padding with which a 1×1 kernel meets the centre of the K×K one; undefined where the K×K one has less than "same". */
function samePixel({ attributes }: Node, kernelH: number, kernelW: number): number[] | undefined {
  const padding = (attributes.padding as readonly number[] | undefined) ?? [0, 0, 0, 0];
  const dilation = (attributes.dilation as readonly number[] | undefined) ?? [1, 1];
  const reach = [kernelH, kernelW].map((kernel, axis) => (dilation[axis]! * (kernel - 1)) / 2);
  const rest = padding.map((pixels, side) => pixels - reach[side % 2]!);
  return rest.every((pixels) => Number.isInteger(pixels) && pixels >= 0) ? rest : undefined;
}

/**
 * B pairs of a K×K convolution on the M/P channels c ≡ b (mod P) and a 1×1 convolution on the others, N/B filters each: filter j of
 * pair b is number j·B + b. There is a pair for each class (B = P) or for each filter (B = N).
 */
function fillBranches(slot: ConvolutionSlot, modules: readonly Module[]): Filled | undefined {
  const { inC, shape } = slot;
  const [outC, , kernelH, kernelW] = shape as [number, number, number, number];
  const [rows, ownC] = modules[0]?.tensors.get('weight')?.shape ?? [];
  const pairs = outC / (rows ?? 0);
  const part = inC / (ownC ?? 0);
  if (!isPart(part, inC, outC) || (pairs !== part && pairs !== outC) || modules.length < 2 * pairs) return undefined;
  const own = every(modules, 2 * pairs, 0, 2, [rows!, ownC!, kernelH, kernelW]);
  const others = every(modules, 2 * pairs, 1, 2, [rows!, inC - ownC!, 1, 1]);
  if (!own || !others) return undefined;
  const place = (parts: readonly Constant[], tail: Shape) =>
    derive([outC, ...tail], [], () => {
      const size = elementCount(tail);
      const values = new Float32Array(outC * size);
      parts.forEach((pairWeight, b) => {
        const source = pairWeight.read!();
        for (let j = 0; j < rows!; j++) values.set(source.subarray(j * size, (j + 1) * size), (j * pairs + b) * size);
      });
      return values;
    });
  const biases = Array.from({ length: pairs }, (_, b) => biasOf(modules.slice(2 * b, 2 * b + 2)));
  if (biases.some((bias) => bias === undefined) && biases.some((bias) => bias !== undefined)) return undefined;
  const bias = biases[0] ? place(biases as Constant[], []) : undefined;
  const weights = { weight: place(own, [ownC!, kernelH, kernelW]), pointwise: place(others, [inC - ownC!, 1, 1]), bias };
  return filled(shiftedNode(slot, part), weights, 2 * pairs, residualOf(slot.node));
}

/** N·M convolutions of one channel each, row by row: K×K where channel ≡ filter (mod P), 1×1 elsewhere. */
function fillKernels(slot: ConvolutionSlot, modules: readonly Module[]): Filled | undefined {
  const { inC, shape } = slot;
  const [outC, , kernelH, kernelW] = shape as [number, number, number, number];
  const used = outC * inC;
  if (modules.length < used) return undefined;
  const isOwn = (module: Module) => isFilter(module.tensors.get('weight'), [1, 1, kernelH, kernelW]);
  const ownC = modules.slice(0, inC).filter(isOwn).length;
  const part = inC / ownC;
  if (!isPart(part, inC, outC)) return undefined;
  const own: Constant[] = [];
  const others: Constant[] = [];
  for (let at = 0; at < used; at++) {
    const spatial = ((at % inC) - Math.floor(at / inC)) % part === 0;
    const weight = modules[at]!.tensors.get('weight');
    if (!isFilter(weight, spatial ? [1, 1, kernelH, kernelW] : [1, 1, 1, 1])) return undefined;
    (spatial ? own : others).push(weight);
  }
  const join = (parts: readonly Constant[], shape: Shape) =>
    derive(shape, [], () => {
      const values = new Float32Array(elementCount(shape));
      for (const [i, part] of parts.entries()) values.set(part.read!(), (i * values.length) / parts.length);
      return values;
    });
  const biases = Array.from({ length: outC }, (_, n) => biasOf(modules.slice(n * inC, (n + 1) * inC)));
  const bias = biases.every((each) => each !== undefined) ? join(biases, [outC]) : undefined;
  if (!bias && biases.some((each) => each !== undefined)) return undefined;
  const weights = { weight: join(own, [outC, ownC, kernelH, kernelW]), pointwise: join(others, [outC, inC - ownC, 1, 1]), bias };
  return filled(shiftedNode(slot, part), weights, used, residualOf(slot.node));
}

function isPart(part: number, inC: number, outC: number): boolean {
  return Number.isInteger(part) && part > 1 && inC % part === 0 && outC % part === 0;
}

function shiftedNode({ node }: ConvolutionSlot, part: number): Node {
  const { groups: _groups, ...attributes } = node.attributes;
  return { ...node, op: 'hetConv', attributes: { ...attributes, part, pattern: 'shifted' } };
}

function residualOf({ op, inputs }: Node): string | undefined {
  return op === 'conv' ? inputs[3] : inputs[4];
}

/** Whether a tensor is a weight of this shape. */
function isFilter(weight: Constant | undefined, shape: Shape): weight is Constant {
  return weight?.shape.length === shape.length && shape.every((size, i) => size === weight.shape[i]);
}

/** The weights of every `step`-th of the first `count` modules, if all have this shape. */
function every(modules: readonly Module[], count: number, begin: number, step: number, shape: Shape): Constant[] | undefined {
  const weights: Constant[] = [];
  for (let at = begin; at < count; at += step) {
    const weight = modules[at]!.tensors.get('weight');
    if (!isFilter(weight, shape)) return undefined;
    weights.push(weight);
  }
  return weights;
}

/** The sum of the modules' biases, undefined if none has one. */
function biasOf(modules: readonly Module[]): Constant | undefined {
  const biases = modules.flatMap((module) => module.tensors.get('bias') ?? []);
  const [first] = biases;
  if (!first || biases.length === 1) return first;
  return derive(first.shape, [], () => {
    const sum = Float64Array.from(first.read!());
    for (const { read } of biases.slice(1)) {
      const values = read!();
      for (let n = 0; n < sum.length; n++) sum[n]! += values[n]!;
    }
    return Float32Array.from(sum);
  });
}

/** The node with these tensors behind its x, each named after it and its role. */
function filled(node: Node, tensors: Readonly<Record<string, Constant | undefined>>, used: number, residual?: string): Filled {
  const named = Object.entries(tensors).flatMap(([role, tensor]) => (tensor ? [[`${node.name}.${role}`, tensor] as const] : []));
  const names = named.map(([name]) => name);
  const inputs = [node.inputs[0]!, ...names, ...(residual ? [...(tensors.bias ? [] : ['']), residual] : [])];
  return { nodes: [{ ...node, inputs }], tensors: named, used };
}
