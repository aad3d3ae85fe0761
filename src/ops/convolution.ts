// What all convolutions share: window attributes, output sizes, the taps that touch the picture, and the halo that they read.
import { type Node, type Shape, sameShape } from '../graph/graph.js';
import type { AttributeSpecs } from './attributes.js';
import { nodeError } from './nodeError.js';
import type { Case, Halo } from './op.js';

export interface ClampAttributes {
  readonly clampMin: number;
  readonly clampMax: number;
}

export const clampSpecs: AttributeSpecs<ClampAttributes> = {
  clampMin: { kind: 'float', default: Number.NEGATIVE_INFINITY },
  clampMax: { kind: 'float', default: Number.POSITIVE_INFINITY },
};

export interface WindowAttributes {
  readonly stride: readonly number[];
  /** top, left, bottom, right */
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

export const windowSpecs: AttributeSpecs<WindowAttributes> = {
  stride: { kind: 'ints', length: 2, min: 1, default: [1, 1] },
  padding: { kind: 'ints', length: 4, min: 0, default: [0, 0, 0, 0] },
  dilation: { kind: 'ints', length: 2, min: 1, default: [1, 1] },
};

/** One axis of a sliding window: outputs i = 0 … count-1 read inputs i·stride + tap·dilation - begin. */
export interface Axis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly count: number;
}

/** The vertical and the horizontal axis of a convolution over `input` [N, C, H, W]. */
export function axesOf(a: WindowAttributes, input: Shape, kernel: readonly [number, number], output: Shape): [Axis, Axis] {
  const axis = (i: 0 | 1): Axis => ({
    size: input[2 + i]!,
    kernel: kernel[i],
    stride: a.stride[i]!,
    dilation: a.dilation[i]!,
    begin: a.padding[i]!,
    count: output[2 + i]!,
  });
  return [axis(0), axis(1)];
}

/** The axes of a case whose window is that of its weight, input 1. */
export function weightAxes(c: Case<WindowAttributes>): [Axis, Axis] {
  const [, , kernelH, kernelW] = c.inputs[1]!;
  return axesOf(c.attributes, c.inputs[0]!, [kernelH!, kernelW!], c.outputs[0]!);
}

/** Output height and width of a window over `input`. Throws `bad-shape` where the window does not fit. */
export function windowOutput(node: Node, a: WindowAttributes, input: Shape, kernel: readonly number[]): [number, number] {
  const extent = (i: number): number => {
    const free = input[2 + i]! + a.padding[i]! + a.padding[2 + i]! - a.dilation[i]! * (kernel[i]! - 1) - 1;
    if (free < 0) {
      throw nodeError(node, `a window of ${kernel.join('×')} does not fit the padded input [${input}]`);
    }
    return Math.floor(free / a.stride[i]!) + 1;
  };
  return [extent(0), extent(1)];
}

/** The taps of an axis that read the picture for at least one output; the others read only zeros. */
export function liveTaps(axis: Axis): number[] {
  const taps: number[] = [];
  for (let tap = 0; tap < axis.kernel; tap++) {
    const first = tap * axis.dilation - axis.begin;
    const skipped = Math.max(0, Math.ceil(-first / axis.stride));
    if (skipped < axis.count && first + skipped * axis.stride < axis.size) taps.push(tap);
  }
  return taps;
}

/** The zeros that the live taps read round the picture. */
export function haloOf(vertical: Axis, horizontal: Axis): Halo {
  const side = (axis: Axis): [number, number] => {
    const taps = liveTaps(axis);
    const first = taps.length > 0 ? taps[0]! * axis.dilation - axis.begin : 0;
    const last = taps.length > 0 ? taps.at(-1)! * axis.dilation - axis.begin + (axis.count - 1) * axis.stride : 0;
    return [Math.max(0, -first), Math.max(0, last - axis.size + 1)];
  };
  const [top, bottom] = side(vertical);
  const [left, right] = side(horizontal);
  return { top, left, bottom, right };
}

export function requireRank(node: Node, shape: Shape | undefined, rank: number, what: string): Shape {
  if (shape?.length === rank) return shape;
  throw nodeError(node, `${what} must have ${rank} axes, it has shape [${shape}]`);
}

/** Checks an optional input against the one shape that fits. */
export function requireShape(node: Node, shape: Shape | undefined, expected: Shape, what: string): void {
  if (!shape || sameShape(shape, expected)) return;
  throw nodeError(node, `${what} must have shape [${expected}], it has [${shape}]`);
}
