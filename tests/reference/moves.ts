// Moves of elements from their definitions: each output element is looked up in an input.
import { broadcastAt } from './binary.js';
import { at, type Reference, tabulate, type Values } from './reference.js';

const product = (sizes: readonly number[]) => sizes.reduce((count, size) => count * size, 1);
const reshaped = ({ data }: Values, shape: readonly number[]) => ({ shape, data: Float64Array.from(data) });

export const concat: Reference<{ axis: number }> = (inputs, attributes) => {
  const first = inputs[0]!.shape;
  const axis = attributes.axis < 0 ? attributes.axis + first.length : attributes.axis;
  const shape = first.with(
    axis,
    inputs.reduce((size, x) => size + x!.shape[axis]!, 0),
  );
  return [
    tabulate(shape, (index) => {
      let position = index[axis]!;
      let i = 0;
      for (; position >= inputs[i]!.shape[axis]!; i++) position -= inputs[i]!.shape[axis]!;
      return at(inputs[i]!, index.with(axis, position));
    }),
  ];
};

export const slice: Reference<Record<'starts' | 'ends' | 'axes' | 'steps', readonly number[]>> = ([x], a) => {
  const picked = x!.shape.map((size) => Array.from({ length: size }, (_, i) => i));
  a.axes.forEach((axis, i) => {
    const list: number[] = [];
    const [start, end, step] = [a.starts[i]!, a.ends[i]!, a.steps[i]!];
    for (let at = start; step > 0 ? at < end : at > end; at += step) list.push(at);
    picked[axis < 0 ? axis + x!.shape.length : axis] = list;
  });
  return [
    tabulate(
      picked.map((list) => list.length),
      (index) =>
        at(
          x!,
          index.map((i, axis) => picked[axis]![i]!),
        ),
    ),
  ];
};

export const pad: Reference<{ pads: readonly number[]; mode: string; value: number }> = ([x], { pads, mode, value }) => {
  const rank = x!.shape.length;
  const shape = x!.shape.map((size, axis) => pads[axis]! + size + pads[rank + axis]!);
  return [
    tabulate(shape, (index) => {
      const place = index.map((i, axis) => i - pads[axis]!);
      const inside = place.every((i, axis) => i >= 0 && i < x!.shape[axis]!);
      if (!inside && mode === 'constant') return Math.fround(value);
      const mirror = (i: number, last: number) => (i < 0 ? -i : i > last ? 2 * last - i : i);
      const nearest = (i: number, last: number) => Math.min(Math.max(i, 0), last);
      const pick = mode === 'reflect' ? mirror : nearest;
      return at(
        x!,
        place.map((i, axis) => pick(i, x!.shape[axis]! - 1)),
      );
    }),
  ];
};

export const transpose: Reference<{ perm: readonly number[] }> = ([x], { perm }) => [
  tabulate(
    perm.map((axis) => x!.shape[axis]!),
    (index) =>
      at(
        x!,
        x!.shape.map((_, axis) => index[perm.indexOf(axis)]!),
      ),
  ),
];

export const reshape: Reference<{ shape: readonly number[] }> = ([x], { shape }) => [reshaped(x!, shape)];

export const flatten: Reference<{ axis: number }> = ([x], { axis }) => {
  const first = axis < 0 ? axis + x!.shape.length : axis;
  return [reshaped(x!, [product(x!.shape.slice(0, first)), product(x!.shape.slice(first))])];
};

export const pixelShuffle: Reference<{ factor: number; mode: string }> = ([x], { factor, mode }) => {
  const [n, inC, inH, inW] = x!.shape as [number, number, number, number];
  const outC = inC / factor ** 2;
  return [
    tabulate([n, outC, inH * factor, inW * factor], (index) => {
      const [image, c, row, column] = index as [number, number, number, number];
      const part = (row % factor) * factor + (column % factor);
      const channel = mode === 'CRD' ? c * factor ** 2 + part : part * outC + c;
      return at(x!, [image, channel, Math.floor(row / factor), Math.floor(column / factor)]);
    }),
  ];
};

export const channelShuffle: Reference<{ groups: number }> = ([x], { groups }) => [
  tabulate(x!.shape, (index) => {
    const channel = index[1]!;
    const each = x!.shape[1]! / groups;
    return at(x!, index.with(1, (channel % groups) * each + Math.floor(channel / groups)));
  }),
];

export const permuteChannels: Reference<{ order: readonly number[] }> = ([x], { order }) => [
  tabulate(x!.shape.with(1, order.length), (index) => {
    const channel = order[index[1]!]!;
    return channel === -1 ? 0 : at(x!, index.with(1, channel));
  }),
];

export const expand: Reference<{ shape: readonly number[] }> = ([x], { shape }) => {
  const rank = Math.max(shape.length, x!.shape.length);
  const [own, wanted] = [x!.shape, shape].map((sizes) => [...new Array<number>(rank - sizes.length).fill(1), ...sizes]);
  return [
    tabulate(
      own!.map((size, axis) => (size === 1 ? wanted![axis]! : size)),
      (index) => broadcastAt(x!, index),
    ),
  ];
};

export const tile: Reference<{ repeats: readonly number[] }> = ([x], { repeats }) => [
  tabulate(
    x!.shape.map((size, axis) => size * repeats[axis]!),
    (index) =>
      at(
        x!,
        index.map((i, axis) => i % x!.shape[axis]!),
      ),
  ),
];

export const gather: Reference<{ axis: number; indices: readonly number[] }> = ([x], { axis, indices }) => {
  const resolved = axis < 0 ? axis + x!.shape.length : axis;
  return [tabulate(x!.shape.with(resolved, indices.length), (index) => at(x!, index.with(resolved, indices[index[resolved]!]!)))];
};
