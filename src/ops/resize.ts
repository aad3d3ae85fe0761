// Resizing of pictures to a given size, nearest, bilinear or bicubic, antialiased or cropped: tables say which input pixels an output pixel takes.
import * as abi from '../../assembly/abi.js';
import { requireRank } from './convolution.js';
import { nodeError } from './nodeError.js';
import type { Case, Lowering, Op } from './op.js';
import { ParameterRecord } from './parameterRecord.js';
import { NEAREST_MODES, ResampledAxis, type Taps } from './resampling.js';
import { stridedCopy } from './stridedCopy.js';
import { broadcastView, rowMajorView } from './view.js';

export interface ResizeAttributes {
  /** height, width */
  readonly outputSize: readonly number[];
  readonly mode: 'nearest' | 'linear' | 'cubic';
  /**
   * Where output pixel i lies in the input, s being the scale: halfPixel (i + ½)/s - ½; asymmetric i/s; alignCorners maps the first pixel on
   * the first and the last on the last; pytorchHalfPixel is halfPixel, 0 where the output has one pixel; halfPixelSymmetric is halfPixel, moved
   * so that the middles agree where s · input is no whole number; tfHalfPixelForNearest (i + ½)/s; crop maps them on the ends of `region`.
   */
  readonly coordinateMode:
    | 'halfPixel'
    | 'alignCorners'
    | 'asymmetric'
    | 'pytorchHalfPixel'
    | 'halfPixelSymmetric'
    | 'tfHalfPixelForNearest'
    | 'crop';
  /** down, right; empty: output size over input size */
  readonly scales: readonly number[];
  readonly nearestMode: 'roundPreferFloor' | 'roundPreferCeil' | 'floor' | 'ceil';
  /** Of mode cubic: the slope of its kernel at distance 1. */
  readonly cubicCoefficient: number;
  /** Of mode cubic, and where it is antialiased: pixels outside weigh nothing, instead of as much as the edge. */
  readonly excludeOutside: boolean;
  /** Of modes linear and cubic: where the scale is below 1 the filter gets as much wider. */
  readonly antialias: boolean;
  /** Of coordinateMode crop: top, left, bottom, right; 0 is the first pixel and 1 the last. */
  readonly region: readonly number[];
  /** Of coordinateMode crop: of what lies outside of the input. */
  readonly extrapolationValue: number;
}

/** A row or column of the output, the `order`-th of those that lie inside. */
interface Line {
  readonly i: number;
  readonly order: number;
  readonly taps: Taps;
}

/** Lines of the output, `size` of them at most. */
function linesOf(attributes: ResizeAttributes, axis: 0 | 1, inSize: number, outSize: number): Line[] {
  const resampled = new ResampledAxis(attributes, axis, inSize);
  const lines: Line[] = [];
  for (let i = 0; i < outSize; i++) {
    const taps = resampled.taps(i);
    if (taps) lines.push({ i, order: lines.length, taps });
  }
  return lines;
}

/** Stores the weights of all lines; returns the address of each line's. */
function storeWeights(l: Lowering<ResizeAttributes>, lines: readonly Line[]): number[] {
  const begins: number[] = [];
  let total = 0;
  for (const { taps } of lines) {
    begins.push(total);
    total += taps.count;
  }
  const address = l.storeFloats(total, (target) => {
    for (const { order, taps } of lines) taps.write(target.subarray(begins[order], begins[order]! + taps.count));
  });
  return begins.map((begin) => address + 4 * begin);
}

/** Words 2 and 3 of a sample that is a blend of two pixels, `step` elements apart, or one pixel. */
function writePair(record: ParameterRecord, at: number, first: number, step: number, { count, write }: Taps): void {
  const weights = new Float32Array(2);
  write(weights.subarray(0, count));
  record.int(at + abi.SAMPLE_SECOND, 4 * (first + (count - 1) * step)).float(at + abi.SAMPLE_WEIGHT, weights[1]!);
}

function lowerResize(l: Lowering<ResizeAttributes>): void {
  const { mode, antialias, extrapolationValue } = l.attributes;
  const input = l.input(0);
  const output = l.output(0);
  const [, channels, inH, inW] = input.shape as [number, number, number, number];
  const [batch, , outH, outW] = output.shape as [number, number, number, number];
  const [inImage, , inRow, inColumn] = input.strides as [number, number, number, number];
  const [outImage, , outRow, outColumn] = output.strides as [number, number, number, number];
  const rows = linesOf(l.attributes, 0, inH, outH);
  const columns = linesOf(l.attributes, 1, inW, outW);
  if (rows.length < outH || columns.length < outW) {
    const value = rowMajorView(l.store(Float32Array.of(extrapolationValue)), [1]);
    stridedCopy(l, broadcastView(value, output.shape), output);
  }

  const isWindow = mode === 'cubic' || (mode === 'linear' && antialias);
  const table = (lines: readonly Line[], images: number, inStep: number, outStep: number) => {
    const weights = isWindow ? storeWeights(l, lines) : undefined;
    const record = new ParameterRecord(images * lines.length * abi.SAMPLE_WORDS);
    for (let image = 0; image < images; image++) {
      for (const { i, order, taps } of lines) {
        const at = (image * lines.length + order) * abi.SAMPLE_WORDS;
        const first = image * inImage + taps.first * inStep;
        record.int(at + abi.SAMPLE_OUTPUT, 4 * (image * outImage + i * outStep)).int(at + abi.SAMPLE_FIRST, 4 * first);
        if (weights) record.int(at + abi.SAMPLE_COUNT, taps.count).int(at + abi.SAMPLE_WEIGHTS, weights[order]!);
        else writePair(record, at, first, inStep, taps);
      }
    }
    return l.store(record.words());
  };
  const record = new ParameterRecord(abi.RESIZE_WORDS)
    .int(abi.RESIZE_INPUT, input.address)
    .int(abi.RESIZE_OUTPUT, output.address)
    .int(abi.RESIZE_ROWS, table(rows, batch, inRow, outRow))
    .int(abi.RESIZE_COLUMNS, table(columns, 1, inColumn, outColumn))
    .int(abi.RESIZE_COLUMN_COUNT, columns.length)
    .int(abi.RESIZE_CHANNELS, channels)
    .int(abi.RESIZE_ROW_STEP, 4 * inRow)
    .int(abi.RESIZE_COLUMN_STEP, 4 * inColumn);
  const kernel = isWindow ? 'f32_resize_window' : mode === 'linear' ? 'f32_resize_linear' : 'f32_resize_nearest';
  l.step(kernel, record, batch * rows.length);
}

/**
 * [N, C, H, W] -> [N, C, ...outputSize], as ONNX Resize; torch.nn.functional.interpolate is halfPixel, alignCorners, or nearest with
 * asymmetric and floor; its bicubic has the coefficient -0.75, antialiased -0.5 and excludeOutside.
 */
export const resize: Op<ResizeAttributes> = {
  attributes: {
    outputSize: { kind: 'ints', length: 2, min: 1 },
    mode: { kind: 'enum', values: ['nearest', 'linear', 'cubic'] },
    coordinateMode: {
      kind: 'enum',
      values: [
        'halfPixel',
        'alignCorners',
        'asymmetric',
        'pytorchHalfPixel',
        'halfPixelSymmetric',
        'tfHalfPixelForNearest',
        'crop',
      ],
      default: 'halfPixel',
    },
    scales: { kind: 'floats', min: 2 ** -30, max: 2 ** 30, default: [] },
    nearestMode: { kind: 'enum', values: NEAREST_MODES, default: 'roundPreferFloor' },
    cubicCoefficient: { kind: 'float', min: -16, max: 16, default: -0.75 },
    excludeOutside: { kind: 'bool', default: false },
    antialias: { kind: 'bool', default: false },
    region: { kind: 'floats', length: 4, min: -(2 ** 30), max: 2 ** 30, default: [0, 0, 1, 1] },
    extrapolationValue: { kind: 'float', default: 0 },
  },
  inputs: [1, 1],
  infer({ node, attributes, inputs }: Omit<Case<ResizeAttributes>, 'outputs'>) {
    const input = requireRank(node, inputs[0], 4, 'the input');
    const { scales, outputSize, antialias } = attributes;
    if (scales.length !== 0 && scales.length !== 2) {
      throw nodeError(node, `"scales" must have 2 entries or none, not ${scales.length}`, 'bad-attribute');
    }
    // The filter grows with the scale: one that is not the picture's could take any time.
    const wrong = antialias ? scales.findIndex((scale, i) => !fits(scale * input[2 + i]!, outputSize[i]!)) : -1;
    if (wrong >= 0) {
      const claim = `scale ${scales[wrong]} of ${input[2 + wrong]} pixels does not give ${outputSize[wrong]}`;
      throw nodeError(node, `${claim}, as it must where it is antialiased`, 'bad-attribute');
    }
    return [[input[0]!, input[1]!, ...outputSize]];
  },
  keepsChannels: () => true,
  kernels: [{ exports: ['f32_resize_nearest', 'f32_resize_linear', 'f32_resize_window'], lower: lowerResize }],
};

/** Whether so many pixels are a size that a scale comes to, rounded down or to the nearest. */
function fits(scaled: number, size: number): boolean {
  return scaled > size - 0.51 && scaled < size + 1;
}
