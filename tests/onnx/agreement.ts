// Whether an output is the stored one: as ONNX's own runner compares, but a hundred times tighter on small values.
import type { OnnxTensor } from '../../src/formats/onnx/proto.js';
import { knownTensor } from '../../src/formats/onnx/tensor.js';
import type { Tensor } from '../../src/runtime/tensor.js';

const RELATIVE = 1e-4;
const ABSOLUTE = 1e-6;

/** What differs, or undefined. */
export function agreement(actual: Tensor, stored: OnnxTensor): string | undefined {
  const expected = knownTensor(stored);
  const shape = expected.shape.length === 0 && actual.shape.length === 1 ? [1] : expected.shape;
  if (`${actual.shape}` !== `${shape}`) return `shape [${actual.shape}] instead of [${expected.shape}]`;
  const values = Array.from<number, number>(expected.read(), Math.fround);
  const scale = values.reduce((max, value) => (Number.isFinite(value) ? Math.max(max, Math.abs(value)) : max), 0);
  for (const [i, value] of values.entries()) {
    const got = actual.data[i]!;
    if (Object.is(got, value) || got === value || (Number.isNaN(got) && Number.isNaN(value))) continue;
    const exact = actual.data instanceof Int32Array;
    if (exact || !(Math.abs(got - value) <= ABSOLUTE * Math.max(1, scale) + RELATIVE * Math.abs(value))) {
      return `element ${i} is ${got} instead of ${value}`;
    }
  }
  return undefined;
}
