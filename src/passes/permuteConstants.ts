// A node rewritten for inputs and an output whose channels lie in other orders than it was trained with.
import { type Constant, derive } from '../graph/constant.js';
import { elementCount, type Node, type Shape } from '../graph/graph.js';
import { isChannelPad } from './channelDemands.js';
import type { Order } from './channelOrder.js';
import { filterOpOf } from './filterOps.js';
import { classOf, type Geometry, geometryOf, otherIndex, ownIndex } from './hetConvGeometry.js';

export interface Reordered {
  readonly op: string;
  readonly attributes: Node['attributes'];
  /** Constants to put in place of those that the node reads, by input. */
  readonly constants: ReadonlyMap<number, Constant>;
}

export interface Reordering {
  readonly node: Node;
  /** The constant that each input is; undefined for a value. */
  readonly constants: readonly (Constant | undefined)[];
  /** Order of the first input and of the output, features in place of channels after a flatten. */
  readonly input: Order;
  readonly output: Order;
  readonly outputShape: Shape;
}

export function reorder(reordering: Reordering): Reordered {
  const { node, input, output } = reordering;
  if (node.op === 'hetConv' && node.attributes.pattern === 'shifted') return reorderHetConv(reordering);
  const { op, attributes } = node;
  if (isIdentity(input) && isIdentity(output)) return { op, attributes, constants: new Map() };
  if (isChannelPad(node)) return reorderPad(reordering);
  return { op, attributes, constants: filterOpOf(node) ? filterConstants(reordering) : keptConstants(reordering) };
}

/** conv (one group, or depthwise), linear and convTranspose (one group). */
function filterConstants({ node, constants, input, output }: Reordering): Map<number, Constant> {
  const weight = constants[1]!;
  const { bias } = filterOpOf(node)!;
  const [rows, columns] = node.op === 'convTranspose' ? [input, output] : [output, input];
  const isGrouped = node.attributes.groups !== undefined && node.attributes.groups !== 1;
  const byRow = gather(weight, 0, rows);
  const changed = new Map([[1, isGrouped ? byRow : gather(byRow, 1, columns)]]);
  if (constants[bias]) changed.set(bias, gather(constants[bias], 0, output));
  return changed;
}

/** Constants of an op that keeps channels: along the axis that meets the output's channels, or the only axis of [C]. */
function keptConstants({ node, constants, output, outputShape }: Reordering): Map<number, Constant> {
  const changed = new Map<number, Constant>();
  constants.forEach((constant, i) => {
    if (!constant) return;
    const isPerChannel =
      node.op === 'batchNorm' || node.op === 'instanceNorm' || (node.op === 'prelu' && constant.shape.length === 1);
    const axis = isPerChannel ? 0 : constant.shape.length - outputShape.length + 1;
    if (axis >= 0 && constant.shape[axis] === output.length && output.length > 1) changed.set(i, gather(constant, axis, output));
  });
  return changed;
}

/** Channels of zeros, written where the order has them: entry -1 of a gather. */
function reorderPad({ node, input, output }: Reordering): Reordered {
  const before = (node.attributes.pads as readonly number[])[1]!;
  const place = new Map(input.map((channel, i) => [channel + before, i]));
  const order = output.map((channel) => place.get(channel) ?? -1);
  const asPadded = order.every((from, i) => from === (i >= before && i < before + input.length ? i - before : -1));
  if (asPadded) return { op: node.op, attributes: node.attributes, constants: new Map() };
  return { op: 'permuteChannels', attributes: { order }, constants: new Map() };
}

/** A shifted HetConv becomes a block HetConv: the orders have its classes in blocks, the same class in block k of both. */
function reorderHetConv({ node, constants, input, output }: Reordering): Reordered {
  const weight = constants[1]!;
  const pointwise = constants[2]!;
  const geometry = geometryOf(weight.shape, node.attributes.part as number, 'block');
  const shifted: Geometry = { ...geometry, pattern: 'shifted' };
  const { part, outC, inC, ownC, area } = geometry;
  const own = derive(weight.shape, [weight], (values) => {
    const result = new Float32Array(outC * ownC * area);
    for (let n = 0; n < outC; n++) {
      const firstOwn = classOf(geometry, n, outC) * ownC;
      for (let j = 0; j < ownC; j++) {
        const from = (output[n]! * ownC + ownIndex(shifted, input[firstOwn + j]!)) * area;
        result.set(values!.subarray(from, from + area), (n * ownC + j) * area);
      }
    }
    return result;
  });
  const otherC = inC - ownC;
  const others = derive(pointwise.shape, [pointwise], (values) => {
    const result = new Float32Array(outC * otherC);
    for (let n = 0; n < outC; n++) {
      const filter = output[n]!;
      const k = classOf(geometry, n, outC);
      for (let j = 0; j < otherC; j++) {
        const channel = input[j < k * ownC ? j : j + ownC]!;
        result[n * otherC + j] = values![filter * otherC + otherIndex(shifted, channel, filter % part)]!;
      }
    }
    return result;
  });
  const changed = new Map([
    [1, own],
    [2, others],
  ]);
  if (constants[3]) changed.set(3, gather(constants[3], 0, output));
  const pattern: Geometry['pattern'] = 'block';
  return { op: node.op, attributes: { ...node.attributes, pattern }, constants: changed };
}

/** The constant with the slices along `axis` in another order. */
function gather(constant: Constant, axis: number, order: Order): Constant {
  const { shape } = constant;
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const count = shape[axis]!;
  return derive(shape, [constant], (values) => {
    const result = new Float32Array(values!.length);
    for (let o = 0; o < outer; o++) {
      order.forEach((channel, i) => {
        const from = (o * count + channel) * inner;
        result.set(values!.subarray(from, from + inner), (o * count + i) * inner);
      });
    }
    return result;
  });
}

function isIdentity(order: Order): boolean {
  return order.every((channel, i) => channel === i);
}
