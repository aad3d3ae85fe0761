// The same elements under another shape, name or type.
import { elementCount } from '../../../graph/graph.js';
import type { Conversion, NodeReader } from '../nodeReader.js';
import { type Computed, isKnown, type KnownType, type Operand } from '../operand.js';
import { knownType } from '../tensor.js';

/** 0 keeps the size of the input's axis; -1 is what is left. */
const reshape: Conversion = (node) => {
  const x = node.input(0);
  const asked = node.has(1) ? node.integers(1) : node.ints('shape', []);
  const keepZeros = node.int('allowzero', 0) !== 0;
  const sizes = asked.map((size, axis) => (size === 0 && !keepZeros ? (x.shape[axis] ?? 0) : size));
  const rest = elementCount(x.shape) / elementCount(sizes.filter((size) => size !== -1));
  const shape = sizes.map((size) => (size === -1 ? rest : size));
  if (isKnown(x) && elementCount(shape) !== elementCount(x.shape)) node.wrong(`[${x.shape}] does not reshape to [${asked}]`);
  return node.emit('reshape', [x], { shape });
};

const flatten: Conversion = (node) => {
  const x = node.input(0);
  const named = node.int('axis', 1);
  const axis = named === x.shape.length ? named : node.axis(named, x.shape.length);
  if (isKnown(x)) return node.reshape(x, [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))]);
  return node.emit('flatten', [x], { axis });
};

const squeeze: Conversion = (node) => {
  const x = node.input(0);
  const named = node.integersOf('axes', 1);
  const axes = named?.map((axis) => node.axis(axis, x.shape.length));
  const wrong = axes?.find((axis) => x.shape[axis] !== 1);
  if (wrong !== undefined) node.wrong(`axis ${wrong} of [${x.shape}] has not size 1`);
  return node.reshape(
    x,
    x.shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
  );
};

const unsqueeze: Conversion = (node) => {
  const x = node.input(0);
  const named = node.integersOf('axes', 1) ?? [];
  const rank = x.shape.length + named.length;
  const axes = named.map((axis) => node.axis(axis, rank));
  if (new Set(axes).size < axes.length) node.wrong(`axes [${named.slice(0, 8)}] name one axis twice`);
  const rest = [...x.shape];
  return node.reshape(
    x,
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)),
  );
};

/** The same value, with which the network may compute. */
function floatsOf(node: NodeReader, x: Computed): Operand {
  const floats = node.emit('reshape', [x], { shape: x.shape }) as Computed;
  floats.integer = false;
  return floats;
}

/** Floats of any width are f32 in the network, integers of any width i32. */
function castTo(node: NodeReader, x: Operand, type: KnownType): Operand {
  if (isKnown(x)) {
    if (x.type === type) return x;
    const { shape, read } = x;
    const convert = {
      f32: () => Float32Array.from(read()),
      f64: () => Float64Array.from(read()),
      int: () => Float64Array.from(read(), Math.trunc),
      bool: () => Float64Array.from(read(), (value) => (value === 0 ? 0 : 1)),
    }[type];
    return node.derive(type, shape, convert);
  }
  if (type === 'bool') return node.fail('the network cannot compute booleans');
  if (x.integer) return type === 'int' ? x : floatsOf(node, x);
  const to = type === 'int' ? 'i32' : 'f32';
  return x.type === to ? x : node.emit('cast', [x], { to });
}

const cast: Conversion = (node) => {
  const to = node.int('to', 0);
  return castTo(node, node.input(0), knownType(to) ?? node.fail(`the ONNX element type ${to} is not supported`));
};

const castLike: Conversion = (node) => {
  const like = node.input(1);
  const type = isKnown(like) ? like.type : like.type === 'i32' ? 'int' : 'f32';
  return castTo(node, node.input(0), type);
};

export const shapes: Readonly<Record<string, Conversion>> = {
  Cast: cast,
  CastLike: castLike,
  Flatten: flatten,
  Identity: (node) => node.input(0),
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
};
