// Properties of the kernels that walk rows: any strides, any split of the work in any order, and nothing touched beside the result.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lowerElementwise } from '../src/ops/elementwise.js';
import type { Lowering, View } from '../src/ops/op.js';
import type { ParameterRecord } from '../src/ops/parameterRecord.js';
import { stridedCopy } from '../src/ops/stridedCopy.js';
import { binaryOf } from './support/runGraph.js';

const GUARD = 32;
const memory = new WebAssembly.Memory({ initial: 16 });
const { exports } = new WebAssembly.Instance(binaryOf('simd')!, { env: { memory } });
const words = new Uint32Array(memory.buffer);
const floats = new Float32Array(memory.buffer);
const RECORD = 64;
const FIRST_FREE = 1024;

interface Strided {
  readonly strides: number[];
  /** Words from the lowest element to that of index 0, and to the highest. */
  readonly origin: number;
  readonly extent: number;
}

/** How one axis lies: its place in memory order, a gap behind it, and whether it runs backwards or repeats one element. */
const axisArbitrary = fc.record({
  size: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 9 })),
  places: fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)),
  gaps: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)),
  direction: fc.tuple(fc.constantFrom(1, 1, 1, -1, 0), fc.constantFrom(1, 1, 1, -1, 0)),
});
type Axis = typeof axisArbitrary extends fc.Arbitrary<infer T> ? T : never;
const axesArbitrary = fc.array(axisArbitrary, { minLength: 1, maxLength: 5 });
const cutsArbitrary = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 });

/** Operand 0 or 1 of the axes, or the target (2), whose elements are all distinct. */
function layOut(axes: readonly Axis[], which: 0 | 1 | 2): Strided {
  const strides = axes.map(() => 0);
  let stride = 1;
  let origin = 0;
  let extent = 1;
  const inwards = [...axes.keys()].sort((a, b) => axes[a]!.places[which] - axes[b]!.places[which] || a - b);
  for (const axis of inwards) {
    const { size, gaps, direction } = axes[axis]!;
    const sign = which === 2 ? 1 : direction[which];
    strides[axis] = sign * stride;
    if (sign < 0) origin += stride * (size - 1);
    if (sign !== 0) extent += stride * (size - 1);
    stride = stride * size + gaps[which];
  }
  return { strides, origin, extent };
}

function positions(axes: readonly Axis[], { strides, origin }: Strided): number[] {
  return axes.reduce<number[]>(
    (list, { size }, axis) => list.flatMap((at) => Array.from({ length: size }, (_, i) => at + i * strides[axis]!)),
    [origin],
  );
}

/** Runs what `lower` emits, cut into ranges that are run last to first; then compares memory with `expected` of each element. */
function check(
  axes: readonly Axis[],
  operands: readonly (0 | 1)[],
  cuts: readonly number[],
  lower: (l: Pick<Lowering<unknown>, 'step'>, views: View[], output: View) => void,
  expected: (...operands: number[]) => number,
): void {
  let end = FIRST_FREE;
  const placed = [...operands, 2 as const].map((which) => {
    const layout = layOut(axes, which);
    const begin = end + GUARD;
    end = begin + layout.extent + GUARD;
    return { begin, layout, at: positions(axes, layout).map((position) => begin + position) };
  });
  for (let i = FIRST_FREE; i < end; i++) floats[i] = 1 + i / 8192;
  const target = placed.at(-1)!;
  const want = words.slice(FIRST_FREE, end);
  const result = new Float32Array(want.buffer);
  target.at.forEach((at, i) => {
    result[at - FIRST_FREE] = expected(...placed.slice(0, -1).map((operand) => floats[operand.at[i]!]!));
  });
  const views = placed.map(
    ({ begin, layout }): View => ({
      address: 4 * (begin + layout.origin),
      shape: axes.map(({ size }) => size),
      strides: layout.strides,
    }),
  );
  const output = views.pop()!;
  const step = (kernel: string, record: ParameterRecord, items: number) => {
    words.set(record.words(), RECORD / 4);
    const bounds = [0, ...cuts.map((cut) => Math.floor(cut * items)).sort((a, b) => a - b), items];
    for (let i = bounds.length - 2; i >= 0; i--) {
      (exports[kernel] as (p: number, begin: number, end: number) => void)(RECORD, bounds[i]!, bounds[i + 1]!);
    }
  };
  lower({ step }, views, output);
  assert.deepEqual(words.slice(FIRST_FREE, end), want);
}

function checkCopy(axes: readonly Axis[], cuts: readonly number[]): void {
  check(
    axes,
    [0],
    cuts,
    (l, [source], target) => stridedCopy(l, source!, target),
    (x) => x,
  );
}

test('f32_copy moves each element to its place, whatever the strides', () => {
  fc.assert(fc.property(axesArbitrary, cutsArbitrary, checkCopy), { numRuns: 2000 });
});

test('f32_copy transposes all rows, however far apart they come to lie', () => {
  const pictures = fc.record({
    rows: fc.integer({ min: 2, max: 100 }),
    columns: fc.integer({ min: 2, max: 20 }),
    rowWords: fc.oneof(fc.constantFrom(64, 128, 192, 256, 512, 1024, 2048), fc.integer({ min: 20, max: 80 })),
    gap: fc.nat(3),
  });
  fc.assert(
    fc.property(pictures, cutsArbitrary, ({ rows, columns, rowWords, gap }, cuts) => {
      const axes: Axis[] = [
        { size: rows, places: [0, 0, 1], gaps: [gap, 0, 0], direction: [1, 1] },
        { size: columns, places: [1, 1, 0], gaps: [0, 0, rowWords - columns], direction: [1, 1] },
      ];
      checkCopy(axes, cuts);
    }),
    { numRuns: 300 },
  );
});

test('element-wise kernels compute each element alike, whatever the strides', () => {
  fc.assert(
    fc.property(axesArbitrary, cutsArbitrary, (axes, cuts) => {
      check(
        axes,
        [0, 1],
        cuts,
        (l, views, target) => lowerElementwise(l, 'f32_mul', views, target),
        (a, b) => a * b,
      );
      check(
        axes,
        [0],
        cuts,
        (l, views, target) => lowerElementwise(l, 'f32_clip', views, target, [1.1, 1.2]),
        (x) => Math.min(Math.max(x, Math.fround(1.1)), Math.fround(1.2)),
      );
    }),
    { numRuns: 1000 },
  );
});
