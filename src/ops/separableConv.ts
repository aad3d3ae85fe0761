// Depthwise separable convolution (Howard et al. 2017): a depthwise convolution and the 1×1 convolution that alone reads it, a strip
// of rows after the other, so that what lies between the two stays in the cache. The kernels are those of `conv`, and so are the bits.
import * as abi from '../../assembly/abi.js';
import { elementCount } from '../graph/graph.js';
import { type ConvAttributes, conv } from './conv.js';
import { type DepthwiseKernel, depthwiseKernels, depthwiseOf } from './convDepthwise.js';
import {
  type ClampAttributes,
  clampSpecs,
  haloOf,
  requireRank,
  requireShape,
  type WindowAttributes,
  weightAxes,
  windowSpecs,
} from './convolution.js';
import type { Case, Kernel, Lowering, Op, View } from './op.js';
import { panelSpans, panelsOf } from './panels.js';
import { NEAR_INPUT, type RunListConvolution, runPanels, storePanels } from './runList.js';
import type { TileShape } from './tileShapes.js';
import { storeTiles, tileRows } from './tiles.js';
import { denseStrides } from './view.js';

/** The window is the depthwise convolution's. */
export interface SeparableConvAttributes extends WindowAttributes, ClampAttributes {
  /** Bounds of what the depthwise convolution gives; the others are of the result. */
  readonly depthwiseMin: number;
  readonly depthwiseMax: number;
}

type Separable = Omit<Case<SeparableConvAttributes>, 'outputs'>;

/** Inputs behind x and the depthwise weight. */
const POINTWISE = 2;
const DEPTHWISE_BIAS = 3;
const BIAS = 4;
const RESIDUAL = 5;

/** The depthwise convolution alone. */
function depthwiseCase({ node, attributes, inputs }: Separable): Case<ConvAttributes> {
  const { stride, padding, dilation, depthwiseMin: clampMin, depthwiseMax: clampMax } = attributes;
  const groups = requireRank(node, inputs[0], 4, 'the input')[1]!;
  const c = {
    node,
    inputs: [inputs[0], inputs[1], inputs[DEPTHWISE_BIAS]],
    attributes: { stride, padding, dilation, groups, clampMin, clampMax },
  };
  return { ...c, outputs: conv.infer(c) };
}

/** Strips of rows that are as equal as may be: each but the last has `rows`. */
interface Strips {
  readonly count: number;
  readonly rows: number;
  readonly last: number;
  /** Of what lies between the convolutions. */
  readonly bytes: number;
}

function stripsOf(c: Separable): Strips {
  const [, channels, height, width] = depthwiseCase(c).outputs[0] as [number, number, number, number];
  const rowBytes = 4 * channels * width;
  const fitting = Math.max(1, Math.floor(NEAR_INPUT / rowBytes));
  const rows = Math.ceil(height / Math.ceil(height / fitting));
  const count = Math.ceil(height / rows);
  return { count, rows, last: height - (count - 1) * rows, bytes: rows * rowBytes };
}

function lower(l: Lowering<SeparableConvAttributes>, kernel: DepthwiseKernel, tile: TileShape): void {
  const [outC, inC] = l.inputs[POINTWISE]! as [number, number];
  const [images, , , width] = l.outputs[0]! as [number, number, number, number];
  const output = l.output(0);
  const residual = l.inputs[RESIDUAL] && l.input(RESIDUAL);
  const strips = stripsOf(l);
  const shape = [1, inC, strips.rows, width];
  const between: View = { address: l.scratch, shape, strides: denseStrides(shape) };
  const depthwise = depthwiseOf({
    ...l,
    ...depthwiseCase(l),
    output: () => between,
    constant: (i) => l.constant(i === 2 ? DEPTHWISE_BIAS : i),
  });
  const pointwise: RunListConvolution = {
    input: between,
    output: { ...output, shape: [1, outC, strips.rows, width] },
    ...(residual && { residual }),
    groups: 1,
    taps: [{ dy: 0, dx: 0, own: { input: POINTWISE, base: 0, group: 0, filter: inC, channel: 1 } }],
    rows: { ...depthwise.rows, stride: 1 },
    columns: { ...depthwise.columns, stride: 1 },
    ...(l.inputs[BIAS] && { bias: l.constant(BIAS) }),
    clamp: l.attributes,
  };
  const record = kernel.record(l, depthwise, 0).int(abi.DEPTHWISE_OUTPUT, between.address);
  const panels = panelsOf(outC, 1, tile.filters);
  const table = { address: storePanels(l, tile, pointwise, panels), count: panels.length, channels: inC };
  const tablesOf = (rows: number) => ({
    depthwise: kernel.tiles(l, { ...depthwise, rows: { ...depthwise.rows, count: rows } }),
    pointwise: storeTiles(l, { ...pointwise, rows: { ...pointwise.rows, count: rows } }, tile),
  });
  const tables = tablesOf(strips.rows);
  const lastTables = tablesOf(strips.last);
  for (let image = 0; image < images; image++) {
    for (let strip = 0; strip < strips.count; strip++) {
      const row = strip * strips.rows;
      const own = strip === strips.count - 1 ? lastTables : tables;
      record
        .int(abi.DEPTHWISE_INPUT, addressOf(depthwise.input, image, row * depthwise.rows.stride))
        .int(abi.DEPTHWISE_TILES, own.depthwise.address);
      l.step(kernel.name, record, own.depthwise.count);
      const views = {
        input: between,
        output: { ...output, address: addressOf(output, image, row) },
        ...(residual && { residual: { ...residual, address: addressOf(residual, image, row) } }),
      };
      runPanels(l, tile, views, own.pointwise, table, l.attributes, 1);
    }
  }
}

function addressOf({ address, strides }: View, image: number, row: number): number {
  return address + 4 * (image * strides[0]! + row * strides[2]!);
}

/** A row for each pair of kernels. */
function rowsOf(kernel: DepthwiseKernel): Kernel<SeparableConvAttributes>[] {
  return tileRows<SeparableConvAttributes>({
    lower: (l, tile) => lower(l, kernel, tile),
    halo: (c) => haloOf(...weightAxes(c)),
    loads(c, width) {
      const [images, outC, , columns] = c.outputs[0]! as [number, number, number, number];
      const channels = c.inputs[0]![1]!;
      const { count, rows, last } = stripsOf(c);
      return panelSpans(outC, 1, width).flatMap(({ panels }) => [
        { panels: images * (count - 1) * panels, pixels: rows * columns, runs: 1, channels },
        { panels: images * panels, pixels: last * columns, runs: 1, channels },
      ]);
    },
  }).map((row) => ({
    ...row,
    exports: [kernel.name, ...row.exports],
    accepts: (c) => row.accepts!(c) && kernel.accepts(depthwiseCase(c)),
    scratch: (c) => stripsOf(c).bytes,
  }));
}

export const separableConv: Op<SeparableConvAttributes> = {
  attributes: { ...windowSpecs, depthwiseMin: clampSpecs.clampMin, depthwiseMax: clampSpecs.clampMax, ...clampSpecs },
  inputs: [3, 6],
  infer(c) {
    const { node, inputs } = c;
    const [images, , height, width] = depthwiseCase(c).outputs[0] as [number, number, number, number];
    const channels = inputs[0]![1]!;
    requireShape(node, inputs[1], [channels, 1, ...inputs[1]!.slice(2)], 'the depthwise weight');
    const [outC] = requireRank(node, inputs[POINTWISE], 4, 'the pointwise weight') as [number];
    requireShape(node, inputs[POINTWISE], [outC, channels, 1, 1], 'the pointwise weight');
    const output = [images, outC, height, width];
    requireShape(node, inputs[BIAS], [outC], 'the bias');
    requireShape(node, inputs[RESIDUAL], output, 'the residual');
    return [output];
  },
  cost(c) {
    const [depthwise, pointwise] = [depthwiseCase(c).outputs[0]!, c.outputs[0]!].map(elementCount) as [number, number];
    return {
      macs: depthwise * elementCount(c.inputs[1]!.slice(2)) + pointwise * c.inputs[POINTWISE]![1]!,
      adds: depthwise + pointwise,
    };
  },
  kernels: depthwiseKernels.flatMap(rowsOf),
};
