// Softmax and its logarithm from their definitions; the maximum is subtracted, as e^x would overflow.
import { at, type Reference, tabulate, type Values } from './reference.js';

interface Attributes {
  axis: number;
}

function along(x: Values, { axis }: Attributes, value: (here: number, line: readonly number[]) => number) {
  const resolved = (axis + x.shape.length) % x.shape.length;
  return tabulate(x.shape, (index) => {
    const line = Array.from({ length: x.shape[resolved]! }, (_, i) => at(x, index.with(resolved, i)));
    return value(at(x, index), line);
  });
}

const sumOfPowers = (line: readonly number[]): number => {
  const greatest = Math.max(...line);
  return line.reduce((total, value) => total + Math.exp(value - greatest), 0);
};

export const softmax: Reference<Attributes> = ([x], a) => [
  along(x!, a, (here, line) => Math.exp(here - Math.max(...line)) / sumOfPowers(line)),
];

export const logSoftmax: Reference<Attributes> = ([x], a) => [
  along(x!, a, (here, line) => here - Math.max(...line) - Math.log(sumOfPowers(line))),
];
