// Which cases of the standard's test data are left out, and why.
import { conversions } from '../../src/formats/onnx/conversions/index.js';
import type { OnnxGraph } from '../../src/formats/onnx/proto.js';

const REASONS: readonly [reason: string, kinds: string, cases: RegExp][] = [
  ['three axes of space', 'pytorch-converted', /_(AvgPool|BatchNorm|Conv|MaxPool)3d/],
  ['an embedding, whose indices are inputs', 'pytorch-converted', /_Embedding/],
];

/** Undefined: the case has to pass. */
export function reasonToLeaveOut(kind: string, name: string, { nodes }: OnnxGraph): string | undefined {
  for (const [reason, kinds, cases] of REASONS) if (kinds.split(' ').includes(kind) && cases.test(name)) return reason;
  const foreign = nodes.filter(({ opType, domain }) => domain !== '' || !Object.hasOwn(conversions, opType));
  return foreign.length > 0 ? 'operators beyond those of 2-D CNNs' : undefined;
}
