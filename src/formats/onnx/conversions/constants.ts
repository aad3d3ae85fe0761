// Operators whose output is known while the graph is imported, or they cannot be converted at all: constants, shapes, and the
// comparisons of integers with which exporters choose between branches.
import { elementCount } from '../../../graph/graph.js';
import { broadcastShape } from '../../../ops/view.js';
import { zip } from '../folding/arithmetic.js';
import { arrayOf } from '../folding/fold.js';
import { type Reduction, reduceKnown } from '../folding/reductions.js';
import { broadcastStrides, pick } from '../folding/strided.js';
import type { Conversion, NodeReader } from '../nodeReader.js';
import { type Known, known } from '../operand.js';
import { constantNode, knownTensor } from '../tensor.js';
import { reducedAxes } from './reduction.js';

const compare =
  (compute: (x: number, y: number) => boolean): Conversion =>
  (node) =>
    zip([node.known(0), node.known(1)], 'bool', node, (x, y) => (compute(x, y) ? 1 : 0));

/** The sign is that of the divisor; with fmod = 1, that of the dividend, as JavaScript has it. */
const mod: Conversion = (node) => {
  const [a, b] = [node.known(0), node.known(1)];
  const floored = (x: number, y: number) => x - y * Math.floor(x / y);
  return zip([a, b], a.type, node, node.int('fmod', 0) !== 0 ? (x, y) => x % y : floored);
};

const range: Conversion = (node) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => node.number(i)) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isSafeInteger(count)) node.wrong(`its range from ${start} to ${limit} in steps of ${delta} does not end`);
  const { type } = node.known(0);
  return node.derive(type, [count], () => arrayOf(type, count).map((_, i) => start + i * delta));
};

const constantOfShape: Conversion = (node) => {
  const shape = node.integers(0);
  const tensor = node.attribute('value')?.tensor;
  const { type, read } = tensor ? knownTensor(tensor) : known('f32', [1], [0]);
  if (!shape.every((size) => size >= 0)) node.wrong(`its shape [${shape.slice(0, 8)}] has negative sizes`);
  return node.derive(type, shape, () => arrayOf(type, elementCount(shape)).fill(read()[0] ?? 0));
};

const where: Conversion = (node) => {
  const condition = node.known(0);
  const values = condition.read();
  const [x, y] = [node.input(1), node.input(2)];
  const shape = broadcastShape(nodeOf(node), broadcastShape(nodeOf(node), condition.shape, x.shape), y.shape);
  const chosen = values.every((value) => value !== 0) ? x : values.every((value) => value === 0) ? y : undefined;
  if (chosen) return `${chosen.shape}` === `${shape}` ? chosen : node.emit('expand', [chosen], { shape });
  const [a, b] = [node.known(1), node.known(2)];
  if (a.type !== b.type) node.fail('its two choices differ in type');
  return node.derive(a.type, shape, () => {
    const spread = ({ type, shape: own, read }: Known) => pick(type, read(), shape, broadcastStrides(own, shape));
    const [flags, first, second] = [condition, a, b].map(spread);
    return first!.map((value, i) => (flags![i] !== 0 ? value : second![i]!));
  });
};

/** The coordinates of what is not zero, an axis in each row. */
const nonZero: Conversion = (node) => {
  const { shape, read } = node.known(0);
  const found = Array.from(read().keys()).filter((i) => read()[i] !== 0);
  const coordinates = shape.map((size, axis) => {
    const stride = elementCount(shape.slice(axis + 1));
    return found.map((i) => Math.floor(i / stride) % size);
  });
  return node.derive('int', [shape.length, found.length], () => Float64Array.from(coordinates.flat()));
};

const PRODUCT: Reduction = [1, (total, value) => total * value];

function nodeOf({ source }: NodeReader) {
  return { name: source.name || source.outputs[0]!, op: source.opType, inputs: [], outputs: [], attributes: {} };
}

export const constants: Readonly<Record<string, Conversion>> = {
  And: compare((x, y) => x !== 0 && y !== 0),
  Constant: (node) => constantNode(node.source) ?? node.fail('only floats, integers and dense tensors are supported'),
  ConstantOfShape: constantOfShape,
  Equal: compare((x, y) => x === y),
  Greater: compare((x, y) => x > y),
  GreaterOrEqual: compare((x, y) => x >= y),
  Less: compare((x, y) => x < y),
  LessOrEqual: compare((x, y) => x <= y),
  Mod: mod,
  NonZero: nonZero,
  Not: (node) => {
    const { shape, read } = node.known(0);
    return node.derive('bool', shape, () => read().map((value) => (value === 0 ? 1 : 0)));
  },
  Or: compare((x, y) => x !== 0 || y !== 0),
  Range: range,
  ReduceProd: (node) => reduceKnown(node.known(0), reducedAxes(node), node.int('keepdims', 1) !== 0, node, PRODUCT),
  Shape: (node) => {
    const { shape } = node.input(0);
    const sizes = shape.slice(node.int('start', 0), node.attribute('end') ? node.int('end', 0) : undefined);
    return known('int', [sizes.length], sizes);
  },
  Size: (node) => known('int', [], [elementCount(node.input(0).shape)]),
  Where: where,
  Xor: compare((x, y) => (x !== 0) !== (y !== 0)),
};
