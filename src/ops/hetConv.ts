// HetConv (Singh et al., CVPR 2019, arXiv 1903.04120): filter n has K×K kernels on the M/P channels of its class and 1×1
// kernels (the centre tap) on the others. 'block': class k is filters [kN/P, (k+1)N/P) and channels [kM/P, (k+1)M/P).
// 'shifted', the paper's layout: class k is every filter and channel ≡ k (mod P). Kernels know blocks; a pass makes them.
import { HetConvError } from '../graph/error.js';
import { elementCount } from '../graph/graph.js';
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
import type { Kernel, Lowering, Op } from './op.js';
import { lowerRunList, type Tap, type TileShape, tileRows } from './runList.js';

export interface HetConvAttributes extends WindowAttributes, ClampAttributes {
  readonly part: number;
  readonly pattern: 'block' | 'shifted';
}

function lower(l: Lowering<HetConvAttributes>, tile: TileShape): void {
  const [outC, ownC, kernelH, kernelW] = l.inputs[1]! as [number, number, number, number];
  const [vertical, horizontal] = weightAxes(l);
  const { part } = l.attributes;
  const perClass = outC / part;
  const area = kernelH * kernelW;
  const otherC = l.inputs[2]![1]!;
  const weight = l.constant(1);
  const pointwise = l.constant(2);
  const taps: Tap[] = [];
  for (const ky of liveTaps(vertical)) {
    for (const kx of liveTaps(horizontal)) {
      const centre = 2 * ky + 1 === kernelH && 2 * kx + 1 === kernelW;
      taps.push({
        dy: ky * vertical.dilation - vertical.begin,
        dx: kx * horizontal.dilation - horizontal.begin,
        own: { values: weight, base: ky * kernelW + kx, group: perClass * ownC * area, filter: ownC * area, channel: area },
        ...(centre && { others: { values: pointwise, base: 0, group: perClass * otherC, filter: otherC, channel: 1 } }),
      });
    }
  }
  lowerRunList(l, tile, {
    input: l.input(0),
    output: l.output(0),
    ...(l.inputs[4] && { residual: l.input(4) }),
    groups: part,
    taps,
    rows: { count: vertical.count, start: 0, step: 1, stride: vertical.stride },
    columns: { count: horizontal.count, start: 0, step: 1, stride: horizontal.stride },
    ...(l.inputs[3] && { bias: l.constant(3) }),
    clamp: l.attributes,
  });
}

const rows: Kernel<HetConvAttributes>[] = tileRows(lower, (c) => haloOf(...weightAxes(c)));

export const hetConv: Op<HetConvAttributes> = {
  attributes: {
    part: { kind: 'int', min: 2 },
    pattern: { kind: 'enum', values: ['block', 'shifted'], default: 'block' },
    ...windowSpecs,
    ...clampSpecs,
  },
  inputs: [3, 5],
  infer({ node, attributes, inputs }) {
    const input = requireRank(node, inputs[0], 4, 'the input');
    const weight = requireRank(node, inputs[1], 4, 'the weight');
    const [outC, ownC, kernelH, kernelW] = weight as [number, number, number, number];
    const { part } = attributes;
    if (input[1]! % part !== 0 || outC % part !== 0) {
      throw new HetConvError(
        'bad-shape',
        `node "${node.name}" (hetConv): part ${part} must divide both ${input[1]} channels and ${outC} filters`,
      );
    }
    if (ownC * part !== input[1]) {
      throw new HetConvError(
        'bad-shape',
        `node "${node.name}" (hetConv): weight [${weight}] must have ${input[1]! / part} channels for part ${part}`,
      );
    }
    if (kernelH % 2 === 0 || kernelW % 2 === 0) {
      throw new HetConvError(
        'bad-shape',
        `node "${node.name}" (hetConv): the kernel must be odd to have a centre tap, it is ${kernelH}×${kernelW}`,
      );
    }
    const output = [input[0]!, outC, ...windowOutput(node, attributes, input, [kernelH, kernelW])];
    requireShape(node, inputs[2], [outC, input[1]! - ownC, 1, 1], 'the pointwise weight');
    requireShape(node, inputs[3], [outC], 'the bias');
    requireShape(node, inputs[4], output, 'the residual');
    return [output];
  },
  cost({ inputs, outputs }) {
    const outputCount = elementCount(outputs[0]!);
    return { macs: outputCount * (elementCount(inputs[1]!.slice(1)) + inputs[2]![1]!), adds: outputCount };
  },
  kernels: rows.map((row) => ({ ...row, accepts: (c) => c.attributes.pattern === 'block' && row.accepts!(c) })),
};
