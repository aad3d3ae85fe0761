// Convolution [N, M, H, W] -> [N, outC, outH, outW], standard, grouped or pointwise; depthwise has kernels of its own.
import { elementCount } from '../graph/graph.js';
import { depthwiseRows } from './convDepthwise.js';
import {
  type ClampAttributes,
  clampSpecs,
  requireRank,
  requireShape,
  type WindowAttributes,
  windowOutput,
  windowSpecs,
} from './convolution.js';
import { nodeError } from './nodeError.js';
import type { Op } from './op.js';
import { windowRows } from './windowRows.js';
import { winogradRows } from './winograd.js';

export interface ConvAttributes extends WindowAttributes, ClampAttributes {
  readonly groups: number;
}

const INPUTS = { bias: 2, residual: 3 };
const groupsOf = ({ groups }: ConvAttributes): number => groups;

export const conv: Op<ConvAttributes> = {
  attributes: { ...windowSpecs, groups: { kind: 'int', min: 1, default: 1 }, ...clampSpecs },
  inputs: [2, 4],
  infer({ node, attributes, inputs }) {
    const input = requireRank(node, inputs[0], 4, 'the input');
    const weight = requireRank(node, inputs[1], 4, 'the weight');
    const [outC, inPerGroup, kernelH, kernelW] = weight as [number, number, number, number];
    const { groups } = attributes;
    if (inPerGroup * groups !== input[1]) {
      throw nodeError(
        node,
        `weight [${weight}] with ${groups} groups takes ${inPerGroup * groups} channels, the input [${input}] has ${input[1]}`,
      );
    }
    if (outC % groups !== 0) throw nodeError(node, `${groups} groups do not divide ${outC} filters`);
    const output = [input[0]!, outC, ...windowOutput(node, attributes, input, [kernelH, kernelW])];
    requireShape(node, inputs[2], [outC], 'the bias');
    requireShape(node, inputs[3], output, 'the residual');
    return [output];
  },
  cost({ inputs, outputs }) {
    const outputCount = elementCount(outputs[0]!);
    return { macs: outputCount * elementCount(inputs[1]!.slice(1)), adds: outputCount };
  },
  kernels: [...depthwiseRows, ...windowRows(INPUTS, groupsOf), ...winogradRows(INPUTS, groupsOf)],
};
