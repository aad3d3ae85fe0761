// HetConv (Singh et al., CVPR 2019, arXiv 1903.04120): filter n has K×K kernels on the M/P channels of its class and 1×1
// kernels (the centre tap) on the others. 'block': class k is filters [kN/P, (k+1)N/P) and channels [kM/P, (k+1)M/P).
// 'shifted', the paper's layout: class k is every filter and channel ≡ k (mod P). Kernels know blocks; a pass makes them.
import { elementCount } from '../graph/graph.js';
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

export interface HetConvAttributes extends WindowAttributes, ClampAttributes {
  readonly part: number;
  readonly pattern: 'block' | 'shifted';
}

const INPUTS = { pointwise: 2, bias: 3, residual: 4 };
const partOf = ({ part }: HetConvAttributes): number => part;
const rows = [...windowRows(INPUTS, partOf), ...winogradRows(INPUTS, partOf)];

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
      throw nodeError(node, `part ${part} must divide both ${input[1]} channels and ${outC} filters`);
    }
    if (ownC * part !== input[1]) {
      throw nodeError(node, `weight [${weight}] must have ${input[1]! / part} channels for part ${part}`);
    }
    if (kernelH % 2 === 0 || kernelW % 2 === 0) {
      throw nodeError(node, `the kernel must be odd to have a centre tap, it is ${kernelH}×${kernelW}`);
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
