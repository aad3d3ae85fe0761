// Transposed convolution [N, M, H, W] -> [N, outC, outH, outW]: for each phase (output index mod stride) the taps that
// reach it form an ordinary stride-1 convolution, so it is one run-list step a phase.
import { elementCount } from '../graph/graph.js';
import type { ConvAttributes } from './conv.js';
import { type Axis, clampSpecs, requireRank, requireShape, weightAxes, windowSpecs } from './convolution.js';
import { nodeError } from './nodeError.js';
import type { Case, Halo, Lowering, Op } from './op.js';
import { panelSpans } from './panels.js';
import { lowerRunList, type Tap } from './runList.js';
import type { TileShape } from './tileShapes.js';
import { type GridAxis, tileRows } from './tiles.js';
import type { PanelLoad } from './timeModel.js';

export interface ConvTransposeAttributes extends ConvAttributes {
  /** Rows and columns added at the bottom and the right. */
  readonly outputPadding: readonly number[];
}

interface Phase {
  readonly grid: GridAxis;
  readonly taps: readonly { readonly index: number; readonly offset: number }[];
}

/** The phases of an axis: `offset` is the input index that a tap reads for the phase's first output. */
function phasesOf(axis: Axis): Phase[] {
  const phases: Phase[] = [];
  for (let start = 0; start < Math.min(axis.stride, axis.count); start++) {
    const count = Math.ceil((axis.count - start) / axis.stride);
    const taps = Array.from({ length: axis.kernel }, (_, index) => ({
      index,
      position: start + axis.begin - index * axis.dilation,
    }))
      .filter(({ position }) => position % axis.stride === 0)
      .map(({ index, position }) => ({ index, offset: position / axis.stride }))
      .filter(({ offset }) => offset < axis.size && offset + count > 0);
    phases.push({ grid: { count, start, step: axis.stride, stride: 1 }, taps });
  }
  return phases;
}

function halo(c: Case<ConvTransposeAttributes>): Halo {
  const side = (axis: Axis): [number, number] => {
    const reads = phasesOf(axis).flatMap(({ grid, taps }) =>
      taps.map(({ offset }) => [offset, offset + grid.count - 1] as const),
    );
    const first = Math.min(0, ...reads.map(([begin]) => begin));
    const last = Math.max(axis.size - 1, ...reads.map(([, end]) => end));
    return [-first, last - axis.size + 1];
  };
  const [vertical, horizontal] = weightAxes(c);
  const [top, bottom] = side(vertical);
  const [left, right] = side(horizontal);
  return { top, left, bottom, right };
}

function lower(l: Lowering<ConvTransposeAttributes>, tile: TileShape): void {
  const [inC, outPerGroup, kernelH, kernelW] = l.inputs[1]! as [number, number, number, number];
  const [vertical, horizontal] = weightAxes(l);
  const area = kernelH * kernelW;
  const { groups } = l.attributes;
  const bias = l.inputs[2] && l.constant(2);
  for (const rows of phasesOf(vertical)) {
    for (const columns of phasesOf(horizontal)) {
      const taps = rows.taps.flatMap((y) =>
        columns.taps.map((x): Tap => {
          const base = y.index * kernelW + x.index;
          const own = { input: 1, base, group: (inC / groups) * outPerGroup * area, filter: area, channel: outPerGroup * area };
          return { dy: y.offset, dx: x.offset, own };
        }),
      );
      lowerRunList(l, tile, {
        input: l.input(0),
        output: l.output(0),
        groups,
        taps,
        rows: rows.grid,
        columns: columns.grid,
        ...(bias && { bias }),
        clamp: l.attributes,
      });
    }
  }
}

/** Each pixel of the input reaches each tap once, over all phases. */
function loads({ attributes: { groups }, inputs }: Case<ConvTransposeAttributes>, width: number): PanelLoad[] {
  const [inC, outPerGroup, kernelH, kernelW] = inputs[1]! as [number, number, number, number];
  const pixels = inputs[0]![0]! * inputs[0]![2]! * inputs[0]![3]!;
  const taps = kernelH * kernelW;
  return panelSpans(outPerGroup * groups, groups, width).map((span) => ({
    panels: span.panels,
    pixels,
    runs: taps,
    channels: taps * span.groups * (inC / groups),
  }));
}

export const convTranspose: Op<ConvTransposeAttributes> = {
  attributes: {
    ...windowSpecs,
    outputPadding: { kind: 'ints', length: 2, min: 0, default: [0, 0] },
    groups: { kind: 'int', min: 1, default: 1 },
    ...clampSpecs,
  },
  inputs: [2, 3],
  infer({ node, attributes, inputs }) {
    const input = requireRank(node, inputs[0], 4, 'the input');
    const weight = requireRank(node, inputs[1], 4, 'the weight');
    const { groups, stride, padding, dilation, outputPadding } = attributes;
    if (weight[0] !== input[1] || input[1]! % groups !== 0) {
      throw nodeError(node, `weight [${weight}] in ${groups} groups does not fit the input's ${input[1]} channels`);
    }
    const extent = (i: number): number => {
      const size =
        (input[2 + i]! - 1) * stride[i]! +
        dilation[i]! * (weight[2 + i]! - 1) +
        1 -
        padding[i]! -
        padding[2 + i]! +
        outputPadding[i]!;
      if (size < 1) throw nodeError(node, `padding [${padding}] leaves nothing of the output`);
      return size;
    };
    const outC = weight[1]! * groups;
    requireShape(node, inputs[2], [outC], 'the bias');
    return [[input[0]!, outC, extent(0), extent(1)]];
  },
  cost({ inputs, outputs }) {
    return { macs: elementCount(inputs[0]!) * elementCount(inputs[1]!.slice(1)), adds: elementCount(outputs[0]!) };
  },
  kernels: tileRows({ lower, halo, loads }),
};
