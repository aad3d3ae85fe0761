// Functions of two elements from their definitions, with NumPy's broadcasting.
import { at, type Reference, tabulate, type Values } from './reference.js';

/** The element of `x` that broadcasting puts at `index`: trailing axes aligned, the single element of an axis repeated. */
export function broadcastAt(x: Values, index: readonly number[]): number {
  const lead = index.length - x.shape.length;
  return at(
    x,
    x.shape.map((size, axis) => (size === 1 ? 0 : index[axis + lead]!)),
  );
}

export function binary<A>(f: (a: number, b: number, attributes: A) => number): Reference<A> {
  return ([a, b], attributes) => {
    const rank = Math.max(a!.shape.length, b!.shape.length);
    const sizes = [a!, b!].map(({ shape }) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
    const shape = sizes[0]!.map((size, axis) => (size === 1 ? sizes[1]![axis]! : size));
    return [tabulate(shape, (index) => f(broadcastAt(a!, index), broadcastAt(b!, index), attributes))];
  };
}

export const add = binary((a, b, c: { clampMin: number; clampMax: number }) => Math.min(Math.max(a + b, c.clampMin), c.clampMax));
export const sub = binary((a, b) => a - b);
export const mul = binary((a, b) => a * b);
export const div = binary((a, b) => a / b);

/** A slope of one axis belongs to axis 1 if it has as many elements. */
export const prelu: Reference = ([x, slope]) => {
  const perChannel = slope!.shape.length === 1 && slope!.shape[0] === x!.shape[1];
  return [
    tabulate(x!.shape, (index) => {
      const value = at(x!, index);
      return value > 0 ? value : value * (perChannel ? slope!.data[index[1]!]! : broadcastAt(slope!, index));
    }),
  ];
};
