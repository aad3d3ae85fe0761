// Products of matrices from the definition, with NumPy's batches.
import { broadcastAt } from './binary.js';
import { type Reference, tabulate } from './reference.js';

export const matMul: Reference = ([a, b]) => {
  const rank = Math.max(a!.shape.length, b!.shape.length);
  const [left, right] = [a!, b!].map(({ shape }) => [...new Array<number>(rank - shape.length).fill(1), ...shape]);
  const batch = left!.slice(0, -2).map((size, axis) => (size === 1 ? right![axis]! : size));
  const depth = a!.shape.at(-1)!;
  return [
    tabulate([...batch, a!.shape.at(-2)!, b!.shape.at(-1)!], (index) => {
      const [row, column] = index.slice(-2) as [number, number];
      let sum = 0;
      for (let k = 0; k < depth; k++) {
        sum += broadcastAt(a!, [...index.slice(0, -2), row, k]) * broadcastAt(b!, [...index.slice(0, -2), k, column]);
      }
      return sum;
    }),
  ];
};
