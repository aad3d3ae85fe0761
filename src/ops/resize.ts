// Resizing of pictures to a given size, nearest or bilinear: which input pixels an output pixel takes is tabulated in f64 when the model is planned.
import * as abi from '../../assembly/abi.js';
import { requireRank } from './convolution.js';
import { nodeError } from './nodeError.js';
import type { Case, Lowering, Op } from './op.js';
import { ParameterRecord } from './parameterRecord.js';

export interface ResizeAttributes {
  /** height, width */
  readonly outputSize: readonly number[];
  readonly mode: 'nearest' | 'linear';
  /** Where output pixel i lies in the input, s being the scale: halfPixel (i + ½)/s - ½; asymmetric i/s; alignCorners maps the first pixel on the first and the last on the last; pytorchHalfPixel is halfPixel, 0 where the output has one pixel. */
  readonly coordinateMode: 'halfPixel' | 'alignCorners' | 'asymmetric' | 'pytorchHalfPixel';
  /** down, right; empty: output size over input size */
  readonly scales: readonly number[];
  readonly nearestMode: 'roundPreferFloor' | 'roundPreferCeil' | 'floor' | 'ceil';
}

/** A blend of two neighbours of one axis. */
interface Sample {
  readonly first: number;
  readonly second: number;
  readonly weight: number;
}

/** Where output pixel `i` lies on an input axis, in pixels. */
function coordinate(a: ResizeAttributes, i: number, inSize: number, outSize: number, scale: number | undefined): number {
  // Given scales are f32, and ONNX Runtime and PyTorch compute with them in f32: that decides which pixel is nearest. The default scale stays a fraction.
  const onInput = (x: number) => {
    const quotient = scale === undefined ? (x * inSize) / outSize : x / scale;
    return a.mode === 'nearest' ? Math.fround(quotient) : quotient;
  };
  switch (a.coordinateMode) {
    case 'alignCorners':
      return outSize > 1 ? (i * (inSize - 1)) / (outSize - 1) : 0;
    case 'asymmetric':
      return onInput(i);
    case 'pytorchHalfPixel':
      return outSize > 1 ? onInput(i + 0.5) - 0.5 : 0;
    default:
      return onInput(i + 0.5) - 0.5;
  }
}

const ROUNDING: Readonly<Record<ResizeAttributes['nearestMode'], (x: number) => number>> = {
  roundPreferFloor: (x) => Math.ceil(x - 0.5),
  roundPreferCeil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

function sampleOf(a: ResizeAttributes, axis: 0 | 1, i: number, inSize: number): Sample {
  const inside = (x: number) => Math.min(Math.max(x, 0), inSize - 1);
  const x = coordinate(a, i, inSize, a.outputSize[axis]!, a.scales[axis]);
  if (a.mode === 'nearest') {
    const nearest = inside(ROUNDING[a.nearestMode](x));
    return { first: nearest, second: nearest, weight: 0 };
  }
  const first = Math.floor(inside(x));
  return { first, second: Math.min(first + 1, inSize - 1), weight: inside(x) - first };
}

function lowerResize(l: Lowering<ResizeAttributes>): void {
  const input = l.input(0);
  const output = l.output(0);
  const [, channels, inH, inW] = input.shape as [number, number, number, number];
  const [batch, , outH, outW] = output.shape as [number, number, number, number];
  const [inImage, , inRow, inColumn] = input.strides as [number, number, number, number];
  const [outImage, , outRow, outColumn] = output.strides as [number, number, number, number];
  const table = (count: number, entry: (i: number) => { output: number; base: number; step: number; sample: Sample }) => {
    const record = new ParameterRecord(count * abi.SAMPLE_WORDS);
    for (let i = 0; i < count; i++) {
      const { output: target, base, step, sample } = entry(i);
      record
        .int(i * abi.SAMPLE_WORDS + abi.SAMPLE_OUTPUT, 4 * target)
        .int(i * abi.SAMPLE_WORDS + abi.SAMPLE_FIRST, 4 * (base + sample.first * step))
        .int(i * abi.SAMPLE_WORDS + abi.SAMPLE_SECOND, 4 * (base + sample.second * step))
        .float(i * abi.SAMPLE_WORDS + abi.SAMPLE_WEIGHT, sample.weight);
    }
    return l.store(record.words());
  };
  const rows = table(batch * outH, (i) => {
    const image = Math.floor(i / outH);
    const sample = sampleOf(l.attributes, 0, i % outH, inH);
    return { output: image * outImage + (i % outH) * outRow, base: image * inImage, step: inRow, sample };
  });
  const columns = table(outW, (i) => ({
    output: i * outColumn,
    base: 0,
    step: inColumn,
    sample: sampleOf(l.attributes, 1, i, inW),
  }));
  const record = new ParameterRecord(abi.RESIZE_WORDS)
    .int(abi.RESIZE_INPUT, input.address)
    .int(abi.RESIZE_OUTPUT, output.address)
    .int(abi.RESIZE_ROWS, rows)
    .int(abi.RESIZE_COLUMNS, columns)
    .int(abi.RESIZE_COLUMN_COUNT, outW)
    .int(abi.RESIZE_CHANNELS, channels);
  l.step(l.attributes.mode === 'nearest' ? 'f32_resize_nearest' : 'f32_resize_linear', record, batch * outH);
}

/** [N, C, H, W] -> [N, C, ...outputSize], as ONNX Resize; torch.nn.functional.interpolate is halfPixel, alignCorners, or nearest with asymmetric and floor. */
export const resize: Op<ResizeAttributes> = {
  attributes: {
    outputSize: { kind: 'ints', length: 2, min: 1 },
    mode: { kind: 'enum', values: ['nearest', 'linear'] },
    coordinateMode: {
      kind: 'enum',
      values: ['halfPixel', 'alignCorners', 'asymmetric', 'pytorchHalfPixel'],
      default: 'halfPixel',
    },
    scales: { kind: 'floats', min: 2 ** -30, max: 2 ** 30, default: [] },
    nearestMode: { kind: 'enum', values: Object.keys(ROUNDING), default: 'roundPreferFloor' },
  },
  inputs: [1, 1],
  infer({ node, attributes, inputs }: Omit<Case<ResizeAttributes>, 'outputs'>) {
    const input = requireRank(node, inputs[0], 4, 'the input');
    const { scales, outputSize } = attributes;
    if (scales.length !== 0 && scales.length !== 2) {
      throw nodeError(node, `"scales" must have 2 entries or none, not ${scales.length}`, 'bad-attribute');
    }
    return [[input[0]!, input[1]!, ...outputSize]];
  },
  keepsChannels: () => true,
  kernels: [{ exports: ['f32_resize_nearest', 'f32_resize_linear'], lower: lowerResize }],
};
