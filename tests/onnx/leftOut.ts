// Which cases of the standard's test data are left out, and why.

import { conversions } from '../../src/formats/onnx/conversions/index.js';
import type { OnnxGraph } from '../../src/formats/onnx/proto.js';

/** FLOAT, FLOAT16, DOUBLE, BFLOAT16 */
const FLOATS: readonly number[] = [1, 10, 11, 16];

const THREE_AXES = 'three axes of space';
const REASONS: readonly [reason: string, kind: string, cases: RegExp][] = [
  [THREE_AXES, 'pytorch-converted', /_(AvgPool|BatchNorm|Conv|MaxPool)3d/],
  ['an embedding, whose indices are inputs', 'pytorch-converted', /_Embedding/],
  [THREE_AXES, 'node', /_(averagepool|maxpool)_3d|_convtranspose_3d/],
  ['arithmetic on integers', 'node', /_pow_types_(float|int\d+_float32)$/],
  ['16-bit floats and text as results', 'node', /_cast(like)?_(.*_to_B?FLOAT16|.*STRING.*|BFLOAT16_.*)(_expanded)?$/],
  ['training', 'node', /_batchnorm_.*_training_mode$|_training_dropout/],
  ['masks and indices beside the values', 'node', /_dropout_default_mask|_maxpool_with_argmax/],
  ['empty tensors', 'node', /_(reshape_allowzero_reordered|slice_start_out_of_bounds|split_zero_size_splits)$/],
  ['inputs without axes', 'node', /_range_float_type_positive_delta$/],
  [
    'corners of a fraction of a pixel, which PyTorch does not align so',
    'node',
    /_resize_downsample_scales_(linear|cubic)_align_corners$/,
  ],
];
/** Operators that are converted where their inputs are known only. */
const ON_CONSTANTS = /^(And|Equal|Greater|GreaterOrEqual|Less|LessOrEqual|Mod|NonZero|Not|Or|ReduceProd|Where|Xor)$/;

/** Undefined: the case has to pass. */
export function reasonToLeaveOut(kind: string, name: string, { nodes, inputs }: OnnxGraph): string | undefined {
  const named = REASONS.find(([, ofKind, cases]) => ofKind === kind && cases.test(name));
  if (named) return named[0];
  const foreign = nodes.filter(({ opType, domain }) => domain !== '' || !Object.hasOwn(conversions, opType));
  if (foreign.length > 0) return 'operators beyond those of 2-D CNNs';
  if (nodes.some(({ opType }) => ON_CONSTANTS.test(opType))) return 'operators that are supported on constants only';
  if (kind === 'node' && !inputs.some(({ elementType }) => FLOATS.includes(elementType))) return 'no input of floats';
  return undefined;
}
