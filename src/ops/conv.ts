// Convolution [N, M, H, W] -> [N, outC, outH, outW], standard, grouped or pointwise; depthwise has kernels of its own.
import { HetConvError } from '../graph/error.js';
import { elementCount } from '../graph/graph.js';
import { convDepthwise } from './convDepthwise.js';
import {
  type ClampAttributes,
  clampSpecs,
  haloOf,
  liveTaps,
  requireRank,
  requireShape,
  type WindowAttributes,
  weightAxes,
  windowOutput,
  windowSpecs,
} from './convolution.js';
import type { Lowering, Op } from './op.js';
import { lowerRunList, type Tap, type TileShape, tileRows } from './runList.js';

export interface ConvAttributes extends WindowAttributes, ClampAttributes {
  readonly groups: number;
}

function lower(l: Lowering<ConvAttributes>, tile: TileShape): void {
  const [, inPerGroup, kernelH, kernelW] = l.inputs[1]! as [number, number, number, number];
  const [vertical, horizontal] = weightAxes(l);
  const area = kernelH * kernelW;
  const filter = inPerGroup * area;
  const values = l.constant(1);
  const taps: Tap[] = [];
  for (const ky of liveTaps(vertical)) {
    for (const kx of liveTaps(horizontal)) {
      taps.push({
        dy: ky * vertical.dilation - vertical.begin,
        dx: kx * horizontal.dilation - horizontal.begin,
        own: {
          values,
          base: ky * kernelW + kx,
          group: (l.outputs[0]![1]! / l.attributes.groups) * filter,
          filter,
          channel: area,
        },
      });
    }
  }
  lowerRunList(l, tile, {
    input: l.input(0),
    output: l.output(0),
    ...(l.inputs[3] && { residual: l.input(3) }),
    groups: l.attributes.groups,
    taps,
    rows: { count: vertical.count, start: 0, step: 1, stride: vertical.stride },
    columns: { count: horizontal.count, start: 0, step: 1, stride: horizontal.stride },
    ...(l.inputs[2] && { bias: l.constant(2) }),
    clamp: l.attributes,
  });
}

export const conv: Op<ConvAttributes> = {
  attributes: { ...windowSpecs, groups: { kind: 'int', min: 1, default: 1 }, ...clampSpecs },
  inputs: [2, 4],
  infer({ node, attributes, inputs }) {
    const input = requireRank(node, inputs[0], 4, 'the input');
    const weight = requireRank(node, inputs[1], 4, 'the weight');
    const [outC, inPerGroup, kernelH, kernelW] = weight as [number, number, number, number];
    const { groups } = attributes;
    if (inPerGroup * groups !== input[1]) {
      throw new HetConvError(
        'bad-shape',
        `node "${node.name}" (conv): weight [${weight}] with ${groups} groups takes ${inPerGroup * groups} channels, the input [${input}] has ${input[1]}`,
      );
    }
    if (outC % groups !== 0)
      throw new HetConvError('bad-shape', `node "${node.name}" (conv): ${groups} groups do not divide ${outC} filters`);
    const output = [input[0]!, outC, ...windowOutput(node, attributes, input, [kernelH, kernelW])];
    requireShape(node, inputs[2], [outC], 'the bias');
    requireShape(node, inputs[3], output, 'the residual');
    return [output];
  },
  cost({ inputs, outputs }) {
    const outputCount = elementCount(outputs[0]!);
    return { macs: outputCount * elementCount(inputs[1]!.slice(1)), adds: outputCount };
  },
  kernels: [convDepthwise, ...tileRows(lower, (c) => haloOf(...weightAxes(c)))],
};
