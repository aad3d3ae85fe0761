// Elements moved, repeated, cut out and put together.
import { elementCount, type Shape } from '../../../graph/graph.js';
import type { Conversion, NodeReader } from '../nodeReader.js';
import { isKnown, type Operand } from '../operand.js';

function sliceOf(node: NodeReader, x: Operand, axis: number, start: number, size: number): Operand {
  if (start === 0 && size === x.shape[axis]) return x;
  return node.emit('slice', [x], { starts: [start], ends: [start + size], axes: [axis], steps: [1] });
}

const concat: Conversion = (node) => {
  const inputs = node.inputs();
  const [first] = inputs;
  if (!first) return node.wrong('it has no inputs');
  const axis = node.axis(node.int('axis', 1), first.shape.length);
  const parts = inputs.filter(({ shape }) => shape[axis] !== 0);
  return parts.length === 1 ? parts[0]! : node.emit('concat', parts.length === 0 ? inputs : parts, { axis });
};

/** Sizes are named (an attribute, since opset 13 an input), or all alike; since opset 18 the last may be smaller. */
const split: Conversion = (node) => {
  const x = node.input(0);
  const axis = node.axis(node.int('axis', 0), x.shape.length);
  const size = x.shape[axis]!;
  const count = node.int('num_outputs', node.source.outputs.length);
  const part = Math.ceil(size / count);
  const sizes =
    node.integersOf('split', 1) ?? Array.from({ length: count }, (_, i) => Math.min(part, Math.max(0, size - i * part)));
  if (sizes.reduce((sum, n) => sum + n, 0) !== size) node.wrong(`parts of [${sizes.slice(0, 8)}] do not make up ${size}`);
  let start = 0;
  return node.source.outputs.map((name, i) => {
    const begin = start;
    start += sizes[i] ?? node.wrong(`it names ${node.source.outputs.length} outputs, it has ${sizes.length}`);
    return name === '' ? undefined : sliceOf(node, x, axis, begin, sizes[i]!);
  });
};

const slice: Conversion = (node) => {
  const x = node.input(0);
  const rank = x.shape.length;
  const starts = node.integersOf('starts', 1) ?? [];
  const ends = node.integersOf('ends', 2) ?? [];
  const axes = (node.integersOf('axes', 3) ?? starts.map((_, i) => i)).map((axis) => node.axis(axis, rank));
  const steps = node.has(4) ? node.integers(4) : starts.map(() => 1);
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    node.wrong('starts, ends, axes and steps differ in length');
  if (new Set(axes).size < axes.length) node.wrong(`axes [${axes}] name one axis twice`);
  const ranges = axes.map((axis, i) => {
    const size = x.shape[axis]!;
    const step = steps[i]!;
    if (step === 0) node.wrong('its step is 0');
    const inside = (position: number) => {
      const resolved = position < 0 ? position + size : position;
      return step > 0 ? Math.min(Math.max(resolved, 0), size) : Math.min(Math.max(resolved, -1), size - 1);
    };
    return { axis, start: inside(starts[i]!), end: inside(ends[i]!), step: Math.min(Math.max(step, -size - 1), size + 1) };
  });
  const cut = ranges.filter(({ axis, start, end, step }) => start !== 0 || end !== x.shape[axis] || step !== 1);
  if (cut.length === 0) return x;
  return node.emit('slice', [x], {
    starts: cut.map(({ start }) => start),
    ends: cut.map(({ end }) => end),
    axes: cut.map(({ axis }) => axis),
    steps: cut.map(({ step }) => step),
  });
};

/** Indices in a row are a slice. */
const gather: Conversion = (node) => {
  const x = node.input(0);
  const axis = node.axis(node.int('axis', 0), x.shape.length);
  const { shape, read, type } = node.known(1);
  if (type !== 'int') node.fail('its indices must be integers');
  const size = x.shape[axis]!;
  const indices = Array.from(read(), (index) => (index < 0 ? index + size : index));
  const wrong = indices.find((index) => !(index >= 0 && index < size));
  if (wrong !== undefined) node.wrong(`index ${wrong} is outside axis ${axis} of [${x.shape}]`);
  const inRow = indices.length > 0 && indices.every((index, i) => index === indices[0]! + i);
  const picked = inRow ? sliceOf(node, x, axis, indices[0]!, indices.length) : node.emit('gather', [x], { axis, indices });
  return node.reshape(picked, x.shape.toSpliced(axis, 1, ...shape));
};

/** Negative pads cut off. */
const pad: Conversion = (node) => {
  const x = node.input(0);
  const rank = x.shape.length;
  const named = node.integersOf(node.attribute('paddings') ? 'paddings' : 'pads', 1) ?? [];
  const axes = node.has(3) ? node.integers(3).map((axis) => node.axis(axis, rank)) : Array.from({ length: rank }, (_, i) => i);
  if (named.length !== 2 * axes.length)
    node.wrong(`pads has ${named.length} entries, ${axes.length} axes take ${2 * axes.length}`);
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    pads[axis] = named[i]!;
    pads[rank + axis] = named[axes.length + i]!;
  });
  const cropped = x.shape.reduce((part, size, axis) => {
    const begin = Math.max(0, -pads[axis]!);
    return sliceOf(node, part, axis, begin, size - begin - Math.max(0, -pads[rank + axis]!));
  }, x);
  const added = pads.map((count) => Math.max(0, count));
  if (added.every((count) => count === 0)) return cropped;
  const mode = node.string('mode', 'constant');
  if (mode === 'wrap') return wrapped(node, cropped, added);
  if (!['constant', 'reflect', 'edge'].includes(mode)) node.fail(`mode "${mode.slice(0, 40)}" is not supported`);
  const value = mode !== 'constant' ? 0 : node.has(2) ? node.number(2) : node.float('value', 0);
  return node.emit('pad', [cropped], { pads: added, mode, value });
};

/** As if the picture were repeated on every side. */
function wrapped(node: NodeReader, x: Operand, pads: readonly number[]): Operand {
  const rank = x.shape.length;
  return x.shape.reduce((part, size, axis) => {
    const [before, after] = [pads[axis]!, pads[rank + axis]!];
    if (Math.max(before, after) > size)
      node.fail(`it wraps ${Math.max(before, after)} elements around axis ${axis} of [${x.shape}]`);
    const parts = [
      ...(before > 0 ? [sliceOf(node, part, axis, size - before, before)] : []),
      part,
      ...(after > 0 ? [sliceOf(node, part, axis, 0, after)] : []),
    ];
    return parts.length === 1 ? part : node.emit('concat', parts, { axis });
  }, x);
}

const expand: Conversion = (node) => {
  const x = node.input(0);
  const asked = node.integers(1);
  const rank = Math.max(asked.length, x.shape.length);
  const shape = Array.from({ length: rank }, (_, i) => {
    const own = x.shape[i - rank + x.shape.length] ?? 1;
    const other = asked[i - rank + asked.length] ?? 1;
    if (own !== other && own !== 1 && other !== 1) node.wrong(`[${x.shape}] does not expand to [${asked}]`);
    return own === 1 ? other : own;
  });
  if (shape.some((size) => size < 0)) node.wrong(`its shape [${asked.slice(0, 8)}] has negative sizes`);
  return elementCount(shape) === elementCount(x.shape) ? node.reshape(x, shape) : node.emit('expand', [x], { shape });
};

const tile: Conversion = (node) => {
  const x = node.input(0);
  const repeats = node.integers(1);
  if (repeats.length !== x.shape.length || repeats.some((count) => count < 0)) {
    node.wrong(`its repeats [${repeats.slice(0, 8)}] do not fit an input of shape [${x.shape}]`);
  }
  return repeats.every((count) => count === 1) ? x : node.emit('tile', [x], { repeats });
};

const transpose: Conversion = (node) => {
  const x = node.input(0);
  const perm = node.ints('perm', x.shape.map((_, axis) => axis).reverse());
  if (isKnown(x) && `${perm.toSorted((a, b) => a - b)}` !== `${x.shape.map((_, axis) => axis)}`) {
    node.wrong(`perm [${perm.slice(0, 8)}] does not order the axes of [${x.shape}]`);
  }
  return perm.every((axis, i) => axis === i) && perm.length === x.shape.length ? x : node.emit('transpose', [x], { perm });
};

const spaceToDepth: Conversion = (node) => {
  const x = node.input(0);
  const block = node.int('blocksize', 0);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  if (x.shape.length !== 4 || block < 1 || h % block !== 0 || w % block !== 0) {
    node.wrong(`blocks of ${block} do not divide an input of shape [${x.shape}]`);
  }
  const split: Shape = [n, c, h / block, block, w / block, block];
  const moved = node.emit('transpose', [node.reshape(x, split)], { perm: [0, 3, 5, 1, 2, 4] });
  return node.reshape(moved, [n, c * block * block, h / block, w / block]);
};

export const moves: Readonly<Record<string, Conversion>> = {
  Concat: concat,
  DepthToSpace: (node) =>
    node.emit('pixelShuffle', [node.input(0)], { factor: node.int('blocksize', 0), mode: node.string('mode', 'DCR') }),
  Expand: expand,
  Gather: gather,
  Pad: pad,
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Tile: tile,
  Transpose: transpose,
};
