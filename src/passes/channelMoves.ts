// What a node does that only moves channels: which channel of its inputs each channel of its output is. The channels of a value
// [N, …, H, W] are all that lies between its first and its last two axes, so that a shuffle through five axes is seen as one.
import { elementCount, type Node, type Shape } from '../graph/graph.js';

/** Beyond this many channels nobody looks. */
const MAX_CHANNELS = 2 ** 14;

/** For each channel of a value the channel that it is of another; of several values, their channels are numbered one after the other. */
export type Channels = readonly number[];

export function channelAxes(shape: Shape): Shape {
  return shape.slice(1, -2);
}

export function channelCount(shape: Shape): number {
  return elementCount(channelAxes(shape));
}

export function allChannels(count: number): number[] {
  return Array.from({ length: count }, (_, c) => c);
}

/** Undefined for a node that does anything else: computes, reads a tensor, moves pixels or pictures. */
export function channelMove(node: Node, shapes: ReadonlyMap<string, Shape>): Channels | undefined {
  if (!Object.hasOwn(moves, node.op)) return undefined;
  const inputs = node.inputs.map((name) => shapes.get(name)!);
  const output = shapes.get(node.outputs[0]!)!;
  const [first] = inputs as [Shape];
  if (![...inputs, output].every((shape) => shape.length >= 4 && samePixels(shape, first))) return undefined;
  if (channelCount(output) > MAX_CHANNELS || inputs.some((shape) => channelCount(shape) > MAX_CHANNELS)) return undefined;
  return moves[node.op]!(node, inputs, output);
}

function samePixels(a: Shape, b: Shape): boolean {
  return a[0] === b[0] && a.at(-2) === b.at(-2) && a.at(-1) === b.at(-1);
}

type Move = (node: Node, inputs: readonly Shape[], output: Shape) => Channels | undefined;

const keep: Move = (_, __, output) => allChannels(channelCount(output));

const moves: Readonly<Record<string, Move>> = {
  reshape: keep,
  flatten: keep,
  channelShuffle: ({ attributes }, [x]) => {
    const groups = attributes.groups as number;
    const each = x![1]! / groups;
    return x!.length === 4 ? allChannels(x![1]!).map((c) => (c % groups) * each + Math.floor(c / groups)) : undefined;
  },
  permuteChannels: ({ attributes }, [x]) => {
    const order = attributes.order as readonly number[];
    return x!.length === 4 && !order.includes(-1) ? order : undefined;
  },
  gather: ({ attributes }, [x]) => {
    const axis = positive(attributes.axis as number, x!.length);
    return isChannelAxis(axis, x!) ? select(x!, axis, attributes.indices as readonly number[]) : undefined;
  },
  slice: ({ attributes }, [x], output) => {
    const { starts, axes, steps } = attributes as Record<string, readonly number[]>;
    let channels: Channels = allChannels(channelCount(x!));
    let shape = x!;
    for (const [i, named] of axes!.entries()) {
      const axis = positive(named, shape.length);
      const picked = Array.from({ length: output[axis]! }, (_, at) => starts![i]! + at * steps![i]!);
      if (isChannelAxis(axis, shape)) channels = select(shape, axis, picked).map((c) => channels[c]!);
      else if (steps![i] !== 1) return undefined;
      shape = shape.with(axis, output[axis]!);
    }
    return channels;
  },
  transpose: ({ attributes }, [x]) => {
    const perm = attributes.perm as readonly number[];
    const rank = x!.length;
    if (perm[0] !== 0 || perm[rank - 2] !== rank - 2 || perm[rank - 1] !== rank - 1) return undefined;
    const strides = channelAxes(x!).map((_, axis) => elementCount(channelAxes(x!).slice(axis + 1)));
    let channels = [0];
    for (const axis of perm.slice(1, -2)) {
      channels = channels.flatMap((base) => Array.from({ length: x![axis]! }, (_, i) => base + i * strides[axis - 1]!));
    }
    return channels;
  },
  concat: ({ attributes }, inputs, output) => {
    const axis = positive(attributes.axis as number, output.length);
    if (!isChannelAxis(axis, output)) return undefined;
    const outer = elementCount(output.slice(1, axis));
    const lengths = inputs.map((shape) => channelCount(shape) / outer);
    const channels: number[] = [];
    for (let o = 0; o < outer; o++) {
      let first = 0;
      for (const length of lengths) {
        for (let i = 0; i < length; i++) channels.push(first + o * length + i);
        first += outer * length;
      }
    }
    return channels;
  },
};

/** The channels at `picked` places of one axis. */
function select(shape: Shape, axis: number, picked: readonly number[]): number[] {
  const inner = channelCount(shape) / elementCount(shape.slice(1, axis + 1));
  const channels: number[] = [];
  for (let outer = 0; outer < elementCount(shape.slice(1, axis)); outer++) {
    for (const at of picked) for (let i = 0; i < inner; i++) channels.push((outer * shape[axis]! + at) * inner + i);
  }
  return channels;
}

function isChannelAxis(axis: number, shape: Shape): boolean {
  return axis > 0 && axis < shape.length - 2;
}

function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
