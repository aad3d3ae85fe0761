// A dense convolution whose off-centre taps are zero, exactly, in the HetConv pattern is a HetConv.
import { type Constant, hasValues } from '../graph/constant.js';
import type { Graph } from '../graph/graph.js';
import { attributesOf } from '../ops/attributes.js';
import { type ConvAttributes, conv } from '../ops/conv.js';
import { inferShapes } from '../ops/inferShapes.js';
import { allChannels } from './channelMoves.js';
import type { Term } from './convolutionSum.js';
import { pixelCount, type Report } from './finding.js';
import { GraphEditor } from './graphEditor.js';
import { classesOf, type Geometry, geometryOf, hetConvMacs, patternOf } from './hetConvGeometry.js';
import { sumWeights } from './sumWeights.js';

/** `graph` must be sorted. Zeros are values: a bare architecture stays as it is. */
export function splitMasked(graph: Graph, report?: Report): Graph {
  const shapes = inferShapes(graph);
  const editor = new GraphEditor(graph);
  editor.forEach((node) => {
    const weight = node.op === 'conv' ? editor.constant(node.inputs[1]) : undefined;
    if (!weight || !hasValues(weight) || !hasCentre(weight)) return;
    const window = attributesOf<ConvAttributes>(node, conv.attributes);
    const mask = window.groups === 1 ? maskOf(weight) : undefined;
    if (!mask) return;
    const { part, pattern } = mask;
    const [outC, inC, kernelH, kernelW] = weight.shape as [number, number, number, number];
    const geometry = geometryOf([outC, inC / part, kernelH, kernelW], part, pattern);
    const channels = allChannels(inC);
    const rows = allChannels(outC).map((n) => ({ filter: n, row: n }));
    const term: Term = { rows, weight, bias: undefined, sign: 1, window, channelsOf: () => channels };
    const split = sumWeights([term], { ...window, kernel: [kernelH, kernelW] }, geometry);
    const { groups: _, ...attributes } = node.attributes;
    const [x, , ...others] = node.inputs as [string, string, ...string[]];
    editor.replace([node], {
      ...node,
      op: 'hetConv',
      inputs: [x, { role: 'weight', constant: split.weight }, { role: 'pointwise', constant: split.pointwise }, ...others],
      attributes: { part, pattern, ...attributes },
    });
    const pixels = pixelCount(shapes.get(node.outputs[0]!)!);
    report?.({
      node: node.name,
      op: 'hetConv',
      part,
      pattern,
      spelling: 'masked dense',
      merged: 1,
      macsBefore: pixels * outC * inC * geometry.area,
      macsAfter: pixels * hetConvMacs(geometry),
    });
  });
  return editor.finish();
}

/** The pattern of most parts that has every kernel with a non-zero off-centre tap. */
function maskOf(weight: Required<Constant>): Pick<Geometry, 'part' | 'pattern'> | undefined {
  const [outC, inC, kernelH, kernelW] = weight.shape as [number, number, number, number];
  const area = kernelH * kernelW;
  const values = weight.read();
  const isSpatial = (begin: number) => {
    const centre = begin + (area - 1) / 2;
    for (let at = begin; at < begin + area; at++) if (values[at] !== 0 && at !== centre) return true;
    return false;
  };
  const channels = allChannels(inC);
  return patternOf(classesOf(outC, inC, (n) => channels.filter((m) => isSpatial((n * inC + m) * area))));
}

/** Kernels odd on both axes and larger than one pixel. */
function hasCentre({ shape }: Constant): boolean {
  const [, , kernelH, kernelW] = shape;
  return kernelH! % 2 === 1 && kernelW! % 2 === 1 && kernelH! * kernelW! > 1;
}
