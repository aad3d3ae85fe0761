// Which input samples make up each output sample along one axis, and how much each weighs: Pillow's filters, in its fixed point.
import { PICTURE_FRACTION, TAPS_COUNT, TAPS_START, TAPS_WEIGHTS, TAPS_WORDS } from '../../assembly/abi.js';
import type { Preprocessing } from '../graph/preprocessing.js';

const ONE = 2 ** PICTURE_FRACTION;

/** Input from `from` to `to`, in samples, is resized to `size` samples, of which `count` are wanted from number `first` on. */
export interface Axis {
  readonly inputSize: number;
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly first: number;
  readonly count: number;
}

/** The taps of each wanted sample; both ends of their ranges ascend. */
export class Taps {
  /** As assembly/u8/picture.ts reads it: an entry for each sample, then the weights. */
  readonly words: Int32Array;

  /** `most`: taps of a sample. `write` puts the weights of sample `i` into place, and returns which input sample is first, and how many follow. */
  constructor(
    readonly count: number,
    most: number,
    write: (i: number, weights: Int32Array) => readonly [start: number, count: number],
  ) {
    this.words = new Int32Array(count * (TAPS_WORDS + most));
    for (let i = 0; i < count; i++) {
      const at = count * TAPS_WORDS + i * most;
      const [start, taps] = write(i, this.words.subarray(at, at + most));
      this.words[i * TAPS_WORDS + TAPS_START] = start;
      this.words[i * TAPS_WORDS + TAPS_COUNT] = taps;
      this.words[i * TAPS_WORDS + TAPS_WEIGHTS] = 4 * at;
    }
  }

  /** The first input sample that output sample `i` reads. */
  start(i: number): number {
    return this.words[i * TAPS_WORDS + TAPS_START]!;
  }

  /** The input sample behind the last that output sample `i` reads. */
  end(i: number): number {
    return this.start(i) + this.words[i * TAPS_WORDS + TAPS_COUNT]!;
  }
}

export function tapsOf(mode: Preprocessing['resize'], axis: Axis): Taps {
  // Pillow holds the edges of a box in single precision.
  const from = Math.fround(axis.from);
  const scale = Math.fround(Math.fround(axis.to) - from) / axis.size;
  const center = (i: number) => from + (axis.first + i + 0.5) * scale;
  return mode === 'bilinear' ? triangle(axis, center, scale) : nearest(axis, center);
}

/** Its support grows with the reduction, so that nothing aliases. */
function triangle({ inputSize, count }: Axis, centerOf: (i: number) => number, scale: number): Taps {
  const support = Math.max(scale, 1);
  const most = Math.ceil(support) * 2 + 1;
  const exact = new Float64Array(most);
  return new Taps(count, most, (i, weights) => {
    const center = centerOf(i);
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const taps = Math.min(inputSize, Math.trunc(center + support + 0.5)) - start;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      exact[k] = Math.max(0, 1 - Math.abs((k + start - center + 0.5) * (1 / support)));
      sum += exact[k]!;
    }
    for (let k = 0; k < taps; k++) weights[k] = Math.trunc(0.5 + (exact[k]! / sum) * ONE);
    return [start, taps];
  });
}

function nearest({ inputSize, count }: Axis, centerOf: (i: number) => number): Taps {
  return new Taps(count, 1, (i, weights) => {
    weights[0] = ONE;
    return [Math.min(inputSize - 1, Math.floor(centerOf(i))), 1];
  });
}
