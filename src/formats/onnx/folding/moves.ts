// Known tensors whose elements only move: as the ops of the same names, but for empty tensors too.
import { elementCount } from '../../../graph/graph.js';
import type { Fold } from './fold.js';
import { arrayOf } from './fold.js';
import { broadcastStrides, pick, rowMajorStrides } from './strided.js';

const reshape: Fold = ([x], { shape }) => ({ type: x!.type, shape: shape as number[], read: x!.read });

const transpose: Fold = ([x], { perm }, { derive }) => {
  const axes = perm as number[];
  const strides = rowMajorStrides(x!.shape);
  const shape = axes.map((axis) => x!.shape[axis]!);
  return derive(x!.type, shape, () =>
    pick(
      x!.type,
      x!.read(),
      shape,
      axes.map((axis) => strides[axis]!),
    ),
  );
};

const slice: Fold = ([x], attributes, { derive }) => {
  const { starts, ends, axes, steps } = attributes as Record<string, number[]>;
  const strides = rowMajorStrides(x!.shape);
  const shape = [...x!.shape];
  let start = 0;
  axes!.forEach((axis, i) => {
    shape[axis] = Math.max(0, Math.ceil((ends![i]! - starts![i]!) / steps![i]!));
    start += starts![i]! * strides[axis]!;
    strides[axis]! *= steps![i]!;
  });
  return derive(x!.type, shape, () => pick(x!.type, x!.read(), shape, strides, start));
};

const expand: Fold = ([x], { shape }, { derive }) => {
  const to = shape as number[];
  return derive(x!.type, to, () => pick(x!.type, x!.read(), to, broadcastStrides(x!.shape, to)));
};

/** Each axis as [repeats, size], of which the repeats have stride 0. */
const tile: Fold = ([x], { repeats }, { derive }) => {
  const counts = repeats as number[];
  const strides = rowMajorStrides(x!.shape);
  const split = x!.shape.flatMap((size, axis) => [counts[axis]!, size]);
  return derive(
    x!.type,
    x!.shape.map((size, axis) => size * counts[axis]!),
    () =>
      pick(
        x!.type,
        x!.read(),
        split,
        strides.flatMap((stride) => [0, stride]),
      ),
  );
};

/** Blocks of `count` elements for each index of the outer axes. */
const gather: Fold = ([x], attributes, { derive }) => {
  const axis = attributes.axis as number;
  const indices = attributes.indices as number[];
  const size = x!.shape[axis]!;
  const block = elementCount(x!.shape.slice(axis + 1));
  const outer = elementCount(x!.shape.slice(0, axis));
  return derive(x!.type, x!.shape.with(axis, indices.length), () => {
    const values = x!.read();
    const result = arrayOf(x!.type, outer * indices.length * block);
    let at = 0;
    for (let i = 0; i < outer; i++) {
      for (const index of indices) {
        const from = (i * size + index) * block;
        result.set(values.subarray(from, from + block), at);
        at += block;
      }
    }
    return result;
  });
};

const concat: Fold = (inputs, attributes, { derive }) => {
  const axis = attributes.axis as number;
  const [first] = inputs;
  const size = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  const fits = inputs.every(
    ({ type, shape }) =>
      type === first!.type && shape.length === first!.shape.length && shape.every((n, i) => i === axis || n === first!.shape[i]),
  );
  if (!fits) return undefined;
  const outer = elementCount(first!.shape.slice(0, axis));
  return derive(first!.type, first!.shape.with(axis, size), () => {
    const result = arrayOf(first!.type, outer * size * elementCount(first!.shape.slice(axis + 1)));
    const sources = inputs.map((input) => input.read());
    let at = 0;
    for (let i = 0; i < outer; i++) {
      for (const values of sources) {
        const block = values.length / outer;
        result.set(values.subarray(i * block, (i + 1) * block), at);
        at += block;
      }
    }
    return result;
  });
};

export const moves: Readonly<Record<string, Fold>> = { concat, expand, gather, reshape, slice, tile, transpose };
