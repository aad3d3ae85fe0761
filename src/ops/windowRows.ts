// The kernel rows of convolutions whose weights are [outC, inC/groups, kernelH, kernelW]: standard, grouped, HetConv.
import { type ClampAttributes, haloOf, liveTaps, type WindowAttributes, weightAxes } from './convolution.js';
import type { Case, Kernel, Lowering } from './op.js';
import { groupsOfHalf, isSquare, panelSpans } from './panels.js';
import { lowerRunList, type Tap } from './runList.js';
import type { TileShape } from './tileShapes.js';
import { pixelsOf, tileRows } from './tiles.js';
import type { PanelLoad } from './timeModel.js';

type Attributes = WindowAttributes & ClampAttributes;

/** At which inputs an op has its weights on the other groups' channels (`pointwise`, at the centre tap), its bias and its residual. */
export interface Inputs {
  readonly pointwise?: number;
  readonly bias: number;
  readonly residual: number;
}

/** A row for each tile shape; input 1 is the weight. */
export function windowRows<A extends Attributes>(inputs: Inputs, groupsOf: (attributes: A) => number): Kernel<A>[] {
  return tileRows({
    lower: (l, tile) => lower(l, tile, inputs, groupsOf(l.attributes)),
    halo: (c) => haloOf(...weightAxes(c)),
    loads: (c, width) => loadsOf(c, width, groupsOf(c.attributes), inputs.pointwise !== undefined),
  });
}

function loadsOf(c: Case<Attributes>, width: number, groups: number, others: boolean): PanelLoad[] {
  const [outC, ownC] = c.inputs[1]! as [number, number];
  const [vertical, horizontal] = weightAxes(c);
  const taps = liveTaps(vertical).length * liveTaps(horizontal).length;
  const runs = groups === 1 && horizontal.dilation === 1 ? liveTaps(vertical).length : taps;
  const pixels = pixelsOf(c.outputs[0]!);
  const inC = c.inputs[0]![1]!;
  const perGroup = outC / groups;
  const inHalf = groupsOfHalf(perGroup, width);
  return panelSpans(outC, groups, width).map(({ panels, groups }) => {
    const span = groups * ownC;
    if (!inHalf) return { panels, pixels, runs, channels: taps * span + (others ? inC - span : 0) };
    const rows = isSquare(perGroup, ownC) ? ownC * Math.ceil(groups / inHalf) : span;
    return { panels, pixels, runs: 2 * runs, channels: others ? inC : 0, halfRows: (others ? taps - 1 : taps) * rows };
  });
}

function lower(l: Lowering<Attributes>, tile: TileShape, inputs: Inputs, groups: number): void {
  const [outC, ownC, kernelH, kernelW] = l.inputs[1]! as [number, number, number, number];
  const [vertical, horizontal] = weightAxes(l);
  const perGroup = outC / groups;
  const area = kernelH * kernelW;
  const otherC = l.inputs[0]![1]! - ownC;
  const others = inputs.pointwise && {
    input: inputs.pointwise,
    base: 0,
    group: perGroup * otherC,
    filter: otherC,
    channel: 1,
  };
  const taps = liveTaps(vertical).flatMap((ky) =>
    liveTaps(horizontal).map((kx): Tap => {
      const centre = 2 * ky + 1 === kernelH && 2 * kx + 1 === kernelW;
      return {
        dy: ky * vertical.dilation - vertical.begin,
        dx: kx * horizontal.dilation - horizontal.begin,
        own: { input: 1, base: ky * kernelW + kx, group: perGroup * ownC * area, filter: ownC * area, channel: area },
        ...(centre && others && { others }),
      };
    }),
  );
  lowerRunList(l, tile, {
    input: l.input(0),
    output: l.output(0),
    ...(l.inputs[inputs.residual] && { residual: l.input(inputs.residual) }),
    groups,
    taps,
    rows: { count: vertical.count, start: 0, step: 1, stride: vertical.stride },
    columns: { count: horizontal.count, start: 0, step: 1, stride: horizontal.stride },
    ...(l.inputs[inputs.bias] && { bias: l.constant(inputs.bias) }),
    clamp: l.attributes,
  });
}
